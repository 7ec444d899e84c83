"""Checking all answers, handing in, taking back."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from programs.people.views.account import AccountRequest, read_and_send
from solutions.market.forms.applications import SubmitForm
from solutions.market.permissions import may_submit, may_withdraw
from solutions.market.queries.applications import desk_for, files_of
from solutions.market.queries.content import digest_of_desk
from solutions.market.queries.sending import sending_of
from solutions.market.services import submitting
from solutions.market.views.applications.board import chosen_rows, parts_of
from tech4muni.accounts.forms import ConfirmForm
from tech4muni.core.errors import Conflict
from tech4muni.core.views import carried_out, render_form, sent


@login_required
@read_and_send
def application_check(request: AccountRequest, application_id: UUID) -> HttpResponse:
    """Show all answers with what is missing, and hand the application in with the owner's consent."""
    desk = desk_for(request.user, application_id)
    found, files, sending = desk.application, list(files_of(desk.application)), sending_of(desk)
    if request.method == "POST":
        may_submit(desk.standing).enforce()
    names = ", ".join(str(target.city.municipality) for target in sending.targets)
    form = SubmitForm(sent(request), seen=digest_of_desk(desk, files), names=names)
    form.cancel_url = reverse("market:application", args=[found.public_id])

    def step() -> None:
        submitting.submit(found, actor=request.user, seen=form.cleaned_data["version"])

    try:
        if carried_out(form, step):
            return redirect("market:application_sent", found.public_id)
    except Conflict as conflict:
        messages.error(request, str(conflict.message))
        return redirect(request.path)
    parts = parts_of(desk)
    context = {
        "application": found,
        "desk": desk,
        "form": form,
        "parts": parts,
        "files": files,
        "calls": chosen_rows(desk),
        "sending": sending,
        "missing": any(part.missing for part in parts),
        "may_submit": may_submit(desk.standing),
    }
    return render_form(request, "market/applications/check.html", context)


@login_required
@read_and_send
def application_withdraw(request: AccountRequest, application_id: UUID) -> HttpResponse:
    """Ask, and take an application back."""
    desk = desk_for(request.user, application_id)
    may_withdraw(desk.standing).enforce()
    form = ConfirmForm(sent(request))
    if carried_out(form, lambda: submitting.withdraw(desk.application, actor=request.user)):
        messages.success(request, _("The application is withdrawn."))
        return redirect("market:application", desk.application.public_id)
    context = {
        "heading": _("Withdraw application %(reference)s") % {"reference": desk.application.reference},
        "consequences": [
            _("Municipalities that have received it learn that you withdrew it."),
            _("It cannot be changed or submitted again. What you wrote stays readable for you."),
        ],
        "action": _("Withdraw the application"),
        "back": reverse("market:application", args=[desk.application.public_id]),
        "form": form,
    }
    return render_form(request, "core/confirm.html", context)
