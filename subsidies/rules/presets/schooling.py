"""Presets of preschool and compulsory schooling, and of those without parents."""

from datetime import date

from schools.choices import Stage
from students.choices import Hardship
from subsidies.choices import Boarding, Cadence, Confidence, PayeeKind, ProgrammeKind
from subsidies.rules.presets.shapes import FOUR_KINDS, Preset, PresetStandard

_H, _M, _L = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW
_A2011, _A2019, _A2021 = date(2011, 9, 1), date(2019, 9, 1), date(2021, 9, 1)
_S2024 = date(2024, 3, 1)
_DAY, _BOARDER = Boarding.DAY, Boarding.BOARDER
_ED_2011 = "农村义务教育家庭经济困难寄宿生生活补助标准（每天4元、5元，250天）"
_HALF = "按寄宿生标准50%（陕西日报2019-10-31，全国执行日期待核）"
_MOF_2024 = "财政部 2024年城乡义务教育补助经费预算通知"

SCHOOLING: tuple[Preset, ...] = (
    Preset(
        "boarder-living",
        "义务教育家庭经济困难寄宿生生活补助",
        Cadence.TERM,
        _A2011,
        tuple(
            PresetStandard(start, stage, year, term, document, _H, _BOARDER)
            for start, document, amounts in (
                (_A2011, _ED_2011, (("1000", "500"), ("1250", "625"))),
                (_S2024, _MOF_2024, (("1250", "625"), ("1500", "750"))),
            )
            for stage, (year, term) in (
                (Stage.PRIMARY, amounts[0]),
                (Stage.JUNIOR, amounts[1]),
                (Stage.SPECIAL, amounts[1]),
            )
        ),
    ),
    Preset(
        "day-living",
        "义务教育家庭经济困难非寄宿生生活补助",
        Cadence.TERM,
        _A2019,
        tuple(
            PresetStandard(start, stage, year, term, document, sure, _DAY, FOUR_KINDS)
            for start, document, sure, amounts in (
                (_A2019, _HALF, _M, (("500", "250"), ("625", "312.50"))),
                (_S2024, _MOF_2024, _H, (("625", "312.50"), ("750", "375"))),
            )
            for stage, (year, term) in (
                (Stage.PRIMARY, amounts[0]),
                (Stage.JUNIOR, amounts[1]),
                (Stage.SPECIAL, amounts[1]),
            )
        ),
        description="建档立卡（脱贫、监测）、残疾、农村低保、农村特困学生，标准为寄宿生的一半。",
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
                (date(2014, 11, 1), "800", "400", "每生每天4元，按200天（2014年11月起）"),
                (_A2021, "1000", "500", "财政部 教育部 2021年10月通知：每生每天5元，按200天"),
            )
            for stage in (Stage.PRIMARY, Stage.JUNIOR)
        ),
        kind=ProgrammeKind.IN_KIND,
        payee_kind=PayeeKind.SCHOOL,
        needs_notice=False,
        description="不得以现金形式发放给学生；地方试点县2021年后中央仍按4元奖补。",
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
        description="无全国统一标准，各县有300元（按在园幼儿10%）、1000元、1500元不等。",
    ),
    Preset(
        "preschool-waiver",
        "学前一年免保育教育费",
        Cadence.TERM,
        date(2025, 9, 1),
        (),
        kind=ProgrammeKind.WAIVER,
        payee_kind=PayeeKind.SCHOOL,
        needs_notice=False,
        document="国办发〔2025〕27号",
        description="公办园全免，民办园按同类型公办园标准；金额按当地核定填写。",
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
        confidence=_L,
    ),
)
