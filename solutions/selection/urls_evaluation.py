"""Pages about the selection; `urls` takes them in."""

from django.urls import path

from solutions.selection.views import criteria, decision, panel, scoring

AT = "challenges/<uuid:challenge_id>/selection/"
urlpatterns = [
    path(AT, criteria.overview, name="evaluation"),
    path(f"{AT}criteria/", criteria.criteria, name="evaluation_criteria"),
    path(f"{AT}criteria/prepare/", criteria.prepare, name="evaluation_prepare"),
    path(f"{AT}criteria/add/", criteria.add, name="evaluation_criterion_add"),
    path(f"{AT}criteria/freeze/", criteria.freeze, name="evaluation_freeze"),
    path(f"{AT}criteria/<uuid:criterion_id>/", criteria.change, name="evaluation_criterion"),
    path(f"{AT}criteria/<uuid:criterion_id>/remove/", criteria.remove, name="evaluation_criterion_remove"),
    path(f"{AT}panel/", panel.panel, name="evaluation_panel"),
    path(f"{AT}panel/plan/", panel.plan, name="evaluation_plan"),
    path(f"{AT}panel/<int:member_id>/remove/", panel.remove, name="evaluation_panel_remove"),
    path(f"{AT}conflicts/", panel.declare, name="evaluation_declare"),
    path(f"{AT}conflicts/<int:conflict_id>/lift/", panel.lift, name="evaluation_lift"),
    path(f"{AT}scores/", scoring.scores, name="evaluation_scores"),
    path(f"{AT}scores/close/", scoring.close, name="evaluation_close"),
    path(f"{AT}scores/<uuid:release_id>/", scoring.scorecard, name="evaluation_scorecard"),
    path(f"{AT}scores/<uuid:release_id>/reopen/", scoring.reopen, name="evaluation_reopen"),
    path(f"{AT}matrix/", scoring.matrix, name="evaluation_matrix"),
    path(f"{AT}decision/", decision.decision, name="evaluation_decision"),
    path(f"{AT}decision/write/", decision.write, name="evaluation_write"),
    path(f"{AT}decision/propose/", decision.propose, name="evaluation_propose"),
    path(f"{AT}decision/approve/", decision.approve, name="evaluation_approve"),
    path(f"{AT}decision/return/", decision.send_back, name="evaluation_return"),
    path(f"{AT}decision/no-award/", decision.end_without_award, name="evaluation_no_award"),
    path(f"{AT}file/", decision.file, name="evaluation_file"),
    path(f"{AT}file/print/", decision.print_file, name="evaluation_print"),
]
