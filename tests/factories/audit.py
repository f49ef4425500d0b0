"""Makers of audit entries and seals."""

import factory

from povedu.audit.models import AuditEntry, AuditSeal
from tests.factories.values import COUNTY, MOMENT


class AuditEntryFactory(factory.django.DjangoModelFactory[AuditEntry]):
    """Something somebody did in the county."""

    class Meta:
        model = AuditEntry

    at = MOMENT
    actor_name = "Person"
    role = "office_staff"
    verb = "user.edit"
    subject_type = "accounts.user"
    subject_id = "1"
    division_code = COUNTY


class AuditSealFactory(factory.django.DjangoModelFactory[AuditSeal]):
    """A link, not a valid one."""

    class Meta:
        model = AuditSeal

    first_entry = factory.Sequence(lambda n: n + 1)
    last_entry = factory.Sequence(lambda n: n + 1)
    entry_count = 1
    sealed_at = MOMENT
    previous_hash = factory.Sequence(lambda n: f"{n:064x}")
    hash = factory.Sequence(lambda n: f"{n + 1:064x}")
