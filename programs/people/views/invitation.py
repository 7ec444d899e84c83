"""The page behind an invitation's link, for people who are not inside yet."""

from http import HTTPStatus
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from programs.http import MunicipalityRequest
from programs.middleware import open_to_all
from programs.models import Invitation
from programs.people import queries
from programs.people.forms import NewPersonForm
from programs.people.services import invitations
from programs.people.views.account import read_and_send
from programs.viewer import UNSET_ZONE
from tech4muni.accounts.forms import ConfirmForm
from tech4muni.accounts.models import User
from tech4muni.core.errors import Conflict
from tech4muni.core.views import carried_out, render_form, sent

PAGE: Final = "programs/people/invitation.html"


@open_to_all
@read_and_send
def invitation(request: MunicipalityRequest, token: str) -> HttpResponse:
    """Show an invitation, and accept it by POST alone: programs that read mail open links.

    404 on another municipality's host, 410 once it was used or withdrawn, or is too old.
    """
    found = queries.invitation_by_token(request.municipality, token)
    if found is None:
        raise Http404
    if not queries.is_usable(found):
        return render(request, "programs/people/invitation_gone.html", status=HTTPStatus.GONE)
    owner = User.objects.filter(email=found.email).first()
    try:
        return _answer(request, found, owner)
    except Conflict as conflict:
        messages.error(request, str(conflict.message))
        return redirect(request.path)


def _answer(request: MunicipalityRequest, found: Invitation, owner: User | None) -> HttpResponse:
    user = request.user if request.user.is_authenticated else None
    if user is not None and user != owner:
        return _show(request, found, "other", HTTPStatus.FORBIDDEN)
    if owner is None:
        return _accept_as_new(request, found)
    if not owner.is_active:
        return _show(request, found, "inactive", HTTPStatus.FORBIDDEN)
    if user is None:
        login = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
        return redirect(login) if request.method == "POST" else _show(request, found, "log_in", login=login)
    return _accept_as(request, found, owner)


def _accept_as_new(request: MunicipalityRequest, found: Invitation) -> HttpResponse:
    form = NewPersonForm(sent(request), initial={"language": request.LANGUAGE_CODE, "time_zone": UNSET_ZONE})
    if not carried_out(form, lambda: invitations.accept_as_new(found, **form.cleaned_data)):
        return render_form(request, PAGE, {"invitation": found, "way": "new", "form": form})
    messages.success(request, _("Welcome! Your account is made. Log in with your address: we send you a code."))
    return redirect("account_login")


def _accept_as(request: MunicipalityRequest, found: Invitation, owner: User) -> HttpResponse:
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if not carried_out(form, lambda: invitations.accept_as(owner, found)):
        return render_form(request, PAGE, {"invitation": found, "way": "join", "form": form})
    messages.success(request, _("Welcome! You can start right away."))
    return redirect("home")


def _show(
    request: MunicipalityRequest, found: Invitation, way: str, status: int = HTTPStatus.OK, **more: str
) -> HttpResponse:
    return render(request, PAGE, {"invitation": found, "way": way, **more}, status=status)
