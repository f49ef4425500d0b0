"""The landing page: what waits for the person; and the search of the top bar."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povedu.screens import searching
from povedu.screens.menu import quick_actions_for
from povedu.screens.screen import SIGNED_IN, Crumb, Screen
from povedu.screens.todo import panels_for, todos_for


class HomeScreen(Screen):
    """Say what waits for this role, and let it act."""

    action = SIGNED_IN
    title = _("待办")
    template_name = "home.html"

    def crumbs(self) -> list[Crumb]:
        """Stand at the root."""
        return []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        actor = self.request.actor
        context = self.get_context_data(
            todos=todos_for(actor, self.request.now),
            quick_actions=quick_actions_for(actor),
            panels=panels_for(actor),
            no_duty=not actor.role,
        )
        return self.render_to_response(context)


class SearchScreen(Screen):
    """Look everywhere for a name, initials or a full number; sent by POST."""

    action = SIGNED_IN
    title = _("检索")
    template_name = "screens/search.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep what was typed and go to the address that names it by token."""
        typed = request.POST.get("q", "").strip()
        if not typed:
            return HttpResponseRedirect(reverse("search"))
        token = searching.keep(request, searching.SearchQuery.read(typed))
        return HttpResponseRedirect(f"{reverse('search')}?search={token}")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what was found."""
        token = request.GET.get("search", "")
        query = searching.recall(request, token) if token else None
        groups = searching.find_everywhere(self.request.actor, query) if query else []
        context = self.get_context_data(
            query=query, groups=groups, lapsed=bool(token and not query)
        )
        return self.render_to_response(context)
