"""Every model has a factory, a readable text, names on screen and a line in the glossary."""

import inspect
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

import tests.factories as factories

OURS = sorted(
    (
        model
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(settings.BASE_DIR)
        and not Path(config.path).is_relative_to(settings.BASE_DIR / ".venv")
        for model in config.get_models()
        if not model._meta.auto_created
    ),
    key=lambda model: model._meta.label,
)
FACTORIES = {
    factory._meta.model: factory
    for name, factory in sorted(vars(factories).items(), reverse=True)
    if name.endswith("Factory")
}


def faults(model: type[models.Model], glossary: str) -> list[str]:
    """Return what a model lacks."""
    missing = []
    if model not in FACTORIES:
        missing.append("no factory in tests/factories")
    if model.__str__ is models.Model.__str__:
        missing.append("no __str__")
    default = model._meta.model_name
    if str(model._meta.verbose_name).replace(" ", "") == default:
        missing.append("no verbose_name")
    if not model.__doc__ or model.__doc__.startswith(f"{model.__name__}("):
        missing.append("no docstring")
    if f"| {model.__name__} |" not in glossary:
        missing.append("no line in docs/glossary.md")
    missing += [
        f"field {field.name} has no verbose_name"
        for field in model._meta.local_fields
        if model.__module__ == inspect.getmodule(model).__name__  # type: ignore[union-attr]
        and not field.auto_created
        and not field.primary_key
        and _is_default_name(field)
    ]
    return missing


def _is_default_name(field: models.Field) -> bool:
    return (
        str(field.verbose_name) == field.name.replace("_", " ")
        and field.name not in inherited_fields()
    )


def inherited_fields() -> frozenset[str]:
    """Return the fields that Django's own base user brings, translated by Django."""
    return frozenset({"password", "last_login", "is_superuser"})


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_model_is_complete(model):
    glossary = (settings.BASE_DIR / "docs/glossary.md").read_text()
    assert faults(model, glossary) == []


@pytest.mark.django_db
@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_its_factory_makes_a_row_that_says_its_name(model):
    row = FACTORIES[model]()
    row.refresh_from_db()
    assert str(row)
    assert " object (" not in str(row)
    other = {}
    if model._meta.label == "ledger.LedgerEntry":
        # A leg stands only with its counter-leg: PostgreSQL looks at the end.
        other = {"amount": -row.amount, "transaction_no": row.transaction_no}
    again = FACTORIES[model](**other)
    assert again.pk


def test_the_check_finds_a_bare_model():
    class Bare(models.Model):  # noqa: DJ008  # bare on purpose
        thing = models.CharField(max_length=3)

        class Meta:
            app_label = "audit"

    apps.all_models["audit"].pop("bare")
    found = faults(Bare, "")
    assert len(found) == 6, found
