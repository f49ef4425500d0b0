"""What tests of settling share: a run, papers, and somebody who is asked."""

import io
from datetime import date

import pytest
from PIL import Image

from povedu.accounts.selectors import operator
from povedu.errors import Refusal
from students.models import Finding
from students.services.reconcile import reconcile
from students.services.settle_assign import assign_finding
from tests.students.world import NOW, TERM

OLD, BORN = date(2003, 3, 5), date(2007, 3, 5)
PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer\n%%EOF\n"


def picture(colour=(10, 20, 30)):
    kept = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(kept, "PNG")
    return kept.getvalue()


def run(world):
    reconcile(county=world.county, term=TERM, actor=operator(), now=NOW)


def old(school="2153000001"):
    return Finding.objects.filter(kind="grade-age", school_code=school).order_by("pk")


def claim():
    return Finding.objects.get(kind="not-on-register")


def assigned(staff, finding=None, days=5):
    finding = finding or old().first()
    return assign_finding(finding=finding, days=days, words="请核对学籍", actor=staff, now=NOW)


def refused(code, call, **arguments):
    with pytest.raises(Refusal) as refusal:
        call(**arguments)
    assert refusal.value.code == code
