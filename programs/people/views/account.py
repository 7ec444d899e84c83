"""One's own account: the same pages on every host."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from programs.people import queries
from programs.people.forms import ProfileForm
from programs.people.services import accounts
from tech4muni.accounts.models import User
from tech4muni.core.views import render_form, sent

read_and_send = require_http_methods(["GET", "HEAD", "POST"])


class AccountRequest(HttpRequest):
    """A request of somebody who is logged in."""

    user: User


@login_required
@read_and_send
def profile(request: AccountRequest) -> HttpResponse:
    """Show and change one's own name, language and time zone."""
    user = request.user
    present = {"name": user.name, "language": user.language, "time_zone": user.time_zone}
    form = ProfileForm(sent(request), initial=present)
    if form.is_valid():
        accounts.change_profile(user, **form.cleaned_data)
        messages.success(request, gettext_lazy("Saved."))
        return redirect("account_profile")
    context = {"form": form, "heading": _("Your account"), "base_template": "base_centred.html"}
    return render_form(request, "account/profile.html", context)


@login_required
@read_and_send
def sessions(request: AccountRequest) -> HttpResponse:
    """Show where somebody is logged in, on all hosts of the platform, and end all other sessions."""
    if request.method == "POST":
        accounts.end_other_sessions(request.user, keep=request.session)
        messages.success(request, _("All your other sessions have ended."))
        return redirect("account_sessions")
    found = queries.sessions_of(request.user, current=request.session.session_key)
    return render(request, "account/sessions.html", {"sessions": found})
