"""What happens to a school: another name or place, its end, its return, and its further names."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.forms import BaseForm
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povedu.screens import ActionScreen, FormScreen
from povedu.screens.screen import Words
from schools import selectors, services
from schools.forms import schools as forms
from schools.models import SchoolAlias
from schools.views.schools import EDIT, LIST
from schools.views.scoped import ScopedActionScreen, local_day


class _EventScreen(ScopedActionScreen):
    """Something happens to a school."""

    action = EDIT
    parents = (LIST,)
    selector = selectors.schools
    lookup = "code"
    form_class: ClassVar[type[BaseForm]] = forms.EventForm
    object_argument = "school"
    version_field = "version"

    def arguments(self, form: Any) -> dict[str, Any]:
        """Gather day and document into the event."""
        values = dict(form.cleaned_data)
        event = services.Event(values.pop("on"), values.pop("document"))
        return {
            "actor": self.request.actor,
            "now": self.request.now,
            "school": self.object,
            "event": event,
            **values,
        }

    def initial(self) -> dict[str, Any]:
        """Begin with today."""
        return {"on": local_day(self.request.now)}

    def consequence(self) -> Words:
        """Fill the sentence with the school's name."""
        return str(self.sentence) % {"school": self.object.name}


class SchoolRename(_EventScreen):
    """A new name."""

    title = _("学校更名")
    form_class = forms.RenameForm
    service = services.rename_school
    sentence = _("“%(school)s”将改用新校名；原校名保留为别名，旧花名册仍能识别。")


class SchoolMove(_EventScreen):
    """Another division."""

    title = _("区划调整")
    form_class = forms.MoveForm
    service = services.move_school
    sentence = _("“%(school)s”将划归新的区划；以往学期的记录不变。")


class SchoolClose(_EventScreen):
    """The end of a school."""

    title = _("学校停办")
    service = services.close_school
    danger = True
    sentence = _("“%(school)s”将停办；学校和历年记录保留，不再出现在新业务的学校列表中。")

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Say how many pupils the term in view has there."""
        return _pupils(self)


class SchoolMerge(_EventScreen):
    """The end of a school in another."""

    title = _("学校撤并")
    form_class = forms.MergeForm
    service = services.merge_school
    danger = True
    sentence = _("“%(school)s”将停办并入所选学校；学校和历年记录保留。")

    def figures(self) -> Sequence[tuple[Words, Any]]:
        """Say how many pupils the term in view has there."""
        return _pupils(self)


class SchoolReopen(_EventScreen):
    """A closed school opens again."""

    title = _("恢复办学")
    service = services.reopen_school
    sentence = _("“%(school)s”将恢复办学。")


def _pupils(screen: Any) -> Sequence[tuple[Words, Any]]:
    rows = selectors.pupil_counts(screen.scope, screen.object).filter(term=screen.request.term.code)
    return [(_("本学期在校生"), sum(row.pupils_count for row in rows))]


class AliasAdd(FormScreen):
    """One more name for a school."""

    action = EDIT
    title = _("新增别名")
    parents = (LIST,)
    selector = selectors.schools
    lookup = "code"
    form_class = forms.AliasForm
    service = services.add_alias
    object_argument = "school"
    success = _("已新增别名。")

    def initial(self) -> dict[str, Any]:
        """Begin empty: the school's own name is no alias."""
        return {}

    def success_url(self, result: SchoolAlias) -> str:
        """Go back to the names."""
        return f"{self.object.get_absolute_url()}?tab=aliases"


class AliasRemove(ActionScreen):
    """A name no longer means the school."""

    action = EDIT
    title = _("删除别名")
    parents = (LIST,)
    selector = selectors.aliases
    service = services.remove_alias
    object_argument = "alias"
    danger = True

    def consequence(self) -> Words:
        """Name the alias and the school."""
        return gettext("以后导入时，“%(alias)s”不再识别为“%(school)s”。") % {
            "alias": self.object.name,
            "school": self.object.school.name,
        }

    def success_url(self, result: object) -> str:
        """Go back to the names."""
        return f"{self.object.school.get_absolute_url()}?tab=aliases"
