"""Generic screens: list, detail, form, action, wizard, queue, dashboard.

Import the names from here; modules load on first use, because this package is also an installed
application and is imported before the models are ready.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from povedu.screens.actions import ActionScreen
    from povedu.screens.charts import ChartPanel, DashboardScreen, Figure, Series
    from povedu.screens.details import DetailScreen, Fact, ObjectScreen, Tab
    from povedu.screens.forms import FormScreen
    from povedu.screens.lists import BulkAction, ListScreen
    from povedu.screens.menu import MenuItem, QuickAction, Section
    from povedu.screens.queues import Comparison, Decision, QueueScreen
    from povedu.screens.screen import PUBLIC, SIGNED_IN, Button, Crumb, Screen
    from povedu.screens.searching import Hit, SearchSource, SecretSearch
    from povedu.screens.todo import HomePanel, Todo, TodoSource
    from povedu.screens.wizards import Step, WizardScreen

_HOMES = {
    "actions": ("ActionScreen",),
    "screen": ("PUBLIC", "SIGNED_IN", "Button", "Crumb", "Screen"),
    "charts": ("ChartPanel", "DashboardScreen", "Figure", "Series"),
    "details": ("DetailScreen", "Fact", "ObjectScreen", "Tab"),
    "forms": ("FormScreen",),
    "lists": ("BulkAction", "ListScreen"),
    "menu": ("MenuItem", "QuickAction", "Section"),
    "queues": ("Comparison", "Decision", "QueueScreen"),
    "searching": ("Hit", "SearchSource", "SecretSearch"),
    "todo": ("HomePanel", "Todo", "TodoSource"),
    "wizards": ("Step", "WizardScreen"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load the module that a name lives in."""
    if name not in _HOME_OF:
        raise AttributeError(name)
    return getattr(import_module(f"povedu.screens.{_HOME_OF[name]}"), name)


__all__ = [
    "PUBLIC",
    "SIGNED_IN",
    "ActionScreen",
    "BulkAction",
    "Button",
    "ChartPanel",
    "Comparison",
    "Crumb",
    "DashboardScreen",
    "Decision",
    "DetailScreen",
    "Fact",
    "Figure",
    "FormScreen",
    "Hit",
    "HomePanel",
    "ListScreen",
    "MenuItem",
    "ObjectScreen",
    "QueueScreen",
    "QuickAction",
    "Screen",
    "SearchSource",
    "SecretSearch",
    "Section",
    "Series",
    "Step",
    "Tab",
    "Todo",
    "TodoSource",
    "WizardScreen",
]
