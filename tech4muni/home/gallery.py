"""Every component in every state on one page, for those who build pages and for the browser tests.

The samples stand for what people write, so they are not translated.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.views.decorators.http import require_http_methods, require_safe

from programs.http import ActorRequest
from tech4muni.core import clock
from tech4muni.core.components import Count, Crumb, Measure, RailStep, Status, StepState, Task, Tone
from tech4muni.core.form_fields import MomentField
from tech4muni.core.forms import FormMixin
from tech4muni.core.permissions import ALLOW, STRANGER
from tech4muni.core.views import render_form


class SampleForm(FormMixin, forms.Form):
    """One field of each kind."""

    submit_label = "Check your answers"
    autocomplete = {"email": "email", "company": "organization"}

    company = forms.CharField(label="Company name", help_text="As registered", max_length=80)
    email = forms.EmailField(label="Contact e-mail", help_text="We send a link to continue your draft.")
    website = forms.URLField(label="Website", required=False, assume_scheme="https")
    country = forms.ChoiceField(label="Country", choices=[("", "—"), ("IL", "ישראל"), ("MK", "Северна Македонија")])
    solution = forms.CharField(
        label="How does your solution meet the challenge?",
        help_text="Up to 300 words, in plain language.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    ready = forms.ChoiceField(
        label="How ready is it?",
        help_text="Choose the nearest.",
        widget=forms.RadioSelect,
        choices=[("a", "Prototype"), ("b", "Used by a paying customer"), ("c", "Used by a municipality")],
    )
    sectors = forms.MultipleChoiceField(
        label="Sectors",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("waste", "Waste"), ("transport", "Transport"), ("water", "Вода")],
    )
    founded = forms.DateField(label="Founded on", required=False)
    demonstration = MomentField(label="Demonstration", zone="Europe/Skopje", required=False)
    deck = forms.FileField(label="Pitch deck", help_text="PDF, up to 10 MB")
    agree = forms.BooleanField(label="I have read the privacy notice and may submit for this company")

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        """Back to the gallery."""
        return reverse("gallery")


def coordinators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Send people who are not logged in to log in; for others than coordinators there is no such page."""

    @login_required
    @wraps(view)
    def guarded(request: ActorRequest) -> HttpResponse:
        (ALLOW if request.actor.is_coordinator else STRANGER).enforce()
        return view(request)

    return guarded


@coordinators_only
@require_safe
def gallery(request: ActorRequest) -> HttpResponse:
    """Show all components; 404 for everybody but coordinators."""
    return render(request, "home/gallery.html", samples() | {"page": Paginator(range(95), 10).get_page(5)})


@coordinators_only
@require_http_methods(["GET", "HEAD", "POST"])
def gallery_form(request: ActorRequest) -> HttpResponse:
    """Show the sample form, its errors (422), or what a success looks like; nothing is kept."""
    form = SampleForm(request.POST, request.FILES) if request.method == "POST" else SampleForm()
    if form.is_valid():
        messages.success(request, "Your answers hold. This sample keeps nothing.")
        return redirect("gallery")
    crumbs = [Crumb("Components", reverse("gallery")), Crumb("Form")]
    values = {"form": form, "heading": "Apply: smarter waste collection", "crumbs": crumbs}
    return render_form(request, "core/form_page.html", values | {"kicker": "Municipality of Strumica"})


@coordinators_only
@require_safe
def gallery_confirm(request: ActorRequest) -> HttpResponse:
    """Show the page that asks before something that cannot be undone."""
    values = {
        "heading": "End the membership of Ана Петровска?",
        "consequences": ["She loses access at once.", "What she wrote stays, with her name."],
        "action": "End the membership",
        "back": reverse("gallery"),
    }
    return render(request, "core/confirm.html", values)


def samples() -> dict[str, Any]:
    """What the components are shown with."""
    now = clock.now()
    return {
        "rail": [
            RailStep("Challenge creation", StepState.DONE, "Done 14 October", "#rail"),
            RailStep("Challenge validation", StepState.SKIPPED),
            RailStep("Market mapping and applications", StepState.NOW, "In progress – closes in 6 days", "#rail"),
            RailStep("Event", StepState.NEXT, "12–13 December"),
            RailStep("Selection", StepState.NEXT),
            RailStep("Pilot", StepState.NEXT),
        ],
        "late_rail": [
            RailStep("יצירת אתגר", StepState.DONE, "הושלם 14.10"),
            RailStep("תיקוף האתגר", StepState.LATE, "באיחור של 3 ימים"),
            RailStep("Öffentlichkeitsbeteiligungsverfahren", StepState.NEXT),
        ],
        "tasks": [
            Task("Score 8 applications", "#", Status("Not started", Tone.TODO), "Waste collection · panel of 4"),
            Task("Answer 2 questions from startups", "#", Status("Overdue", Tone.LATE), "Published to every applicant"),
            Task("Confirm your meeting slots", "#", Status("In progress", Tone.DOING), "12 of 18 slots filled"),
            Task("Одобрете го предизвикот на албански", "#", Status("Done", Tone.DONE), "Шкупи, Струмица"),
            Task("לאשר את תקציר האתגר", "", Status("Draft", Tone.DRAFT)),
        ],
        "counts": [Count("Started", 1061, "#"), Count("Submitted", 424), Count("Eligible", 19), Count("Selected", 0)],
        "measures": [
            Measure("Collection per week", 412, 380, "km", less_is_better=True),
            Measure("Bins over 90% full", 2, 8, less_is_better=True),
            Measure("Жители кои се пријавиле", 12_340.5, 10_000),
        ],
        "pairs": [
            ("Name", "Струмица"),
            ("Population", number_format(49_995, force_grouping=True)),
            ("Note", "עיריית חיפה, שכונת הדר"),
            ("Website", ""),
        ],
        "soon": now + timedelta(days=6, hours=2),
        "today": now + timedelta(minutes=50),
        "past": now - timedelta(days=1),
        "crumbs": [Crumb("Municipalities", "/"), Crumb("Strumica", "#"), Crumb("Components")],
        "notes": [
            Message(messages.SUCCESS, "The invitation is on its way."),
            Message(messages.INFO, "A coordinator visited this municipality."),
            Message(messages.WARNING, "The last lead cannot leave."),
            Message(messages.ERROR, "Somebody else changed this in the meantime."),
        ],
    }
