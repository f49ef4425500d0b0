"""What each audited verb is called on screen.

An app names its verbs in ``permissions.py`` as ``VERBS: dict[verb, label]``, beside its policy.
"""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps


@cache
def verb_labels() -> dict[str, object]:
    """Return every app's verbs with their (lazy) labels."""
    labels: dict[str, object] = {}
    for config in apps.get_app_configs():
        name = f"{config.name}.permissions"
        if find_spec(name) is not None:
            labels.update(getattr(import_module(name), "VERBS", {}))
    return labels
