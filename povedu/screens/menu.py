"""The left navigation and what else apps declare for the shell.

One mechanism for all: an app's ``urls`` module holds plain lists, next to ``urlpatterns``:
``MENU`` (MenuItem), ``QUICK`` (QuickAction), ``TODOS`` (TodoSource), ``PANELS`` (HomePanel) and
``SEARCH`` (SearchSource). They are collected once, at first use.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import NamedTuple, TypeVar

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from povedu.scope import Actor
from povedu.screens.base import SIGNED_IN, Words, url_or_blank

T = TypeVar("T")


class Section(models.TextChoices):
    """The parts of the navigation, by what people do; their order is the order on screen."""

    TODO = "todo", _("待办")
    STUDENTS = "students", _("学生")
    RECONCILE = "reconcile", _("比对")
    AID = "aid", _("资助")
    PLACES = "places", _("学校与项目")
    TEACHERS = "teachers", _("教师")
    REPORTS = "reports", _("报表")
    ADMIN = "admin", _("管理")


ICONS = {
    Section.TODO: "bi-inbox",
    Section.STUDENTS: "bi-people",
    Section.RECONCILE: "bi-intersect",
    Section.AID: "bi-cash-coin",
    Section.PLACES: "bi-building",
    Section.TEACHERS: "bi-person-badge",
    Section.REPORTS: "bi-bar-chart-line",
    Section.ADMIN: "bi-gear",
}


@dataclass(frozen=True)
class MenuItem:
    """One line of the navigation."""

    section: Section
    label: Words
    url_name: str
    action: str
    order: int = 50


@dataclass(frozen=True)
class QuickAction:
    """A button on the to-do page that starts a piece of work."""

    label: Words
    url_name: str
    action: str
    icon: str = "bi-plus-lg"
    order: int = 50


class MenuLink(NamedTuple):
    """A line as the template draws it."""

    label: Words
    url: str
    here: bool


class MenuGroup(NamedTuple):
    """A section as the template draws it."""

    label: Words
    icon: str
    links: list[MenuLink]
    here: bool


@cache
def _modules() -> list[object]:
    modules: list[object] = []
    for config in apps.get_app_configs():
        name = f"{config.name}.urls"
        if config.name.startswith("django."):
            continue
        try:
            modules.append(import_module(name))
        except ModuleNotFoundError as missing:
            if missing.name != name:
                raise
    return modules


def declared(name: str, kind: type[T]) -> list[T]:
    """Return what every app's urls module declares under a name."""
    found: list[T] = []
    for module in _modules():
        found += [one for one in getattr(module, name, ()) if isinstance(one, kind)]
    return found


def menu_for(actor: Actor, path: str) -> list[MenuGroup]:
    """Return the sections with the lines that the person may open; ``path`` marks where they are.

    The line whose address is the longest beginning of the path is the current one.
    """
    lines = [
        (item, url)
        for item in sorted(declared("MENU", MenuItem), key=lambda one: one.order)
        if (item.action == SIGNED_IN or actor.may(item.action))
        and (url := url_or_blank(item.url_name))
    ]
    here = max((url for _item, url in lines if _leads(url, path)), key=len, default="")
    groups: list[MenuGroup] = []
    for section in Section:
        links = [
            MenuLink(item.label, url, url == here) for item, url in lines if item.section == section
        ]
        if links:
            current = any(link.here for link in links)
            groups.append(MenuGroup(section.label, ICONS[section], links, current))
    return groups


def _leads(url: str, path: str) -> bool:
    return url == path if url == "/" else path.startswith(url)


def quick_actions_for(actor: Actor) -> list[tuple[QuickAction, str]]:
    """Return the buttons of the to-do page with their addresses."""
    ordered = sorted(declared("QUICK", QuickAction), key=lambda one: one.order)
    allowed = [one for one in ordered if one.action == SIGNED_IN or actor.may(one.action)]
    return [(one, url) for one in allowed if (url := url_or_blank(one.url_name))]
