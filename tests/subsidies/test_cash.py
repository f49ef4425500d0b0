"""Cash in hand: a programme's own money, the shared rest, and what is already on its way."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from subsidies.models import Programme
from subsidies.selectors.cash import Purse, cash_in_hand, free_cash, shortfalls
from subsidies.services import batching, disbursement
from subsidies.services.receipts import enter_receipt
from tests.subsidies.county import AUTUMN, SHANGHAI_NOON, County

POOR = {"categories": ["registered_poor"]}
AMOUNTS = some.integers(-(10**9), 10**9).map(lambda n: Decimal(n) / 100)
PURSES = some.dictionaries(
    some.tuples(some.sampled_from(["central", "county"]), some.sampled_from(["", "p", "q", "r"])),
    AMOUNTS,
)


def arrives(county: County, amount: str, programme: Programme | None = None) -> None:
    enter_receipt(
        county=county.division,
        programme=programme,
        source="county",
        amount=Decimal(amount),
        received_on=SHANGHAI_NOON.date(),
        actor=county.maker,
        now=SHANGHAI_NOON,
    )


def in_hand(programme: Programme) -> Decimal:
    return cash_in_hand(programme).get("county", Decimal(0))


def test_own_money_and_the_shared_rest(county: County) -> None:
    one = county.programme("one", "500", standard=POOR)
    two = county.programme("two", "500", standard=POOR)
    arrives(county, "700", one)
    arrives(county, "400")
    assert (in_hand(one), in_hand(two)) == (Decimal(1100), Decimal(400))


def test_what_is_on_its_way_is_spoken_for_and_a_batch_is_told_what_lacks(county: County) -> None:
    county.children(3)
    programme = county.programme("p", "500", standard=POOR)
    county.granted(programme)
    arrives(county, "1400", programme)
    batch = batching.make_batch(
        programme=programme, term=AUTUMN, actor=county.maker, now=SHANGHAI_NOON
    )
    [short] = shortfalls(batch)
    assert (short.source, short.wanted, short.in_hand, short.lacking) == (
        "county",
        Decimal(1500),
        Decimal(1400),
        Decimal(100),
    )
    arrives(county, "100")
    assert shortfalls(batch) == []
    disbursement.freeze_batch(batch=batch, actor=county.maker, now=SHANGHAI_NOON)
    assert in_hand(programme) == 0
    assert shortfalls(batch) == []  # its own lines are no reason against it


def test_paid_is_gone(county: County) -> None:
    county.children(1)
    programme = county.programme("p", "500", standard=POOR)
    county.granted(programme)
    arrives(county, "800", programme)
    county.paid(programme)
    assert in_hand(programme) == Decimal(300)


@given(PURSES, PURSES.map(lambda found: {key: abs(value) for key, value in found.items()}))
def test_no_money_is_free_twice(held: dict[Purse, Decimal], gone: dict[Purse, Decimal]) -> None:
    for code in ("p", "q"):
        for source, free in free_cash(held, gone, code).items():
            assert free >= 0
            own = held.get((source, code), Decimal(0)) - gone.get((source, code), Decimal(0))
            shared = held.get((source, ""), Decimal(0)) - gone.get((source, ""), Decimal(0))
            assert free <= max(own, Decimal(0)) + max(shared, Decimal(0))
            if own >= 0:
                assert free >= own  # nobody else's debts touch what is earmarked
