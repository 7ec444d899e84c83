"""Pages about workshops, candidates, challenges and briefs, on a municipality's host."""

from django.urls import path

from challenges.views import briefs, candidates, cards, challenges, rows, sections, workshops

app_name = "challenges"
ONE = "challenges/<uuid:challenge_id>/"
BRIEF = ONE + "brief/"
urlpatterns = [
    path("challenges/", challenges.challenges, name="list"),
    path("challenges/begin/", candidates.begin, name="begin"),
    path(ONE, challenges.challenge, name="challenge"),
    path(ONE + "move/", challenges.move_on, name="move_on"),
    path(ONE + "move/early/", challenges.move_early, name="move_early"),
    path(ONE + "move/back/", challenges.move_back, name="move_back"),
    path(ONE + "withdraw/", challenges.withdraw, name="withdraw"),
    path(ONE + "origin/", briefs.origin, name="origin"),
    path(BRIEF, briefs.brief, name="brief"),
    path(BRIEF + "submit/", briefs.submit, name="brief_submit"),
    path(BRIEF + "approve/", briefs.approve, name="brief_approve"),
    path(BRIEF + "changes/", briefs.request_edits, name="brief_request_edits"),
    path(BRIEF + "open/", briefs.reopen, name="brief_reopen"),
    path(BRIEF + "print/<str:language>/", briefs.print_brief, name="brief_print"),
    path(BRIEF + "cards/<str:field>/", sections.cards, name="brief_cards"),
    path(BRIEF + "lists/<str:kind>/add/", rows.add, name="brief_row_add"),
    path(BRIEF + "lists/<str:kind>/<uuid:row_id>/", rows.edit, name="brief_row_edit"),
    path(BRIEF + "lists/<str:kind>/<uuid:row_id>/remove/", rows.remove, name="brief_row_remove"),
    path(BRIEF + "<str:language>/<str:section>/", sections.section, name="brief_section"),
    path("workshops/", workshops.workshops, name="workshops"),
    path("workshops/plan/", workshops.plan, name="workshop_plan"),
    path("workshops/<uuid:workshop_id>/", workshops.workshop, name="workshop"),
    path("workshops/<uuid:workshop_id>/edit/", workshops.edit, name="workshop_edit"),
    path("workshops/<uuid:workshop_id>/participants/", workshops.add_participants, name="participants_add"),
    path(
        "workshops/<uuid:workshop_id>/participants/<int:participant_id>/remove/",
        workshops.remove_participant,
        name="participant_remove",
    ),
    path("workshops/<uuid:workshop_id>/cards/", cards.add, name="cards_add"),
    path("workshops/<uuid:workshop_id>/cards/arrange/", cards.arrange, name="cards_arrange"),
    path("cards/<uuid:card_id>/", cards.edit, name="card_edit"),
    path("cards/<uuid:card_id>/remove/", cards.remove, name="card_remove"),
    path("candidates/", candidates.candidates, name="candidates"),
    path("candidates/add/", candidates.add, name="candidate_add"),
    path("candidates/<uuid:candidate_id>/", candidates.candidate, name="candidate"),
    path("candidates/<uuid:candidate_id>/edit/", candidates.edit, name="candidate_edit"),
    path("candidates/<uuid:candidate_id>/choose/", candidates.choose, name="candidate_choose"),
]
