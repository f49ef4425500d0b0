"""Back-pay of what was missed, overdue or came back."""

import time
from collections import Counter
from decimal import Decimal

import pytest
from django.urls import reverse

from povedu.errors import Refusal
from students.models import Student
from subsidies.models import (
    AidCell,
    Award,
    BackPay,
)
from subsidies.services import returns
from subsidies.services.backpay import make_back_pays
from subsidies.services.programmes import SourceShare, set_source_rules
from tests.subsidies.checking import NOW, POOR, browser, bulk, look
from tests.subsidies.county import County, at


def test_back_pay_goes_the_ordinary_way(county: County) -> None:
    county.children(2, card=False)
    programme = county.programme("p", "500", standard=POOR)
    county.granted(programme)
    county._cards(list(Student.objects.all()))
    (late,) = county.children(1)
    look(county, at(2017, 1, 20))
    cells = AidCell.objects.select_related("matrix")
    assert Counter(one.state for one in cells) == {"overdue": 2, "missed": 1}
    with pytest.raises(Refusal, match="补发事由"):
        make_back_pays(cells=cells, reason=" ", actor=county.maker, now=NOW)
    made = make_back_pays(cells=cells, reason="left out", actor=county.maker, now=NOW)
    assert {(one.kind, one.students_count, one.amount) for one in made} == {
        ("awards", 1, Decimal(500)),
        ("payments", 2, Decimal(1000)),
    }
    award = Award.objects.get(student=late)
    assert (award.state, award.job_id) == ("proposed", BackPay.objects.get(kind="awards").run_id)
    batch = BackPay.objects.get(kind="payments").batch
    assert batch is not None
    assert batch.state == "draft"
    assert batch.payments.count() == 2
    with pytest.raises(Refusal, match="都不能补发"):
        make_back_pays(
            cells=cells.filter(state="paid"), reason="again", actor=county.maker, now=NOW
        )
    with pytest.raises(Refusal):  # nothing twice: the same cells, not computed anew
        make_back_pays(cells=cells, reason="again", actor=county.maker, now=NOW)
    assert BackPay.objects.count() == 2


def test_money_that_came_back_is_sent_again_by_a_back_pay(county: County) -> None:
    county.children(1)
    programme = county.programme("p", "500", standard=POOR)
    county.granted(programme)
    batch = county.released(programme)
    returns.settle_batch(
        batch=batch, settled_on=NOW.date(), returned={1: "closed"}, actor=county.maker, now=NOW
    )
    look(county)
    cells = AidCell.objects.select_related("matrix")
    (made,) = make_back_pays(cells=cells, reason="new card", actor=county.maker, now=NOW)
    assert made.batch is not None
    assert made.batch.payments.get().attempt == 2


def test_one_click_makes_back_pay_of_what_was_missed(county: County) -> None:
    county.children(1)
    programme = county.programme("p", "500", standard=POOR)
    county.granted(programme)
    (late,) = county.children(1)
    look(county)
    set_source_rules(  # the page goes by today's clock: late money is this year's
        programme=programme,
        year=time.localtime().tm_year,
        shares=[SourceShare("county")],
        actor=county.maker,
        now=NOW,
    )
    shown = bulk(browser(), "cell-list", "back_pay")
    assert "已生成补发单" in shown
    assert Award.objects.get(student=late).state == "proposed"
    papers = browser("auditor").get(reverse("subsidies:back-pay-list")).content.decode()
    assert BackPay.objects.get().number in papers
