"""The cards of a workshop."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from challenges.enums import CardKind
from challenges.forms.workshops import ArrangeForm, CardForm, CardsForm
from challenges.models import Card
from challenges.permissions import may_begin
from challenges.queries.workshops import card_for, workshop_for
from challenges.services import workshops as services
from challenges.views.answers import answer
from challenges.views.workshops import PAGE, address
from programs.http import MunicipalityRequest
from programs.people.views.account import read_and_send
from tech4muni.core.errors import Refused
from tech4muni.core.views import sent


@read_and_send
def add(request: MunicipalityRequest, workshop_id: UUID) -> HttpResponse:
    """Add cards of one kind, one per line."""
    found = workshop_for(request.actor, workshop_id)
    may_begin(request.actor).enforce()
    form = CardsForm(sent(request))

    def step() -> None:
        asked = form.cleaned_data
        kind = CardKind(asked["kind"])
        cards = services.add_cards(found, actor=request.actor, kind=kind, texts=asked["texts"], group=asked["group"])
        words = ngettext("%(number)d card added.", "%(number)d cards added.", len(cards))
        messages.success(request, words % {"number": len(cards)})

    context = {"heading": _("Add cards"), "workshop": found}
    return answer(request, form, step, template=PAGE, context=context, back=address(found))


@read_and_send
def arrange(request: MunicipalityRequest, workshop_id: UUID) -> HttpResponse:
    """Group the cards and count their votes, all on one page."""
    found = workshop_for(request.actor, workshop_id)
    may_begin(request.actor).enforce()
    form = ArrangeForm(sent(request), cards=list(found.cards.all()))

    def step() -> None:
        services.arrange_cards(found, actor=request.actor, changes=form.changes())
        messages.success(request, _("Saved."))

    context = {"workshop": found}
    return answer(
        request, form, step, template="challenges/workshops/arrange.html", context=context, back=address(found)
    )


@read_and_send
def edit(request: MunicipalityRequest, card_id: UUID) -> HttpResponse:
    """Change a card."""
    card = card_for(request.actor, card_id)
    may_begin(request.actor).enforce()
    form = CardForm(sent(request), instance=card, initial={"seen": card.updated_at})

    def step() -> None:
        services.edit_card(card, actor=request.actor, **form.cleaned_data)
        messages.success(request, _("Saved."))

    def present() -> tuple[dict[str, object], object]:
        fresh = Card.objects.get(pk=card.pk)
        return {name: getattr(fresh, name) for name in services.CARD_FIELDS}, fresh.updated_at

    context = {"heading": _("Change the card"), "workshop": card.workshop, "card": card}
    return answer(
        request,
        form,
        step,
        template="challenges/workshops/card.html",
        context=context,
        back=address(card.workshop),
        present=present,
    )


@require_POST
def remove(request: MunicipalityRequest, card_id: UUID) -> HttpResponse:
    """Take a card away."""
    card = card_for(request.actor, card_id)
    may_begin(request.actor).enforce()
    try:
        services.remove_card(card, actor=request.actor)
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect(address(card.workshop))
