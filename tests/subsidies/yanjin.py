"""Local standards of a county's 2017 plan (cases/yanjin.json), as presets that a test installs."""

from datetime import date

from povedu.ledger.choices import FundSource
from schools.choices import Stage
from subsidies.choices import Boarding, Cadence, Confidence, PayeeKind, ProgrammeKind
from subsidies.rules.presets import POOR, Preset, PresetSource, PresetStandard

_SINCE = date(2016, 9, 1)
_PLAN = "2017年教育扶贫全覆盖方案"


def _standard(stage: str, year: str, each: str, **more: object) -> PresetStandard:
    usual: dict[str, object] = {"categories": POOR, **more}
    return PresetStandard(_SINCE, stage, year, each, _PLAN, Confidence.LOCAL, **usual)  # type: ignore[arg-type]  # its own fields


def _preset(
    code: str, name: str, cadence: str, *standards: PresetStandard, **more: object
) -> Preset:
    usual: dict[str, object] = {
        "document": _PLAN,
        "confidence": Confidence.LOCAL,
        "needs_notice": False,
        "sources": (PresetSource(FundSource.COUNTY),),
        **more,
    }
    return Preset(code, name, cadence, _SINCE, standards, **usual)  # type: ignore[arg-type]  # its own fields


def _waiver(
    code: str, name: str, year: str, each: str, stage: str = Stage.VOCATIONAL, **more: object
) -> Preset:
    return _preset(
        code,
        name,
        Cadence.TERM,
        _standard(stage, year, each),
        kind=ProgrammeKind.WAIVER,
        payee_kind=PayeeKind.SCHOOL,
        **more,
    )


YANJIN: tuple[Preset, ...] = (
    _preset(
        "college-talent",
        "大专及以上优秀贫困学子助学金",
        Cadence.YEARLY,
        _standard(Stage.UNDERGRADUATE, "5000", "5000"),
        _standard(Stage.HIGHER_VOCATIONAL, "5000", "5000"),
        needs_application=True,
    ),
    _preset(
        "first-journey",
        "贫困新生路费补助",
        Cadence.ONCE,
        _standard(Stage.UNDERGRADUATE, "500", "500", grade=1, tier="省内"),
        _standard(Stage.UNDERGRADUATE, "1000", "1000", grade=1, tier="省外"),
        needs_application=True,
    ),
    _preset(
        "senior-state-grant",
        "普高国家助学金",
        Cadence.TERM,
        _standard(Stage.SENIOR, "2500", "1250", tier="一档"),
        _standard(Stage.SENIOR, "1500", "750", tier="二档", categories=()),
    ),
    _preset("senior-living", "普高生活补助", Cadence.TERM, _standard(Stage.SENIOR, "2500", "1250")),
    _waiver("senior-tuition", "普高免学费", "800", "400", Stage.SENIOR),
    _waiver("vocational-tuition", "中职免学费", "1000", "500"),
    _preset(
        "vocational-living",
        "中职生活补助",
        Cadence.TERM,
        _standard(Stage.VOCATIONAL, "2000", "1000"),
    ),
    _preset(
        "east-west",
        "东西协作中职生活补助",
        Cadence.TERM,
        _standard(
            Stage.VOCATIONAL,
            "4200",
            "2100",
            major="东西协作",
            parts=(("西部省份", "3000"), ("东部省份", "1200")),
        ),
        sources=(PresetSource(FundSource.PROVINCE, "1500"), PresetSource(FundSource.EASTERN)),
        excludes=("vocational-living",),
    ),
    _waiver("east-west-lodging", "东西协作免住宿费", "800", "400", stacks_on="east-west"),
    _waiver("east-west-books", "东西协作免书本费", "450", "225", stacks_on="east-west"),
    _preset(
        "boarders",
        "寄宿生生活补助",
        Cadence.TERM,
        _standard(Stage.PRIMARY, "1000", "500", boarding=Boarding.BOARDER),
        _standard(Stage.SPECIAL, "1250", "625", boarding=Boarding.BOARDER),
        _standard(Stage.JUNIOR, "1250", "625", boarding=Boarding.BOARDER),
    ),
    _preset(
        "preschool-ten",
        "学前资助",
        Cadence.YEARLY,
        _standard(Stage.PRESCHOOL, "300", "300"),
        percent="10",
    ),
)
