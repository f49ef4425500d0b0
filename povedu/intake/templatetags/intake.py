"""Words for the review page."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

_WHY = {
    "blank": _("空行"),
    "header": _("重复的表头"),
    "total": _("合计行"),
    "signature": _("签名行"),
    "note": _("说明行"),
    "title": _("标题行"),
    "hidden-sheet": _("隐藏的工作表"),
    "no-heading": _("没有表头的工作表"),
}


@register.filter
def skipped_why(code: str) -> Any:
    """Return why a row was passed over."""
    return _WHY.get(code, code)


@register.filter
def entry(mapping: Mapping[str, Any], key: str) -> Any:
    """Return a mapping's value."""
    return mapping.get(key, key)
