"""Files of an application: added, read by those who work on it alone, removed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from programs.people.views.account import AccountRequest, read_and_send
from solutions.market.forms.applications import UploadForm
from solutions.market.permissions import may_write
from solutions.market.queries.applications import desk_for, file_of, files_of
from solutions.market.services import files
from tech4muni.core.views import carried_out, render_form


@login_required
@read_and_send
def application_files(request: AccountRequest, application_id: UUID) -> HttpResponse:
    """Show the files of an application, and add one."""
    desk = desk_for(request.user, application_id)
    decision = may_write(desk.standing)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    form.cancel_url = reverse("market:application", args=[desk.application.public_id])
    if request.method == "POST":
        decision.enforce()

    def step() -> None:
        upload: Any = form.cleaned_data["file"]
        files.add(desk.application, actor=request.user, name=upload.name, upload=upload)

    if carried_out(form, step):
        messages.success(request, _("The file is added."))
        return redirect("market:application_files", desk.application.public_id)
    context = {
        "application": desk.application,
        "form": form,
        "files": list(files_of(desk.application).select_related("uploaded_by")),
        "most": files.MOST,
        "may_write": decision,
    }
    return render_form(request, "market/applications/files.html", context)


@login_required
@require_safe
def application_file(request: AccountRequest, application_id: UUID, file_id: UUID) -> HttpResponseBase:
    """Stream a file to somebody who works on its application, as an attachment."""
    desk = desk_for(request.user, application_id)
    file = file_of(desk.application, file_id)
    response = FileResponse(
        file.file.open("rb"), as_attachment=True, filename=file.name, content_type=file.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_POST
def application_file_remove(request: AccountRequest, application_id: UUID, file_id: UUID) -> HttpResponse:
    """Remove a file."""
    desk = desk_for(request.user, application_id)
    files.remove(desk.application, file_of(desk.application, file_id), actor=request.user)
    messages.success(request, _("The file is removed."))
    return redirect("market:application_files", desk.application.public_id)
