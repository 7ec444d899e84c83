"""The list of one's own applications, the home of one, and what stays readable after submission."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from programs.people.views.account import AccountRequest
from solutions.market.enums import ApplicationState, ReleaseState
from solutions.market.permissions import may_manage, may_submit, may_withdraw, may_write
from solutions.market.queries.applications import desk_for, files_of, listed, people_on, visible_to
from solutions.market.queries.content import digest_of_desk
from solutions.market.views.applications.board import chosen_rows, parts_of, release_rows

PER_PAGE = 20


@login_required
@require_safe
def applications(request: AccountRequest) -> HttpResponse:
    """Show the applications that somebody works on, each with how it stands."""
    page = Paginator(visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "application": application,
            "state": ApplicationState(application.state),
            "calls": calls,
            "releases": [(release, ReleaseState(release.state)) for release in releases],
        }
        for application, calls, releases in listed(page.object_list)
    ]
    return render(request, "market/applications/list.html", {"page": page, "rows": rows})


@login_required
@require_safe
def application(request: AccountRequest, application_id: UUID) -> HttpResponse:
    """Show what is done and what is missing, by when, who works on it, and what the municipalities make of it."""
    desk = desk_for(request.user, application_id)
    files = list(files_of(desk.application))
    found, standing = desk.application, desk.standing
    context = {
        "desk": desk,
        "application": found,
        "state": ApplicationState(found.state),
        "tasks": [part.task for part in parts_of(desk)],
        "calls": chosen_rows(desk),
        "releases": release_rows(desk),
        "files": files,
        "people": list(people_on(found)),
        "has_changes": found.state == ApplicationState.SUBMITTED and digest_of_desk(desk, files) != found.digest,
        "may_write": may_write(standing),
        "may_manage": bool(may_manage(standing)),
        "may_submit": bool(may_submit(standing)) and desk.takes_more,
        "may_withdraw": bool(may_withdraw(standing)) and desk.is_undecided,
    }
    return render(request, "market/applications/home.html", context)


@login_required
@require_safe
def sent_page(request: AccountRequest, application_id: UUID) -> HttpResponse:
    """Confirm a submission, for as long as it stands, and say what happens next and when."""
    desk = desk_for(request.user, application_id)
    found = desk.application
    if found.submitted_at is None:
        raise Http404
    if found.state == ApplicationState.WITHDRAWN:
        return redirect("market:application", found.public_id)
    context = {
        "application": found,
        "desk": desk,
        "calls": chosen_rows(desk),
        "releases": release_rows(desk),
    }
    return render(request, "market/applications/sent.html", context)
