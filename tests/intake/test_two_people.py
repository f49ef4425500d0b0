"""A register decides who is poor: whoever uploads it does not bring it in as well."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from povedu.intake.models import ImportBatch
from povedu.jobs.models import Job
from povedu.jobs.runner import execute
from students.models import RegisterEntry
from tests.factories import CountyCalendarFactory, CountyFactory, actor_of, sign_in
from tests.factories.values import MOMENT, id_number
from tests.intake.makers import workbook


@pytest.fixture
def uploaded(db: None) -> tuple[ImportBatch, Any, Any]:
    """A staged register, the browser of its uploader and that of a colleague."""
    CountyFactory()
    CountyCalendarFactory()
    own = sign_in(actor_of("office_staff", office="aid"))
    colleague = sign_in(actor_of("office_staff", office="aid"))
    rows = [["姓名", "证件号码", "家庭编号"], ["王小一", id_number(1), "H1"]]
    file = SimpleUploadedFile("register.xlsx", workbook(rows))
    answer = own.post(
        "/intake/add/poverty-register/",
        {"file": file, "as_of": "2016-06-30", "county": "530623"},
    )
    assert answer.status_code == 302, answer.content.decode()
    execute(Job.objects.latest("created_at").pk)
    return ImportBatch.objects.get(), own, colleague


def test_the_uploader_may_not_bring_a_register_in_and_a_colleague_may(uploaded: Any) -> None:
    batch, own, colleague = uploaded
    page = own.get(f"/intake/{batch.pk}/").content.decode()
    assert "须由上传人以外的人确认导入" in page
    assert f"/intake/{batch.pk}/apply/" not in page
    refused = own.post(f"/intake/{batch.pk}/apply/", {})
    assert refused.status_code == 400
    assert "请有权限的同事核对后导入" in refused.content.decode()
    assert f"/intake/{batch.pk}/apply/" in colleague.get(f"/intake/{batch.pk}/").content.decode()
    assert colleague.post(f"/intake/{batch.pk}/apply/", {}).status_code == 302
    execute(Job.objects.latest("created_at").pk)
    batch.refresh_from_db()
    assert batch.state == "applied"
    assert RegisterEntry.objects.get().name == "王小一"


def test_the_database_refuses_one_person_in_both_parts(uploaded: Any) -> None:
    batch, _own, _colleague = uploaded
    batch.state, batch.applied_at, batch.applied_by_id = "applied", MOMENT, batch.uploaded_by_id
    with pytest.raises(IntegrityError, match="batch_two_people"), transaction.atomic():
        batch.save()
