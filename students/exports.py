"""Papers that go to families: the written notice asking for the proof of study."""

from collections.abc import Sequence
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from povedu.paper.document import Annex, Paper, Paragraph, Table, full_date
from povedu.terms import Term
from schools.models import Division
from students.models import StudyProof


def notice_paper(proofs: Sequence[StudyProof], *, today: date) -> Paper:
    """Return one paper for a batch: the list for the villages, and a notice for each family.

    It names child, village, where the child is said to study and the day the proof is due; never a
    number, an address or a hardship.
    """
    with translation.override("zh-hans"):
        return _paper(proofs, today)


def _paper(proofs: Sequence[StudyProof], today: date) -> Paper:
    first = proofs[0]
    term = Term.parse(first.term).label
    codes = {one.division_code for one in proofs} | {
        f"{one.division_code[:9]}000" for one in proofs
    }
    names = dict(Division.objects.filter(pk__in=codes).values_list("pk", "name"))
    county = first.county.name
    rows = [
        (
            str(number),
            names.get(f"{one.division_code[:9]}000", ""),
            names.get(one.division_code, "") if not one.division_code.endswith("000") else "",
            one.name,
            str(one.get_place_display()),
            f"{one.due_on:%Y-%m-%d}",
            "",
        )
        for number, one in enumerate(proofs, start=1)
    ]
    columns = [_("序号"), _("乡镇"), _("村"), _("姓名"), _("去向"), _("应交日期"), _("签收")]
    return Paper(
        title=_("关于收集外出就读学生在读证明的通知"),
        recipients=_("各村（社区）"),
        body=[
            Paragraph(
                _(
                    "经%(term)s学籍与户籍比对，下列 %(count)d 名适龄儿童在户籍乡镇以外就读。"
                    "请将告知书送达家庭，并按期收回在读证明。"
                )
                % {"term": term, "count": len(proofs)}
            ),
            Table(
                _("外出就读学生名单"),
                columns,
                rows,
                figures=frozenset({0}),
                widths=(1, 2, 2, 2, 3, 2, 2),
            ),
        ],
        signature=_("%(county)s教育局") % {"county": county},
        dated_on=today,
        annexes=[_annex(one, term, county) for one in proofs],
    )


def _annex(one: StudyProof, term: str, county: str) -> Annex:
    return Annex(
        _("外出就读告知书"),
        [
            Paragraph(_("%(name)s同学家长：") % {"name": one.name}),
            Paragraph(
                _(
                    "您的孩子%(term)s登记为%(place)s。依照义务教育法，适龄儿童少年应当按时入学。"
                    "请于%(day)s前，将就读学校出具并盖章的在读证明交所在村（社区）或户籍地学校。"
                )
                % {"term": term, "place": one.get_place_display(), "day": full_date(one.due_on)}
            ),
            Paragraph(
                _(
                    "在读证明应写明学校全称、年级、班级和入学时间。"
                    "孩子如已返回本县就读或尚未入学，请一并告知，我们会帮助联系学校。"
                )
            ),
            Paragraph(_("%(county)s教育局") % {"county": county}),
            Paragraph(
                _(
                    "回执：学校全称________________　年级班级__________　"
                    "家长签名__________　日期__________"
                )
            ),
        ],
    )
