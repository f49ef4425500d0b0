"""The one policy table: which role may do what. Default deny.

Every app declares its rows in ``permissions.py`` as ``POLICY: dict[action, frozenset[grantee]]``.
An action is ``app.noun.verb``; a grantee is a role, or ``role:office`` for one office only. Views,
menus, the API and the guard tests read this table; nothing else decides.
"""

from functools import cache
from importlib import import_module

from django.apps import apps

from povedu.accounts.choices import OfficeCode, Role

Grantees = frozenset[str]


def staff(*offices: OfficeCode) -> Grantees:
    """Return the grantees for clerks of the named offices, of every office without names."""
    return _in_office(Role.OFFICE_STAFF, offices)


def approvers(*offices: OfficeCode) -> Grantees:
    """Return the grantees for approvers of the named offices, of every office without names."""
    return _in_office(Role.APPROVER, offices)


def roles(*names: Role) -> Grantees:
    """Return the grantees for whole roles."""
    return frozenset(str(name) for name in names)


def _in_office(role: Role, offices: tuple[OfficeCode, ...]) -> Grantees:
    if not offices:
        return frozenset({str(role)})
    return frozenset(f"{role}:{office}" for office in offices)


BUREAU = staff() | approvers() | roles(Role.COUNTY_ADMIN)
READERS = BUREAU | roles(Role.AUDITOR)
FIELD = roles(Role.TOWNSHIP_OFFICER, Role.SCHOOL_CLERK)
PEOPLE = READERS | FIELD  # may see rows about persons in their scope
EVERYBODY = frozenset(str(role) for role in Role)


@cache
def table() -> dict[str, Grantees]:
    """Return all rows; raise where two apps declare the same action."""
    rows: dict[str, Grantees] = {}
    for config in apps.get_app_configs():
        try:
            module = import_module(f"{config.name}.permissions")
        except ModuleNotFoundError as missing:
            if missing.name != f"{config.name}.permissions":
                raise
            continue
        declared: dict[str, Grantees] = getattr(module, "POLICY", {})
        clash = rows.keys() & declared.keys()
        if clash:
            raise ValueError(f"declared twice: {sorted(clash)}")
        rows.update(declared)
    return rows


@cache
def actions_of(role: str, office: str = "") -> frozenset[str]:
    """Return every action a role may do when it sits in an office."""
    keys = {role, f"{role}:{office}"}
    return frozenset(action for action, grantees in table().items() if grantees & keys)
