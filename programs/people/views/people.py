"""The people of a municipality, on its host."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from programs.enums import Role
from programs.http import MunicipalityRequest
from programs.models import Invitation, Membership
from programs.people import queries
from programs.people.forms import InviteForm, ReasonForm, RoleForm
from programs.people.services import invitations, memberships
from programs.people.views.account import read_and_send
from programs.permissions import may_end_membership, may_manage_people
from tech4muni.core import clock
from tech4muni.core.components import Crumb
from tech4muni.core.errors import Refused
from tech4muni.core.forms import FormMixin
from tech4muni.core.views import carried_out, render_form, sent


@require_safe
def people(request: MunicipalityRequest) -> HttpResponse:
    """Show everybody inside who works here; and to those who manage people, who is invited."""
    manages = bool(may_manage_people(request.actor))
    context = {
        "members": queries.members(request.municipality),
        "manages": manages,
        "invitations": queries.open_invitations(request.municipality) if manages else [],
        "now": clock.now(),
    }
    return render(request, "programs/people/people.html", context)


@read_and_send
def invite(request: MunicipalityRequest) -> HttpResponse:
    """Invite somebody by mail."""
    may_manage_people(request.actor).enforce()
    form = InviteForm(sent(request))

    def step() -> None:
        email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
        invitations.invite(request.municipality, actor=request.actor, email=email, role=role)
        messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": email})

    return redirect("people:list") if carried_out(form, step) else _form_page(request, form, _("Invite somebody"))


@require_POST
def resend_invitation(request: MunicipalityRequest, public_id: UUID) -> HttpResponse:
    """Send an invitation again, with a new link."""
    return _act_on_invitation(request, public_id, invitations.resend, _("The mail is on its way again."))


@require_POST
def withdraw_invitation(request: MunicipalityRequest, public_id: UUID) -> HttpResponse:
    """Let an invitation's link work no more."""
    return _act_on_invitation(request, public_id, invitations.withdraw, _("The invitation is withdrawn."))


@read_and_send
def change_role(request: MunicipalityRequest, public_id: UUID) -> HttpResponse:
    """Give somebody another role."""
    may_manage_people(request.actor).enforce()
    membership = _membership(request, public_id)
    form = RoleForm(sent(request), initial={"role": membership.role})

    def step() -> None:
        role, reason = Role(form.cleaned_data["role"]), form.cleaned_data["reason"]
        memberships.change_role(membership, actor=request.actor, role=role, reason=reason)
        messages.success(request, _("The role is changed."))

    if carried_out(form, step):
        return redirect("people:list")
    return _form_page(request, form, _("Role of %(name)s") % {"name": membership.user})


@read_and_send
def end_membership(request: MunicipalityRequest, public_id: UUID) -> HttpResponse:
    """Let somebody leave, after asking."""
    membership = _membership(request, public_id)
    may_end_membership(request.actor, membership.user).enforce()
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def step() -> None:
        memberships.end_membership(membership, actor=request.actor, reason=form.cleaned_data["reason"])

    if not carried_out(form, step):
        words = _words_of_leaving() if membership.user == request.actor.user else _words_of_ending(membership)
        return render_form(request, "core/confirm.html", {"form": form, "back": reverse("people:list"), **words})
    if membership.user == request.actor.user:
        return redirect("account_profile")
    messages.success(request, _("The membership has ended."))
    return redirect("people:list")


def _words_of_leaving() -> dict[str, object]:
    return {
        "heading": _("Leave this municipality?"),
        "consequences": [_("You see nothing of it any more."), _("What you did here stays on record.")],
        "action": _("Leave"),
    }


def _words_of_ending(membership: Membership) -> dict[str, object]:
    return {
        "heading": _("End the membership of %(name)s?") % {"name": membership.user},
        "consequences": [
            _("They see nothing of this municipality any more."),
            _("What they did here stays on record."),
            _("They get a mail that says so."),
        ],
        "action": _("End the membership"),
    }


def _membership(request: MunicipalityRequest, public_id: UUID) -> Membership:
    return get_object_or_404(queries.members(request.municipality), user__public_id=public_id)


def _act_on_invitation(
    request: MunicipalityRequest,
    public_id: UUID,
    step: Callable[..., Invitation],
    words: str,
) -> HttpResponse:
    may_manage_people(request.actor).enforce()
    invitation = get_object_or_404(Invitation, municipality=request.municipality, public_id=public_id)
    try:
        step(invitation, actor=request.actor)
    except Refused as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, words)
    return redirect("people:list")


def _form_page(request: MunicipalityRequest, form: FormMixin, heading: str) -> HttpResponse:
    crumbs = [Crumb(_("People"), reverse("people:list")), Crumb(heading)]
    context = {"form": form, "heading": heading, "crumbs": crumbs, "base_template": "base_tenant.html"}
    return render_form(request, "core/form_page.html", context)
