"""Presets of senior high school, vocational school and higher education."""

from datetime import date

from schools.choices import Stage
from subsidies.choices import Cadence, Confidence, PayeeKind, ProgrammeKind
from subsidies.rules.presets.shapes import (
    ANY_HARDSHIP,
    POOR,
    Preset,
    PresetStandard,
)

_H, _M, _L, _GK = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW, Confidence.GENERAL
_A2010, _A2011, _A2012, _A2019 = (date(year, 9, 1) for year in (2010, 2011, 2012, 2019))
_A2024 = date(2024, 9, 1)
_S2015, _S2025 = date(2015, 3, 1), date(2025, 3, 1)
_MOF_2025 = "财政部 教育部 人力资源社会保障部 2024年10月通知"
_COLLEGES = (Stage.UNDERGRADUATE, Stage.HIGHER_VOCATIONAL)


def _scholarship(
    code: str,
    name: str,
    amounts: tuple[str, str],
    note: str,
    categories: tuple[str, ...] = ANY_HARDSHIP,
) -> Preset:
    """Return a yearly scholarship of higher education that rose in autumn 2024."""
    return Preset(
        code,
        name,
        Cadence.YEARLY,
        _A2010,
        tuple(
            PresetStandard(start, stage, amount, amount, document, sure, categories=categories)
            for start, amount, document, sure in (
                (_A2010, amounts[0], "国家奖助学金政策", _GK),
                (_A2024, amounts[1], _MOF_2025, _H),
            )
            for stage in _COLLEGES
        ),
        needs_application=True,
        description=note,
    )


BEYOND: tuple[Preset, ...] = (
    Preset(
        "senior-grant",
        "普通高中国家助学金",
        Cadence.TERM,
        _A2010,
        (
            PresetStandard(_A2010, Stage.SENIOR, "1500", "750", "国家助学金政策", _H),
            PresetStandard(_S2015, Stage.SENIOR, "2000", "1000", "生均提高至2000元", _L),
            PresetStandard(_S2025, Stage.SENIOR, "2300", "1150", _MOF_2025, _H),
        ),
        description="2025年起生均2300元，可在1200至3500元间分2至3档；分档时各档分别设标准。",
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
        _A2012,
        (
            PresetStandard(
                _A2012,
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
        confidence=_M,
        description="2012年秋起农村（含县镇）、城市涉农专业和家庭经济困难学生，后扩至各年级在校生。",
    ),
    Preset(
        "vocational-grant",
        "中等职业教育国家助学金",
        Cadence.TERM,
        _A2010,
        (
            *(
                PresetStandard(
                    start,
                    Stage.VOCATIONAL,
                    year,
                    term,
                    document,
                    _GK,
                    grade=grade,
                    ends_on=ends_on,
                )
                for start, ends_on, year, term, document in (
                    (_A2010, _S2015, "1500", "750", "国家助学金（一、二年级）"),
                    (_S2015, _S2025, "2000", "1000", "提高至2000元（一、二年级）"),
                )
                for grade in (10, 11)
            ),
            PresetStandard(_S2025, Stage.VOCATIONAL, "2300", "1150", _MOF_2025, _H),
        ),
        description="2025年春季起生均2300元，三年级纳入。",
    ),
    Preset(
        "higher-grant",
        "本专科国家助学金",
        Cadence.TERM,
        _A2010,
        tuple(
            PresetStandard(start, stage, year, term, document, confidence)
            for start, year, term, document, confidence in (
                (_A2010, "3000", "1500", "国家助学金政策", _GK),
                (_A2019, "3300", "1650", "国家助学金政策", _GK),
                (_A2024, "3700", "1850", _MOF_2025, _H),
            )
            for stage in _COLLEGES
        ),
    ),
    _scholarship(
        "higher-encouragement",
        "国家励志奖学金",
        ("5000", "6000"),
        "品学兼优的家庭经济困难学生，由高校评审。",
    ),
    _scholarship(
        "higher-scholarship",
        "国家奖学金",
        ("8000", "10000"),
        "由高校评审，不限家庭情况。",
        categories=(),
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
        confidence=_M,
        description="含顶岗实习，不含本科；休学暂停；开学时风险已消除的不享受；"
        "不与本地学费资助重复（各地规定不同，可改）。",
        excludes_risk_removed=True,
    ),
    Preset(
        "golden-autumn",
        "金秋助学",
        Cadence.ONCE,
        _A2011,
        (),
        kind=ProgrammeKind.GIFT,
        document="工会金秋助学活动",
        confidence=_GK,
        description="工会资助困难职工家庭升学子女；金额由捐助方定，逐笔登记捐助，不计算名单。",
        needs_notice=False,
    ),
)
