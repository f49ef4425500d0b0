"""Makers of rows for tests, one for every model; all people, numbers and places are invented."""

from tests.factories.accounts import (
    ApiTokenFactory,
    GrantFactory,
    JurisdictionFactory,
    SignInFactory,
    UserFactory,
    actor_of,
    sign_in,
)
from tests.factories.audit import AuditEntryFactory, AuditSealFactory
from tests.factories.base import COUNTY, MOMENT, id_number, name_of, phone_of

__all__ = [
    "COUNTY",
    "MOMENT",
    "ApiTokenFactory",
    "AuditEntryFactory",
    "AuditSealFactory",
    "GrantFactory",
    "JurisdictionFactory",
    "SignInFactory",
    "UserFactory",
    "actor_of",
    "id_number",
    "name_of",
    "phone_of",
    "sign_in",
]
