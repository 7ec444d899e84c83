"""Steps on one row or many that ask first: what will happen, to how many, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tech4muni.accounts.models import User
from tech4muni.core.errors import Refused
from tech4muni.core.forms import FormMixin
from tech4muni.home.admin.base import acting, report

Action = Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse | None]
NAMED_ROWS = 20


class NoQuestion(FormMixin, forms.Form):
    """A step that wants nothing but a yes."""


class ReasonForm(FormMixin, forms.Form):
    """A step that wants a reason, which goes on record."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("It goes on record, and the people concerned can read it."),
    )


Run = Callable[[Any, User, dict[str, Any]], object]


def plain(service: Callable[..., object], by: Callable[[User], Any] = lambda user: user) -> Run:
    """Return a step's `run` for a service that takes the row and the actor; `by` makes the actor of the person."""
    return lambda row, user, _asked: service(row, actor=by(user))


def with_reason(service: Callable[..., object], by: Callable[[User], Any] = lambda user: user) -> Run:
    """Return a step's `run` for a service that also takes the reason of a `ReasonForm`."""
    return lambda row, user, asked: service(row, actor=by(user), reason=asked["reason"])


@dataclass(frozen=True)
class Step:
    """Something a coordinator does to rows of a list.

    Args:
        name: of the action in addresses and forms.
        label: on the button and in the list's menu.
        question: asked for a number of rows, by `ngettext_lazy(..., "count")`.
        effect: what will happen, in a sentence.
        run: calls the service for one row; gets the row, the coordinator and what the form asked.
        done: told afterwards for a number of rows, by `ngettext_lazy(..., "count")`.
        form: what is asked besides.
        severe: whether it cannot be undone, or shuts people out.
    """

    name: str
    label: str | Promise
    question: str | Promise
    effect: str | Promise
    run: Run
    done: str | Promise
    form: type[forms.Form] = NoQuestion
    severe: bool = False

    def as_action(self) -> Action:
        """Return the function that Django's admin calls with the chosen rows."""

        def action(
            model_admin: admin.ModelAdmin[Any], request: HttpRequest, rows: QuerySet[Any]
        ) -> HttpResponse | None:
            return Asking(self, model_admin, request, rows).answer()

        action.__name__ = self.name
        action.short_description = self.label  # type: ignore[attr-defined]
        return action


class Asking:
    """One request for a step: shows the question, or runs the step once it was answered with yes."""

    def __init__(
        self, step: Step, model_admin: admin.ModelAdmin[Any], request: HttpRequest, rows: QuerySet[Any]
    ) -> None:
        self.step, self.model_admin, self.request = step, model_admin, request
        self.rows = rows.order_by("pk")
        self.count = self.rows.count()

    def answer(self) -> HttpResponse | None:
        """Ask, or do it; None leads back to the list."""
        if "confirm" not in self.request.POST:
            return self.ask(self.step.form())
        form = self.step.form(self.request.POST)
        if self.request.POST.get("count") != str(self.count):
            messages.warning(self.request, _("The list has changed in the meantime. Please look again."))
            return self.ask(form)
        if not form.is_valid():
            return self.ask(form)
        self.run(form.cleaned_data)
        return self.back_to_the_row()

    def run(self, asked: dict[str, Any]) -> None:
        """Call the service row by row; a row that is refused does not stop the others."""
        done, refusals = 0, []
        for row in self.rows:
            try:
                self.step.run(row, acting(self.request), asked)
                done += 1
            except Refused as refused:
                refusals.append(f"{row}: {refused.message}")
        report(self.request, self.step.done % {"count": done} if done else "", refusals)

    def ask(self, form: forms.Form) -> HttpResponse:
        """Show what would happen to which rows."""
        context = {
            **self.model_admin.admin_site.each_context(self.request),
            "title": self.step.question % {"count": self.count},
            "step": self.step,
            "form": form,
            "opts": self.model_admin.opts,
            "named": list(self.rows[:NAMED_ROWS]),
            "unnamed": max(self.count - NAMED_ROWS, 0),
            "count": self.count,
            "hidden": self.hidden_inputs(),
            "from_row": self.request.POST.get("from_row", ""),
        }
        status = 422 if form.errors else 200
        return TemplateResponse(self.request, "admin/confirm_step.html", context, status=status)

    def hidden_inputs(self) -> list[tuple[str, str]]:
        """Return what the form must send again, so that Django calls the step with the same rows."""
        chosen = self.request.POST.getlist(ACTION_CHECKBOX_NAME)
        across = self.request.POST.get("select_across", "0")
        return [
            ("action", self.step.name),
            ("select_across", across),
            *((ACTION_CHECKBOX_NAME, key) for key in (chosen[:1] if across == "1" else chosen)),
        ]

    def back_to_the_row(self) -> HttpResponse | None:
        """Lead back to the row's own page if the step began there and the row is still there."""
        row = self.rows.all().first() if self.request.POST.get("from_row") else None
        if row is None:
            return None
        opts = self.model_admin.opts
        return HttpResponseRedirect(reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk]))
