"""The pages of one pilot, which both hosts have: each is given the door that its host has."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import URLPattern, path

from pilots.views import closing, ledger, milestones, pilots, plan

View = Callable[..., HttpResponseBase]


def pages(start: str, door: Callable[[View], View]) -> list[URLPattern]:
    """Return the pages of one pilot.

    Args:
        start: what their addresses begin with; it names the pilot.
        door: lets a view be reached on this host.
    """
    views: list[tuple[str, View, str]] = [
        ("", pilots.pilot, "pilot"),
        ("plan/", plan.plan, "plan"),
        ("plan/agree/", plan.agree, "agree"),
        ("plan/start/", plan.start, "start"),
        ("kpis/", ledger.kpis, "kpis"),
        ("kpis/add/", plan.kpi, "add_kpi"),
        ("kpis/<uuid:kpi_id>/", plan.kpi, "kpi"),
        ("milestones/add/", plan.milestone, "add_milestone"),
        ("milestones/<uuid:milestone_id>/", plan.milestone, "milestone"),
        ("milestones/<uuid:milestone_id>/remove/", plan.remove_milestone, "remove_milestone"),
        ("milestones/<uuid:milestone_id>/send-back/", milestones.send_back, "send_back"),
        ("milestones/<uuid:milestone_id>/<slug:step>/", milestones.step, "milestone_step"),
        ("evidence/", ledger.ledger, "ledger"),
        ("evidence/export/", ledger.export, "export"),
        ("evidence/add/<slug:kind>/", ledger.add, "add_evidence"),
        ("evidence/<int:number>/correct/", ledger.correct, "correct"),
        ("evidence/<int:number>/countersign/", ledger.countersign, "countersign"),
        ("evidence/<int:number>/file/", ledger.file, "file"),
        ("review/", closing.reviews, "reviews"),
        ("review/begin/", closing.begin_review, "begin_review"),
        ("review/write/", closing.review, "review"),
        ("review/decide/", closing.decide, "decide"),
    ]
    return [path(start + tail, door(view), name=name) for tail, view, name in views]
