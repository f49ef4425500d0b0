"""Putting the codes that runs store into words, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from students.choices import Hardship, RegisterKind
from students.rules.register_logic import BY_CODE

_WORDS: dict[str, Any] = {
    "id-equal": gettext_lazy("身份证号一致"),
    "name-homophone": gettext_lazy("姓名同音不同字"),
    "name-differs": gettext_lazy("姓名不一致"),
    "sex-differs": gettext_lazy("性别不一致"),
    "birth-differs": gettext_lazy("出生日期不一致"),
    "household-head": gettext_lazy("户主在名册上，按户编号与户主证号带出家庭成员"),
    "stated-equal": gettext_lazy("填报的证号相同（但证号无效），姓名相同"),
    "first-15-and-name": gettext_lazy("证号前 15 位相同，姓名相同"),
    "name-and-birth": gettext_lazy("姓名与出生日期相同"),
    "homophone-and-birth": gettext_lazy("姓名同音，出生日期相同"),
    "name-and-township": gettext_lazy("姓名与乡镇相同，缺出生日期"),
    "number-equal": gettext_lazy("填报的证号相同（但证号无效）"),
    "number-one-digit": gettext_lazy("证号差一位"),
    "number-transposed": gettext_lazy("证号相邻两位颠倒"),
    "number-first-15": gettext_lazy("证号前 15 位相同"),
    "name-equal": gettext_lazy("姓名相同"),
    "name-variant": gettext_lazy("姓名用了异体或形近字"),
    "name-one-character": gettext_lazy("姓名差一个字"),
    "name-one-of-two": gettext_lazy("姓名两个字中差一个"),
    "birth-equal": gettext_lazy("出生日期相同"),
    "birth-swapped": gettext_lazy("出生日期月日颠倒"),
    "birth-near": gettext_lazy("出生日期差一位或差一天"),
    "birth-year": gettext_lazy("出生年份不同，月日相同"),
    "same-student": gettext_lazy("同一学生本学期在两所学校都有就读记录"),
    "same-number": gettext_lazy("同一证号、同一类别在名册上出现两次"),
    "category-changed": gettext_lazy("困难类别与上一次快照不同"),
    "gone-from-register": gettext_lazy("上一次快照在册，本次已不在册"),
    "on-no-roster": gettext_lazy("在名册上，本学期不在任何学校花名册"),
    "register-says-studying": gettext_lazy("名册记为在校，可能在外地就读"),
    "no-school-state": gettext_lazy("名册未记在校状况，疑似失学"),
    "was-here-last-term": gettext_lazy("上学期在册，本学期该校已报花名册而无此人"),
    "on-record-but-absent": gettext_lazy("学生台账在读，学校已报花名册而无此人"),
    "returned-to-poverty": gettext_lazy("上一次已脱贫，本次返贫"),
    "risk-returned": gettext_lazy("上一次风险已消除，本次重新纳入监测"),
    "risk-removed-before-term": gettext_lazy("开学前风险已消除，部分资助不再享受，请核对名册"),
    "roster-goes-on": gettext_lazy("与上学期相比，花名册升级正常，名册可能未更新"),
    "register-goes-on": gettext_lazy("与上学期相比，名册升级正常，花名册可能有误"),
    "neither-goes-on": gettext_lazy("与上学期相比，两处都不连续，请核实实际就读"),
    "told-deceased": gettext_lazy("名册注明已死亡"),
    "told-moved": gettext_lazy("名册注明户口迁出"),
    "told-home-taught": gettext_lazy("名册注明残疾或送教上门"),
    "told-suspended": gettext_lazy("名册注明因病或休学"),
    "told-out-of-province": gettext_lazy("名册注明在省外"),
    "told-out-of-county": gettext_lazy("名册注明在县外或随父母外出"),
    "told-graduated": gettext_lazy("名册注明已毕业"),
    "told-dropped-out": gettext_lazy("名册注明辍学、厌学或外出务工"),
    "told-unclear": gettext_lazy("名册注明了未上学原因"),
    "siblings-out-of-province": gettext_lazy("同户儿童在省外就读"),
    "siblings-out-of-county": gettext_lazy("同户儿童在县外就读"),
    "siblings-here": gettext_lazy("同户儿童在本县就读"),
    "stage-too-old": gettext_lazy("年龄超过所在学段"),
    "stage-too-young": gettext_lazy("年龄不到所在学段"),
    "too-old": gettext_lazy("年龄大于所在年级"),
    "too-young": gettext_lazy("年龄小于所在年级"),
    "state-differs": gettext_lazy("名册的在校生状况与学校、年级不符"),
    "number-missing": gettext_lazy("未填身份证号"),
    "number-not-usable": gettext_lazy("身份证号有误，比对也未找到"),
}


def code_words(code: str) -> str:
    """Return the words of one code; ``claimed:``, ``absent:`` and ``logic:`` carry a value."""
    name, _colon, value = code.partition(":")
    if name == "logic":
        return str(BY_CODE[value].words) if value in BY_CODE else value
    if name == "claimed":
        return _("学校填报为“%(category)s”") % {"category": _label(Hardship, value)}
    if name == "absent":
        return _("%(register)s中查无此人") % {"register": _label(RegisterKind, value)}
    if code in RegisterKind.values:
        return str(RegisterKind(code).label)
    return str(_WORDS.get(code, code))


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


def reason_words(codes: str) -> str:
    """Return the words of comma-separated codes as one phrase."""
    return _("；").join(code_words(code) for code in codes.split(",") if code)
