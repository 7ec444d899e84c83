"""Pages on a municipality's host."""

from django.urls import path

from solutions.market.views import calls, publishing, questions

app_name = "market"
CALL = "challenges/<uuid:challenge_id>/call/"
QUESTION = f"{CALL}questions/<uuid:question_id>/"
urlpatterns = [
    path(CALL, calls.overview, name="call_overview"),
    path(f"{CALL}publish/", publishing.publish, name="call_publish"),
    path(f"{CALL}join/", publishing.join, name="call_join"),
    path(f"{CALL}deadline/", publishing.move_deadline, name="call_deadline"),
    path(f"{CALL}withdraw/", publishing.withdraw, name="call_withdraw"),
    path(QUESTION, questions.answer, name="call_answer"),
    path(f"{QUESTION}hide/", questions.hide, name="call_hide"),
]
