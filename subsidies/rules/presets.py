"""Programmes that a county starts from, 2011–2026, each standard with document and confidence.

Defaults, not law: a county edits what it does differently. H is an official text or two independent
sources, M one credible source, L a weak one, GK general knowledge that nobody confirmed. Where the
amount is whatever the place approves (tuition waived), the programme comes without a standard.
"""

from datetime import date
from typing import NamedTuple

from schools.choices import Stage
from students.choices import Hardship
from subsidies.choices import Boarding, Cadence, Confidence, PayeeKind, ProgrammeKind

POOR = (
    Hardship.REGISTERED_POOR,
    Hardship.LIFTED,
    Hardship.UNSTABLE,
    Hardship.EDGE,
    Hardship.SUDDEN,
)
FOUR_KINDS = (*POOR, Hardship.RURAL_LOW, Hardship.DISABLED, Hardship.DESTITUTE)
ANY_HARDSHIP = tuple(Hardship)


class PresetStandard(NamedTuple):
    """A standard from a date: yuan a year and yuan an instalment (two a year for cadence term)."""

    starts_on: date
    stage: str
    year: str
    instalment: str
    document: str
    confidence: str
    boarding: str = Boarding.ANY
    categories: tuple[str, ...] = ANY_HARDSHIP


class Preset(NamedTuple):
    """A programme with its standards, in time order per stage."""

    code: str
    name: str
    cadence: str
    starts_on: date
    standards: tuple[PresetStandard, ...]
    kind: str = ProgrammeKind.CASH
    payee_kind: str = PayeeKind.STUDENT
    document: str = ""
    description: str = ""
    stacks_on: str = ""
    excludes_risk_removed: bool = False


_H, _M, _L, _GK = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW, Confidence.GENERAL
_A2011, _A2019, _A2021 = date(2011, 9, 1), date(2019, 9, 1), date(2021, 9, 1)
_S2015, _S2024, _S2025 = date(2015, 3, 1), date(2024, 3, 1), date(2025, 3, 1)
_DAY, _BOARDER = Boarding.DAY, Boarding.BOARDER
_ED_2011 = "农村义务教育家庭经济困难寄宿生生活补助标准（每天4元、5元，250天）"
_MOF_2024 = "财政部 2024年城乡义务教育补助经费预算通知"
_MOF_2025 = "财政部 教育部 人力资源社会保障部 2024年10月通知"

PRESETS: tuple[Preset, ...] = (
    Preset(
        "boarder-living",
        "义务教育家庭经济困难寄宿生生活补助",
        Cadence.TERM,
        _A2011,
        (
            PresetStandard(_A2011, Stage.PRIMARY, "1000", "500", _ED_2011, _H, _BOARDER),
            PresetStandard(_A2011, Stage.JUNIOR, "1250", "625", _ED_2011, _H, _BOARDER),
            PresetStandard(_A2011, Stage.SPECIAL, "1250", "625", _ED_2011, _H, _BOARDER),
            PresetStandard(_S2024, Stage.PRIMARY, "1250", "625", _MOF_2024, _H, _BOARDER),
            PresetStandard(_S2024, Stage.JUNIOR, "1500", "750", _MOF_2024, _H, _BOARDER),
            PresetStandard(_S2024, Stage.SPECIAL, "1500", "750", _MOF_2024, _H, _BOARDER),
        ),
    ),
    Preset(
        "day-living",
        "义务教育家庭经济困难非寄宿生生活补助",
        Cadence.TERM,
        _A2019,
        (
            PresetStandard(
                _A2019, Stage.PRIMARY, "500", "250", "按寄宿生标准50%", _M, _DAY, FOUR_KINDS
            ),
            PresetStandard(
                _A2019, Stage.JUNIOR, "625", "312.50", "按寄宿生标准50%", _M, _DAY, FOUR_KINDS
            ),
            PresetStandard(_S2024, Stage.PRIMARY, "625", "312.50", _MOF_2024, _H, _DAY, FOUR_KINDS),
            PresetStandard(_S2024, Stage.JUNIOR, "750", "375", _MOF_2024, _H, _DAY, FOUR_KINDS),
        ),
    ),
    Preset(
        "meals",
        "农村义务教育学生营养膳食补助",
        Cadence.TERM,
        _A2011,
        tuple(
            PresetStandard(start, stage, year, term, document, _H, categories=())
            for start, year, term, document in (
                (_A2011, "600", "300", "每生每天3元，按200天"),
                (date(2014, 11, 1), "800", "400", "每生每天4元，按200天"),
                (_A2021, "1000", "500", "每生每天5元，按200天"),
            )
            for stage in (Stage.PRIMARY, Stage.JUNIOR)
        ),
        kind=ProgrammeKind.IN_KIND,
        payee_kind=PayeeKind.SCHOOL,
        description="不得以现金形式发放给学生。",
    ),
    Preset(
        "preschool-aid",
        "学前教育家庭经济困难儿童资助",
        Cadence.YEARLY,
        _A2011,
        (
            PresetStandard(
                _A2011, Stage.PRESCHOOL, "1000", "1000", "地方先行、中央奖补，标准由县定", _M
            ),
        ),
        description="无全国统一标准，各县有300、1000、1500元不等。",
    ),
    Preset(
        "preschool-waiver",
        "学前一年免保育教育费",
        Cadence.TERM,
        date(2025, 9, 1),
        (),
        kind=ProgrammeKind.WAIVER,
        payee_kind=PayeeKind.SCHOOL,
        document="国办发〔2025〕27号",
        description="公办园全免，民办园按同类型公办园标准；金额按当地核定填写。",
    ),
    Preset(
        "senior-grant",
        "普通高中国家助学金",
        Cadence.TERM,
        date(2010, 9, 1),
        (
            PresetStandard(date(2010, 9, 1), Stage.SENIOR, "1500", "750", "国家助学金政策", _H),
            PresetStandard(_S2015, Stage.SENIOR, "2000", "1000", "生均提高至2000元", _L),
            PresetStandard(_S2025, Stage.SENIOR, "2300", "1150", _MOF_2025, _H),
        ),
        description="2025年起生均2300元，可在1200至3500元间分2至3档。",
    ),
    Preset(
        "senior-waiver",
        "普通高中免学杂费",
        Cadence.TERM,
        date(2016, 9, 1),
        (),
        kind=ProgrammeKind.WAIVER,
        payee_kind=PayeeKind.SCHOOL,
        document="财教〔2016〕292号",
        description="建档立卡及非建档立卡的残疾、农村低保、农村特困学生；金额按当地核定学费填写。",
    ),
    Preset(
        "vocational-waiver",
        "中等职业教育免学费",
        Cadence.TERM,
        date(2012, 9, 1),
        (
            PresetStandard(
                date(2012, 9, 1),
                Stage.VOCATIONAL,
                "2000",
                "1000",
                "2012年10月国务院常务会议；补助标准待核",
                _GK,
                categories=(),
            ),
        ),
        kind=ProgrammeKind.WAIVER,
        payee_kind=PayeeKind.SCHOOL,
    ),
    Preset(
        "vocational-grant",
        "中等职业教育国家助学金",
        Cadence.TERM,
        date(2010, 9, 1),
        (
            PresetStandard(date(2010, 9, 1), Stage.VOCATIONAL, "1500", "750", "国家助学金", _GK),
            PresetStandard(_S2015, Stage.VOCATIONAL, "2000", "1000", "提高至2000元", _GK),
            PresetStandard(_S2025, Stage.VOCATIONAL, "2300", "1150", _MOF_2025, _H),
        ),
    ),
    Preset(
        "higher-grant",
        "本专科国家助学金",
        Cadence.TERM,
        date(2010, 9, 1),
        tuple(
            PresetStandard(start, stage, year, term, document, confidence)
            for start, year, term, document, confidence in (
                (date(2010, 9, 1), "3000", "1500", "国家助学金政策", _GK),
                (_A2019, "3300", "1650", "国家助学金政策", _GK),
                (date(2024, 9, 1), "3700", "1850", _MOF_2025, _H),
            )
            for stage in (Stage.UNDERGRADUATE, Stage.HIGHER_VOCATIONAL)
        ),
    ),
    Preset(
        "rain-dew",
        "雨露计划",
        Cadence.TERM,
        _A2011,
        tuple(
            PresetStandard(
                _A2011, stage, "3000", "1500", "雨露计划职业教育补助", _H, categories=POOR
            )
            for stage in (Stage.VOCATIONAL, Stage.HIGHER_VOCATIONAL)
        ),
        description="含顶岗实习，不含本科；开学时风险已消除的不享受（各地规定不同，可改）。",
        excludes_risk_removed=True,
    ),
    Preset(
        "orphan-living",
        "孤儿集中就读生活补助",
        Cadence.MONTH,
        _A2011,
        (
            PresetStandard(
                _A2011,
                "",
                "8400",
                "700",
                "一县做法，每月700元",
                _L,
                categories=(Hardship.ORPHAN, Hardship.UNATTENDED),
            ),
        ),
    ),
)
