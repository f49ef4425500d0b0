"""What the words of the dropout ledgers mean: states of a case, reasons for leaving school."""

from students.choices import DropoutReason, DropoutState, Place

ELSEWHERE = "elsewhere"  # at school or otherwise accounted for: no case
_STATES: tuple[tuple[str, str], ...] = (
    ("销号", str(DropoutState.CLOSED)),
    ("查明去向", str(DropoutState.EXPLAINED)),
    *((word, str(DropoutState.RETURNED)) for word in ("返校", "复学", "劝返到校", "已劝返")),
    *((word, str(DropoutState.SUSPECTED)) for word in ("疑似", "长期请假", "长时间请假", "未到校")),
    *((word, ELSEWHERE) for word in ("未辍学", "在读", "在校", "在籍", "就读", "正常", "毕业")),
    *((word, ELSEWHERE) for word in ("休学", "送教", "死亡", "迁出", "转出", "借读", "适龄")),
    *((word, str(DropoutState.DROPPED_OUT)) for word in ("辍学", "失学")),
    *((word, str(DropoutState.SUSPECTED)) for word in ("跟踪", "劝学", "劝返", "家访")),
)


def state_in(text: str) -> str:
    """Return the state that words name, "" where they name none."""
    return next((state for word, state in _STATES if word in text), "")


_ACCOUNTED = frozenset(
    {Place.SUSPENDED, Place.GRADUATED, Place.HOME_TAUGHT, Place.DECEASED, Place.MOVED_AWAY}
)


def state_after(state: str, place: str) -> str:
    """Return the state of an open case whose child is found at a place.

    Suspected and dropped out are what the place says; whoever is at school is back, and whoever is
    otherwise accounted for is explained. Closing is left to people, on evidence.
    """
    if place in {Place.SUSPECTED, Place.DROPPED_OUT}:
        return str(DropoutState(place))
    if place in _ACCOUNTED:
        return str(DropoutState.EXPLAINED)
    return str(DropoutState.RETURNED)


_WORDS: tuple[tuple[str, DropoutReason], ...] = (
    ("厌学", DropoutReason.WEARY),
    ("不想读", DropoutReason.WEARY),
    ("学习困难", DropoutReason.WEARY),
    ("打工", DropoutReason.WORK),
    ("务工", DropoutReason.WORK),
    ("早婚", DropoutReason.MARRIAGE),
    ("结婚", DropoutReason.MARRIAGE),
    ("早育", DropoutReason.MARRIAGE),
    ("残疾", DropoutReason.DISABILITY),
    ("残", DropoutReason.DISABILITY),
    ("病", DropoutReason.ILLNESS),
    ("贫", DropoutReason.POVERTY),
    ("经济", DropoutReason.POVERTY),
    ("随父母", DropoutReason.AWAY),
    ("随迁", DropoutReason.AWAY),
    ("外出", DropoutReason.AWAY),
    ("家庭", DropoutReason.FAMILY),
    ("离异", DropoutReason.FAMILY),
)


def reason_of(text: str) -> str:
    """Return the reason that words name, other where they name none of the list."""
    if not text:
        return ""
    return next((str(reason) for word, reason in _WORDS if word in text), str(DropoutReason.OTHER))
