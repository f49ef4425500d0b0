"""Reading templates and editions of the annual summary."""

from pathlib import Path

from django.db.models import Max, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from povedu.scope import Scope
from reports import rules
from reports.choices import EditionState
from reports.models import SummaryEdition, SummaryTemplate
from schools.selectors import names


def _in_scope(scope: Scope) -> Q:
    """Keep the counties in scope; somebody below the county sees none."""
    if scope.school_code is not None or len(scope.division_prefix) > 6:
        return Q(pk__in=[])
    return Q(county_code__startswith=scope.division_prefix)


def editions(scope: Scope) -> QuerySet[SummaryEdition]:
    """Return the editions in scope, newest first."""
    return SummaryEdition.objects.filter(_in_scope(scope)).select_related("made_by", "issued_by")


def issued(scope: Scope, year: int) -> SummaryEdition | None:
    """Return the edition of a year that is in force."""
    return editions(scope).filter(year=year, state=EditionState.ISSUED).first()


def next_number(county_code: str, year: int) -> int:
    """Return the number of the next edition of a year."""
    told = SummaryEdition.objects.filter(county_code=county_code, year=year)
    return (told.aggregate(last=Max("number"))["last"] or 0) + 1


def template_of(county_code: str) -> SummaryTemplate:
    """Return a county's template; an unsaved one with the shipped wording where it has none."""
    found = SummaryTemplate.objects.filter(county_code=county_code).first()
    return found or shipped_template(county_code)


def shipped_template(county_code: str) -> SummaryTemplate:
    """Return the wording that the product comes with, for a county."""
    body = (Path(rules.__file__).parent / "summary.txt").read_text(encoding="utf-8")
    with translation.override("zh-hans"):
        county = names.place_label(Scope(county_code)) or _("本县")
        return SummaryTemplate(
            county_code=county_code,
            title=_("关于{{year}}年教育精准扶贫工作情况的报告"),
            issuer=_("%(county)s教育局文件") % {"county": county},
            number="",
            recipients=_("县人民政府"),
            body=body,
            signature=_("%(county)s教育局") % {"county": county},
            copies_to="",
            printed_by=_("%(county)s教育局办公室") % {"county": county},
        )
