"""The disabled persons' federation's certificates."""

from django.utils.translation import gettext_lazy as _

from povedu.intake.dates import DateWidget
from povedu.intake.frame import Frame
from povedu.intake.kinds import Column, Context, IntakeKind, register
from povedu.intake.people import valid_ids
from povedu.intake.problems import Meaning, declare
from povedu.intake.widgets import OptionalNameWidget
from students.imports.registers import RegisterResource, check_register, prepare_register
from students.imports.widgets import CertificateWidget
from students.imports.words import WordInWidget
from students.rules.disability import GRADES, KINDS, has_expired, read_certificate
from students.services.registers import (
    DisabilityEntries,
    apply_entries,
    classify_entries,
    recount_entries,
)

declare(
    {
        "certificate-mismatch": Meaning(
            _("与残疾人证号中的内容不一致"),
            _("残疾人证号前 18 位是身份证号，后两位是类别和等级，请核对。"),
        ),
        "certificate-expired": Meaning(
            _("证件已注销或过了有效期"), _("可以导入留存，但不作为困难依据；已换证的请更新。")
        ),
    }
)


class DisabilityResource(RegisterResource):
    """Holders of a certificate; the number begins with the holder's identity number."""

    certificate_no = Column(
        None,
        _("残疾人证号"),
        aliases=(
            *("残疾证号", "残疾证号码", "残疾人证号码", "残疾人证编号", "残疾人证", "证号"),
            *("残疾证编号", "残疾生证号"),
        ),
        widget=CertificateWidget(),
        key=True,
        protected=True,
        hint=_("20 位：18 位身份证号、1 位类别、1 位等级；整列设为文本格式"),
    )
    category = Column(
        None,
        _("残疾类别"),
        aliases=("残疾类型", "残疾种类", "类别", "残疾类别等级"),
        widget=WordInWidget(
            KINDS, {"语言残疾": "3", "语言": "3", "盲": "1", "聋": "2", "哑": "3", "智障": "5"}
        ),
        example="肢体",
    )
    grade = Column(
        None,
        _("残疾等级"),
        aliases=("残疾级别", "等级", "级别", "伤残等级"),
        widget=WordInWidget(
            GRADES,
            {
                alias: str(n)
                for n, numerals in enumerate(("Ⅰ壹", "Ⅱ贰", "Ⅲ叁", "Ⅳ肆"), start=1)
                for one in (str(n), *numerals, "I" * n if n < 4 else "IV")
                for alias in (one, f"{one}级")
            },
        ),
        example="二级",
    )
    issued_on = Column(
        None, _("发证日期"), aliases=("办证日期", "初次办证日期", "签发日期"), widget=DateWidget()
    )
    valid_until = Column(
        None,
        _("有效期至"),
        aliases=("有效期", "有效期限", "证件有效期", "到期日期", "有效截止日期", "有效期止"),
        widget=DateWidget(),
    )
    state = Column(None, _("证件状态"), aliases=("状态", "持证状态", "残疾证状态"), example="有效")
    guardian_name = Column(None, _("监护人姓名"), aliases=("监护人",), widget=OptionalNameWidget())
    address = Column(
        None,
        _("家庭住址"),
        aliases=("住址", "现住址", "户籍地址", "地址"),
        protected=True,
    )


def _check(frame: Frame, context: Context) -> None:
    check_register(frame, context)
    ids, columns = (
        valid_ids(frame),
        [frame.column(name) for name in ("certificate_no", "category", "grade")],
    )
    on = context.as_of or context.today
    states = [frame.column(name) for name in ("state", "valid_until", "issued_on")]
    for at, (number, kind, grade) in enumerate(zip(*columns, strict=True)):
        told = read_certificate(str(number or ""))
        if told.id_number and ids[at] and told.id_number != ids[at]:
            frame.note(at, "certificate-mismatch", "id_number", ids[at], told.id_number)
        if told.kind and kind and told.kind != kind:
            frame.note(at, "certificate-mismatch", "category", KINDS[kind], KINDS[told.kind])
        if told.grade and grade and told.grade != grade:
            frame.note(at, "certificate-mismatch", "grade", GRADES[grade], GRADES[told.grade])
        state, until, issued = (column[at] for column in states)
        if has_expired(
            state=str(state or ""), valid_until=until or None, issued_on=issued or None, on=on
        ):
            where = "valid_until" if until else "state" if state else "issued_on"
            frame.note(at, "certificate-expired", where, until or state or issued)


DISABILITY = register(
    IntakeKind(
        code="disability-register",
        title=_("残联持证残疾人名册"),
        two_person=True,
        unit=_("人"),
        resource=DisabilityResource,
        action="intake.register.upload",
        apply_action="intake.register.apply",
        needs=frozenset({"as_of"}),
        order=35,
        description=_("残联的持证残疾人名册；没有身份证号一栏的，由残疾人证号前 18 位取得。"),
        prepare=prepare_register,
        check=_check,
        classify=classify_entries(DisabilityEntries),
        apply=apply_entries(DisabilityEntries),
        undone=recount_entries,
        subject="students.RegisterEntry",
    )
)
