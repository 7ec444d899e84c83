"""Who works on an application."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from programs.people.views.account import AccountRequest, read_and_send
from solutions.market.enums import CompanyRole
from solutions.market.forms.applications import InviteForm
from solutions.market.permissions import may_manage
from solutions.market.queries.applications import desk_for, invited_to, people_on
from solutions.market.services import colleagues
from tech4muni.core.errors import Refused
from tech4muni.core.views import carried_out, render_form, sent


@login_required
@read_and_send
def application_people(request: AccountRequest, application_id: UUID) -> HttpResponse:
    """Show who works on an application, and let its owner invite colleagues."""
    desk = desk_for(request.user, application_id)
    decision = may_manage(desk.standing)
    if request.method == "POST":
        decision.enforce()
    form = InviteForm(sent(request))
    form.cancel_url = reverse("market:application", args=[desk.application.public_id])

    def step() -> None:
        asked = form.cleaned_data
        colleagues.invite(desk.application, actor=request.user, email=asked["email"], role=CompanyRole(asked["role"]))

    if carried_out(form, step):
        messages.success(request, _("The invitation is on its way."))
        return redirect("market:application_people", desk.application.public_id)
    context = {
        "application": desk.application,
        "form": form,
        "people": [(person, CompanyRole(person.role)) for person in people_on(desk.application)],
        "invited": [(link, CompanyRole(link.role)) for link in invited_to(desk.application)] if decision else [],
        "may_manage": decision,
    }
    return render_form(request, "market/applications/people.html", context)


@login_required
@require_POST
def application_person_remove(request: AccountRequest, application_id: UUID, person_id: int) -> HttpResponse:
    """End a colleague's work on an application."""
    desk = desk_for(request.user, application_id)
    person = people_on(desk.application).filter(pk=person_id).first()
    if person is None:
        raise Http404
    try:
        colleagues.remove(desk.application, person, actor=request.user)
    except Refused as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("%(person)s works on this application no more.") % {"person": person.user})
    return redirect("market:application_people", desk.application.public_id)


@login_required
@require_POST
def application_invitation_withdraw(request: AccountRequest, application_id: UUID, link_id: int) -> HttpResponse:
    """Let an invitation work no more."""
    desk = desk_for(request.user, application_id)
    link = invited_to(desk.application).filter(pk=link_id).first()
    if link is None:
        raise Http404
    colleagues.withdraw(desk.application, link, actor=request.user)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("market:application_people", desk.application.public_id)
