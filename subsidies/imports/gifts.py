"""Gifts of donors to pupils, in cash or in kind; each gift counts on its own."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from povedu.identity import normal_name
from povedu.intake.amounts import AmountColumn
from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, LedgerResource, register
from povedu.intake.people import recover_ids
from povedu.intake.problems import Meaning, Outcome, declare
from povedu.intake.widgets import (
    ChoiceWidget,
    FlagWidget,
    IdWidget,
    LedgerWidget,
    Lookups,
    NameWidget,
    PhoneWidget,
)
from subsidies.choices import DonorKind
from subsidies.selectors.programmes import gift_programmes
from subsidies.services.gift_intake import apply_gifts, classify_gifts, gift_keys, recipients

_REFUSED = Outcome.REFUSED
declare(
    {
        "donor-missing": Meaning(_("没有写明捐助方"), _("请补填后重新上传这一行。"), _REFUSED),
        "recipient-unknown": Meaning(
            _("名册中没有这个证件号码的学生"), _("请核对证件号码，或先登记学生。"), _REFUSED
        ),
        "recipient-differs": Meaning(
            _("与名册中同一证件号码的姓名不一致"), _("请核对姓名和证件号码。"), _REFUSED
        ),
        "recipient-without-school": Meaning(
            _("学生没有就读学校，不能登记捐助"), _("请先登记就读学校。"), _REFUSED
        ),
        "gift-programme-unknown": Meaning(
            _("没有这个社会捐助项目"), _("请写性质为“社会捐助”的资助项目名称。"), _REFUSED
        ),
        "value-not-stated": Meaning(_("没有金额或折价"), _("实物请填折价金额。"), _REFUSED),
    }
)
_KINDS = {
    **dict.fromkeys(("个人捐助", "爱心人士", "自然人"), DonorKind.PERSON),
    **dict.fromkeys(("公司", "企业捐助", "民营企业", "国有企业"), DonorKind.COMPANY),
    **dict.fromkeys(("社会组织", "慈善组织", "协会", "公益组织"), DonorKind.FOUNDATION),
    **dict.fromkeys(("机关", "单位", "事业单位", "政府部门", "挂钩单位"), DonorKind.AGENCY),
}


class GiftResource(LedgerResource):
    """The columns of a list of gifts."""

    donor = Column(
        "donor__name",
        _("捐助方"),
        aliases=(
            "捐赠方",
            "捐助人",
            "捐赠人",
            "捐资单位",
            "捐助单位",
            "捐赠单位",
            "资助方",
            "资助人",
        ),
        required=True,
        key=True,
        example="某某慈善基金会",
    )
    donor_kind = Column(
        "donor__kind",
        _("捐助方类别"),
        aliases=("捐赠方类别", "捐助方类型", "单位性质"),
        widget=ChoiceWidget(DonorKind.choices, _KINDS),
    )
    donor_phone = Column(
        "donor__phone",
        _("捐助方电话"),
        aliases=("捐助人电话", "捐赠人电话", "捐助方联系电话"),
        widget=PhoneWidget(),
        protected=True,
    )
    is_anonymous = Column(
        "donor__is_anonymous",
        _("不公开姓名"),
        aliases=("是否匿名", "匿名"),
        widget=FlagWidget(blank=False),
    )
    programme = Column(
        "programme__name",
        _("捐助项目"),
        aliases=("资助项目", "项目名称", "项目"),
        hint=_("县里只有一个社会捐助项目的可以不填"),
    )
    name = Column(
        "student__name",
        _("学生姓名"),
        aliases=("受助学生", "受助学生姓名", "姓名", "受助人"),
        widget=NameWidget(),
        required=True,
        key=True,
    )
    id_number = Column(
        "student__id_number",
        _("学生身份证号"),
        aliases=("身份证号", "身份证号码", "证件号码", "受助学生身份证号", "公民身份号码"),
        widget=IdWidget(),
        required=True,
        key=True,
        protected=True,
    )
    student_no = Column(
        None,
        _("学籍号"),
        aliases=("全国学籍号",),
        widget=LedgerWidget(identifier=True),
        protected=True,
    )
    given_on = Column(
        "given_on",
        _("捐助日期"),
        aliases=("捐赠日期", "捐赠时间", "捐助时间", "资助日期"),
        widget=DateWidget(),
        example="2016-10-01",
    )
    amount = AmountColumn(
        "amount",
        _("金额或折价（元）"),
        aliases=("金额", "捐助金额", "捐赠金额", "折价", "折合金额", "价值", "资助金额"),
        required=True,
        example="1000",
    )
    item = Column(
        "item",
        _("实物名称"),
        aliases=("物品", "物资名称", "捐赠物品", "实物", "物品名称", "捐助物资"),
        hint=_("现金不填"),
    )
    settled_on = Column(
        "settled_on",
        _("到账日期"),
        aliases=("发放日期", "领取日期", "到账时间", "交付日期"),
        widget=DateWidget(),
        hint=_("已交到学生手中的日期；还没有的不填"),
    )


def _prepare(context: Context) -> Lookups:
    return {"gift_programme": gift_programmes(context.county_code)}


def _check(frame: Frame, context: Context) -> None:
    """Find programme and pupil; refuse gifts to nobody we know, without value or day, or twice."""
    recover_ids(frame)
    _settle_programmes(frame, context)
    today = context.today
    days = [
        given or settled or context.as_of
        for given, settled in zip(frame.column("given_on"), frame.column("settled_on"), strict=True)
    ]
    frame.set_column("given_on", days)
    for at, found in enumerate(recipients(frame, context)):
        _check_pupil(frame, at, found)
        _check_gift(frame, at, today)
    seen: dict[tuple[Any, ...], int] = {}
    for at, key in enumerate(gift_keys(frame, context)):
        if frame.outcome(at) is not _REFUSED and seen.setdefault(key, at) != at:
            frame.note(at, "row-repeated", "name", new=frame.places[seen[key]][1] + 1)


def _settle_programmes(frame: Frame, context: Context) -> None:
    known = context.lookups["gift_programme"]
    only = next(iter(known)) if len(set(known.values())) == 1 else ""
    names = [name or only for name in frame.column("programme")]
    for at, name in enumerate(names):
        if name not in known:
            frame.note(at, "gift-programme-unknown", "programme", name)
    frame.set_column("programme", names)


def _check_pupil(frame: Frame, at: int, found: tuple[int, str, bool] | None) -> None:
    if found is None:
        frame.note(at, "recipient-unknown", "id_number")
    elif found[1] != normal_name(str(frame.column("name")[at])):
        frame.note(at, "recipient-differs", "name")
    elif not found[2]:
        frame.note(at, "recipient-without-school", "name")


def _check_gift(frame: Frame, at: int, today: date) -> None:
    if not frame.column("donor")[at]:
        frame.note(at, "donor-missing", "donor")
    if not frame.column("amount")[at]:
        frame.note(at, "value-not-stated", "amount")
    if frame.column("given_on")[at] is None:
        frame.note(at, "date-missing", "given_on")
    for name in ("given_on", "settled_on"):
        day = frame.column(name)[at]
        if day is not None and day > today:
            frame.note(at, "date-ahead", name)


GIFTS = register(
    IntakeKind(
        code="gifts",
        title=_("社会捐助"),
        unit=_("笔"),
        resource=GiftResource,
        action="intake.gifts.upload",
        apply_action="intake.gifts.apply",
        must=("donor", "name"),
        asks=frozenset({"as_of"}),
        two_person=True,
        many_rows_each=True,
        irreversible=_("已交付的捐助已记入资金台账，不能整批回退；如有差错，请以更正办理。"),
        order=90,
        description=_("社会各界给学生的捐款捐物；每一笔计一人次，已交付的记入资金台账。"),
        prepare=_prepare,
        check=_check,
        classify=classify_gifts,
        apply=apply_gifts,
    )
)
