"""The landing page and the search."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from povedu.screens.home import HomeScreen, SearchScreen
from povedu.screens.menu import MenuItem, Section
from povedu.screens.screen import SIGNED_IN

MENU = [MenuItem(Section.TODO, _("我的待办"), "home", SIGNED_IN, order=0)]

urlpatterns = [
    path("", HomeScreen.as_view(), name="home"),
    path("search/", SearchScreen.as_view(), name="search"),
]
