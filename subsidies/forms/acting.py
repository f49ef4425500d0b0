"""What the forms of this app share: who fills them in, in which term, and their usual fields."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from povedu.scope import Actor
from povedu.terms import Term
from schools.models import Division
from subsidies.choices import ProgrammeKind
from subsidies.models import Programme
from subsidies.selectors.programmes import office_of, programmes

TOP = Decimal("9999999.99")
CENT = Decimal("0.01")
FIRST_TERM = Term(2011, 1)


def money(label: Any, *, required: bool = True, **more: Any) -> forms.DecimalField:
    """Return a field for a positive amount in yuan."""
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=CENT,
        max_value=TOP,
        max_digits=12,
        decimal_places=2,
        **more,
    )


def text(label: Any, length: int, *, required: bool = False) -> forms.CharField:
    """Return a field for a line of text."""
    return forms.CharField(label=label, max_length=length, required=required)


def term_choices(now: Term) -> list[tuple[str, str]]:
    """Return the terms that somebody may work in: the next one, and back to the first presets."""
    terms = [max(now.next, FIRST_TERM)]
    while terms[-1] > FIRST_TERM:
        terms.append(terms[-1].previous)
    return [(one.code, one.label) for one in terms]


class ActorForm(forms.Form):
    """A form that knows who fills it in and in which term."""

    def __init__(self, *args: Any, actor: Actor, term: Term, **kwargs: Any) -> None:
        self.actor, self.term_now = actor, term
        super().__init__(*args, **kwargs)
        self.bound_choices()

    def bound_choices(self) -> None:
        """Bound what can be chosen by what the actor may see."""

    def own_programmes(self) -> QuerySet[Programme]:
        """Return the programmes of the actor's office."""
        return programmes(self.actor.scope, office_of(self.actor))


class ReasonForm(ActorForm):
    """Why."""

    reason = text(_("原因"), 200, required=True)


class NoteForm(ActorForm):
    """What to say with it."""

    note = text(_("说明"), 200, required=True)


class EndForm(ActorForm):
    """From when on no more."""

    ends_on = forms.DateField(label=_("停止日期"), widget=forms.DateInput())


class ProgrammeTermForm(ActorForm):
    """Which programme, which term."""

    programme = forms.ModelChoiceField(Programme.objects.none(), label=_("资助项目"))
    term = forms.ChoiceField(label=_("学期"))

    def bound_choices(self) -> None:
        """Offer the office's programmes and the terms about now."""
        field = self.fields["programme"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared above
        field.queryset = self.own_programmes().exclude(kind=ProgrammeKind.GIFT)
        self.fields["term"].choices = term_choices(self.term_now)  # type: ignore[attr-defined]  # a choice field
        self.fields["term"].initial = self.term_now.code


class DecideForm(ActorForm):
    """Agree or send back."""

    approved = forms.TypedChoiceField(
        label=_("审核结果"),
        choices=[("1", _("同意")), ("0", _("退回"))],
        coerce=lambda value: value == "1",
    )
    note = text(_("审核意见"), 200)


def county_of(actor: Actor) -> Division | None:
    """Return the county that an actor works for, None for somebody of several."""
    code = actor.scope.division_prefix[:6]
    if len(code) < 6:
        return None
    return Division.objects.filter(pk=f"{code}000000").first()
