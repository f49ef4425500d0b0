"""What a poverty register contradicts in itself: 28 rules, each a pure function over its people.

The register's owner, not the school, can mend such rows; they are handed over as a list. Values
follow the register's own lists of words (在校生状况, 文化程度, 与户主关系): a person has either a
schooling or an education, never both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from students.choices import FaultSeverity
from students.rules.records import digest_of
from students.rules.register_logic import checks
from students.rules.register_logic.checks import Check
from students.rules.register_logic.people import Fault, Person, Sheet

EDITION = "2016.1"  # another one has every snapshot checked anew


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its code, what it says, where it comes from, how sure it is, whether it starts on.

    ``by_household`` says that a household breaks it as a whole: it is named by its number. Without
    a ``check`` another register is asked.
    """

    code: str
    words: Promise
    source: Promise
    severity: FaultSeverity
    check: Check | None
    is_on: bool = True
    by_household: bool = False


_WRONG, _DOUBTFUL, _HINT = FaultSeverity.WRONG, FaultSeverity.DOUBTFUL, FaultSeverity.HINT
_LIST_RULE = _("名册填报要求")
_LAW = _("《义务教育法》第十一条")
_ID_RULE = _("GB 11643 公民身份号码")
_SENSE = _("常理")

RULES: tuple[Rule, ...] = (
    Rule("education-both", _("文化程度与在校生状况同时填写"), _LIST_RULE, _WRONG, checks.both),
    Rule(
        "education-neither", _("文化程度与在校生状况都未填写"), _LIST_RULE, _WRONG, checks.neither
    ),
    Rule(
        "school-age-unexplained",
        _("6 至 15 周岁未填在校状况，也未填未上学原因"),
        _LAW,
        _WRONG,
        checks.unexplained,
    ),
    Rule(
        "reason-beside-state",
        _("已填在校状况，又填了未上学原因或失学辍学"),
        _LIST_RULE,
        _WRONG,
        checks.reason_beside_schooling,
    ),
    Rule(
        "higher-too-young",
        _("未满 15 周岁而学历为高职、本科以上"),
        _SENSE,
        _WRONG,
        checks.too_young_for_higher,
    ),
    Rule("state-age", _("年龄与在校状况明显不符"), _SENSE, _DOUBTFUL, checks.schooling_against_age),
    Rule(
        "dew-not-vocational",
        _("享受雨露计划而不在中职、高职、技师学院就读"),
        _("雨露计划实施办法"),
        _WRONG,
        checks.help_outside_vocational,
    ),
    Rule("head-missing", _("户内没有户主"), _LIST_RULE, _WRONG, checks.no_head, by_household=True),
    Rule(
        "head-twice", _("户内有两名户主"), _LIST_RULE, _WRONG, checks.two_heads, by_household=True
    ),
    Rule(
        "spouse-twice",
        _("户内有两名配偶"),
        _LIST_RULE,
        _DOUBTFUL,
        checks.two_spouses,
        by_household=True,
    ),
    Rule("spouse-sex", _("户主与配偶性别相同"), _SENSE, _WRONG, checks.spouse_of_one_sex),
    Rule(
        "relation-sex", _("与户主关系和性别矛盾"), _LIST_RULE, _WRONG, checks.relation_against_sex
    ),
    Rule(
        "relation-age", _("与户主关系和年龄差矛盾"), _SENSE, _DOUBTFUL, checks.relation_against_age
    ),
    Rule(
        "members-count",
        _("填报人数与实有行数不一致"),
        _LIST_RULE,
        _WRONG,
        checks.miscounted,
        by_household=True,
    ),
    Rule(
        "household-two-villages",
        _("同一户编号出现在两个村"),
        _LIST_RULE,
        _WRONG,
        checks.two_villages,
        by_household=True,
    ),
    Rule(
        "head-name-differs",
        _("户主姓名一栏与户内户主不一致"),
        _LIST_RULE,
        _DOUBTFUL,
        checks.head_named_otherwise,
        by_household=True,
    ),
    Rule("person-no-twice", _("人编号重复"), _LIST_RULE, _WRONG, checks.numbered_twice),
    Rule(
        "person-two-households",
        _("同一证号在两户且户类型不同"),
        _LIST_RULE,
        _WRONG,
        checks.person_in_two_households,
    ),
    Rule(
        "phone-shared",
        _("同一联系电话用于三户以上"),
        _SENSE,
        _HINT,
        checks.shared_phone,
        is_on=False,
    ),
    Rule(
        "ill-but-healthy",
        _("致贫原因为因病，户内成员健康状况无人患病"),
        _LIST_RULE,
        _DOUBTFUL,
        checks.cause_without("因病", "病"),
        by_household=True,
    ),
    Rule(
        "disabled-but-healthy",
        _("致贫原因为因残，户内成员健康状况无人残疾"),
        _LIST_RULE,
        _DOUBTFUL,
        checks.cause_without("因残", "残"),
        by_household=True,
    ),
    Rule(
        "minor-labour",
        _("未满 16 周岁填为有劳动力"),
        _("《劳动法》第十五条"),
        _WRONG,
        checks.children_at_work,
    ),
    Rule(
        "number-unusable", _("证件号码缺失或校验位不符"), _ID_RULE, _WRONG, checks.number_unusable
    ),
    Rule("number-sex", _("证件号码与性别不符"), _ID_RULE, _WRONG, checks.number_against_sex),
    Rule(
        "number-birth", _("证件号码与出生日期不符"), _ID_RULE, _WRONG, checks.number_against_birth
    ),
    Rule(
        "risk-not-dated",
        _("监测对象未填风险识别时间"),
        _LIST_RULE,
        _WRONG,
        checks.watched_since_when,
    ),
    Rule(
        "risk-removed-early",
        _("风险消除时间早于识别时间"),
        _SENSE,
        _WRONG,
        checks.removed_before_found,
    ),
    Rule("gone-but-listed", _("公安名册已死亡或迁出，仍在本名册"), _LIST_RULE, _WRONG, None),
)
BY_CODE = {rule.code: rule for rule in RULES}


def faults_of(sheet: Sheet) -> list[Fault]:
    """Return everything that a register contradicts in itself, by rule and in its own order.

    A person or household breaks a rule once. Switches are not asked: what is found is kept, what
    is off is not shown.
    """
    found: dict[tuple[str, str], Fault] = {}
    for rule in RULES:
        for one, other, facts in rule.check(sheet) if rule.check else ():
            key = one.household if rule.by_household else one.key
            subject = digest_of([rule.code, key])
            words = tuple(str(fact) for fact in facts)
            found.setdefault(
                (rule.code, subject),
                Fault(rule.code, one.pk, other.pk if other else None, subject, words),
            )
    return list(found.values())


def gone_but_listed(
    listed: Iterable[tuple[int, str]], told: Mapping[str, tuple[str, int]]
) -> list[Fault]:
    """Return the rows whose person another register has as dead or moved away.

    ``listed`` gives (row, number's index); ``told`` maps an index to the place and that row.
    """
    faults: dict[str, Fault] = {}
    for entry, number in listed:
        if number and number in told:
            place, other = told[number]
            subject = digest_of(["gone-but-listed", number])
            faults.setdefault(subject, Fault("gone-but-listed", entry, other, subject, (place,)))
    return list(faults.values())


__all__ = [
    "BY_CODE",
    "EDITION",
    "RULES",
    "Fault",
    "Person",
    "Rule",
    "Sheet",
    "faults_of",
    "gone_but_listed",
]
