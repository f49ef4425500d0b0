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
from povedu.screens.screen import SIGNED_IN, Words, url_or_blank

T = TypeVar("T")
FEW = 9  # lines of a section that are read at a glance, without headings


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


class Part(models.TextChoices):
    """What a section with many lines is divided into; their order is the order on screen."""

    PLANNING = "planning", _("项目与名额")
    GRANTING = "granting", _("认定与公示")
    PAYING = "paying", _("发放")
    CHECKING = "checking", _("核对")
    GIVING = "giving", _("捐助与贷款")
    BOOKS = "books", _("账目")


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
    part: Part | None = None  # within a section of many lines


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


class MenuPart(NamedTuple):
    """Lines of a section under one heading as the template draws them; none where it has few."""

    label: Words
    links: list[MenuLink]
    here: bool


class MenuGroup(NamedTuple):
    """A section as the template draws it."""

    label: Words
    icon: str
    parts: list[MenuPart]
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
        own = [(item, MenuLink(item.label, url, url == here)) for item, url in lines]
        parts = _parts([pair for pair in own if pair[0].section == section])
        if parts:
            current = any(part.here for part in parts)
            groups.append(MenuGroup(section.label, ICONS[section], parts, current))
    return groups


def _parts(own: list[tuple[MenuItem, MenuLink]]) -> list[MenuPart]:
    """Divide a section's lines: under headings where they are many, else one list."""
    divided: list[tuple[Words, list[MenuLink]]] = [("", [link for _item, link in own])]
    if len(own) > FEW:
        divided = [
            (part.label if part else "", [link for item, link in own if item.part == part])
            for part in (None, *Part)
        ]
    return [
        MenuPart(label, links, any(link.here for link in links))
        for label, links in divided
        if links
    ]


def _leads(url: str, path: str) -> bool:
    return url == path if url == "/" else path.startswith(url)


def quick_actions_for(actor: Actor) -> list[tuple[QuickAction, str]]:
    """Return the buttons of the to-do page with their addresses."""
    ordered = sorted(declared("QUICK", QuickAction), key=lambda one: one.order)
    allowed = [one for one in ordered if one.action == SIGNED_IN or actor.may(one.action)]
    return [(one, url) for one in allowed if (url := url_or_blank(one.url_name))]
