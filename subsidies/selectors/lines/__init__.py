"""Lines of the annual summary from payments and gifts, by the calendar year they settled in."""

from subsidies.selectors.lines.dashboards import (
    aided_students,
    money_by_part,
    money_by_source,
    money_by_stage,
)
from subsidies.selectors.lines.gifts import GIFTS
from subsidies.selectors.lines.programmes import PROGRAMMES, VOCATIONAL, programme_choices
from subsidies.selectors.lines.settled import (
    CODE,
    SUBSIDIES,
    VOCATIONAL_SECTION,
    settled_gifts,
    settled_payments,
)

__all__ = [
    "CODE",
    "GIFTS",
    "PROGRAMMES",
    "SUBSIDIES",
    "VOCATIONAL",
    "VOCATIONAL_SECTION",
    "aided_students",
    "money_by_part",
    "money_by_source",
    "money_by_stage",
    "programme_choices",
    "settled_gifts",
    "settled_payments",
]
