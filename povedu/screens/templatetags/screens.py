"""Words and figures as every screen writes them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import template
from django.forms.utils import flatatt
from django.http import QueryDict
from django.template.base import render_value_in_context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django_tables2.utils import signature

from povedu.money import wan as to_wan
from povedu.screens.screen import SIGNED_IN, url_or_blank
from povedu.screens.screen import may as request_may
from povedu.terms import Term

register = template.Library()

ICONS = {
    "waiting": "bi-clock",
    "doing": "bi-arrow-repeat",
    "done": "bi-check-circle",
    "refused": "bi-x-circle",
    "overdue": "bi-exclamation-triangle",
    "plain": "bi-dot",
}


def money_text(amount: Any) -> str:
    """Write yuan with thousands separators and two decimals."""
    return f"{Decimal(amount):,.2f}"


@register.filter
def yuan(amount: Any) -> str:
    """Write an amount in yuan, a dash for none."""
    return "—" if amount is None or amount == "" else money_text(amount)


@register.filter
def wan(amount: Any) -> str:
    """Write an amount of yuan as 万元 with two decimals, a dash for none."""
    return "—" if amount is None or amount == "" else f"{to_wan(Decimal(amount)):,.2f}"


@register.filter
def count(number: Any) -> str:
    """Write a whole number with thousands separators, a dash for none."""
    return "—" if number is None or number == "" else f"{int(number):,}"


@register.filter
def figure(number: Any) -> str:
    """Write a number of any kind: whole with separators, else with up to two decimals."""
    if number is None or number == "":
        return "—"
    exact = Decimal(str(number))
    return f"{int(exact):,}" if exact == exact.to_integral_value() else f"{exact:,.2f}"


@register.filter
def told(value: Any) -> Any:
    """Write money (a Decimal) and counts with separators; leave words and rates as they are."""
    if isinstance(value, Decimal):
        return money_text(value)
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return f"{value:,}" if is_count else value


@register.filter
def term(code: Any) -> str:
    """Write a term in words; accepts a Term or its code."""
    try:
        return code.label if isinstance(code, Term) else Term.parse(str(code)).label
    except ValueError:
        return str(code or "—")


@register.filter
def instant(value: datetime | None) -> str:
    """Write an instant as 2016-09-01 14:05, local time."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else "—"


@register.simple_tag
def badge(label: Any, tone: str = "plain") -> SafeString:
    """Draw a state: colour, icon and word together."""
    tone = tone if tone in ICONS else "plain"
    return format_html(
        '<span class="state state-{}"><i class="bi {}" aria-hidden="true"></i>{}</span>',
        tone,
        ICONS[tone],
        label,
    )


@register.inclusion_tag("screens/protected.html", takes_context=True)
def protected(context: Mapping[str, Any], obj: Any, field: str) -> dict[str, Any]:
    """Draw a protected value masked, with an eye that asks for a reason.

    The answer comes from ``audit:reveal``; whether the person may see it is decided there.
    """
    value = getattr(obj, field, "")
    reveal_url = url_or_blank("audit:reveal")
    return {
        "reveal_url": reveal_url,
        "can_ask": bool(reveal_url) and context.get("signed_in", True),
        "csrf_token": context.get("csrf_token"),
        "masked": str(value) if value else "",
        "subject": obj._meta.label_lower,
        "pk": obj.pk,
        "field": field,
        "label": obj._meta.get_field(field).verbose_name,
        "part": f"reveal-{uuid4().hex[:8]}",
        "request": context.get("request"),
    }


@register.simple_tag(takes_context=True)
def may(context: Mapping[str, Any], action: str = SIGNED_IN) -> bool:
    """Say whether the reader may do an action: ``{% may "students.student.edit" as allowed %}``."""
    request = context.get("request")
    return request is not None and hasattr(request, "actor") and request_may(request, action)


@register.simple_tag(takes_context=True)
def query_with(context: Mapping[str, Any], **changes: Any) -> str:
    """Return the current query string with some parameters replaced; None removes one."""
    request = context.get("request")
    query: QueryDict = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def form_token() -> str:
    """Return a fresh token that makes a form count only once."""
    return uuid4().hex


@register.simple_tag(takes_context=True)
def table_rows(context: template.Context, table: Any) -> SafeString:
    """Draw a table's rows; the same as a template loop over cells, at a third of its cost.

    What is the same in every row of a column is asked once: its attributes, and which arguments
    its ``render`` takes.
    """
    columns = [(column, _opening(column), signature(column.render)) for column in table.columns]
    lines: list[str] = []
    for row in table.paginated_rows:
        cells = []
        for column, opening, (names, catch_all) in columns:

            def draw(bound: Any, value: Any = None) -> Any:
                given = row._optional_cell_arguments(bound, value)  # noqa: B023  # called at once
                wanted = given if catch_all else {one: given[one] for one in names}  # noqa: B023  # called at once
                cell = bound.render(**wanted)
                return bound.link(cell, **given) if bound.link else cell

            cell = row._get_and_render_with(column, render_func=draw, default=column.default)
            cells.append(f"{opening}{render_value_in_context(cell, context)}</td>")
        lines.append(f"<tr {row.attrs.as_html()}>{''.join(cells)}</tr>")
    return mark_safe("\n".join(lines))  # noqa: S308  # cells and attributes are escaped above


def _opening(column: Any) -> str:
    """Return a cell's opening tag; no table of ours lets it depend on the row."""
    return f"<td {column.attrs['td'].as_html()}>"


@register.simple_tag
def select_options(widget: Mapping[str, Any]) -> SafeString:
    """Draw the options of a select, a school's list of hundreds among them, without templates."""
    groups = []
    for name, options, _index in widget["optgroups"]:
        drawn = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((str(one["value"]), flatatt(one["attrs"]), one["label"]) for one in options),
        )
        groups.append(
            format_html('<optgroup label="{}">{}</optgroup>', name, drawn) if name else drawn
        )
    return SafeString("\n".join(groups))


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """Return a mapping's value for a key that is only known at run time."""
    return mapping.get(key) if hasattr(mapping, "get") else None
