"""Pages about validation, on a municipality's host: a challenge's own, and surveys behind their links."""

from typing import Final

from django.urls import URLPattern, path

from validation.enums import Noun
from validation.views import answers, overview, records, results, surveys, verdicts

app_name = "validation"
HERE: Final = "challenges/<uuid:challenge_id>/validation/"
SURVEY: Final = f"{HERE}surveys/<uuid:survey_id>/"
QUESTION: Final = f"{SURVEY}questions/<uuid:question_id>/"
FOLDERS: Final = {
    Noun.GROUP: "groups", Noun.DIRECTION: "directions", Noun.ENGAGEMENT: "talks", Noun.ASSUMPTION: "assumptions",
    Noun.BOTTLENECK: "bottlenecks", Noun.FINDING: "findings",
}  # fmt: skip


def _pages(noun: Noun, folder: str) -> list[URLPattern]:
    """The pages on which one kind of record is added, changed and removed: `<noun>_add`, `_edit`, `_remove`."""
    row, words = f"{HERE}{folder}/<uuid:row_id>/", {"noun": noun}
    return [
        path(f"{HERE}{folder}/add/", records.add, words, name=f"{noun.value}_add"),
        path(row, records.edit, words, name=f"{noun.value}_edit"),
        path(f"{row}remove/", records.remove, words, name=f"{noun.value}_remove"),
    ]


urlpatterns = [
    path(HERE, overview.overview, name="overview"),
    path(f"{HERE}talks/", overview.engagements, name="engagements"),
    *(page for noun, folder in FOLDERS.items() for page in _pages(noun, folder)),
    path(f"{HERE}surveys/add/", surveys.add_survey, name="survey_add"),
    path(SURVEY, surveys.survey, name="survey"),
    path(f"{SURVEY}edit/", surveys.edit_survey, name="survey_edit"),
    path(f"{SURVEY}remove/", surveys.remove_survey, name="survey_remove"),
    path(f"{SURVEY}open/", surveys.open_survey, name="survey_open"),
    path(f"{SURVEY}close/", surveys.close_survey, name="survey_close"),
    path(f"{SURVEY}closing/", surveys.reschedule_survey, name="survey_closing"),
    path(f"{SURVEY}preview/", answers.preview, name="survey_preview"),
    path(f"{SURVEY}sheet/", results.survey_sheet, name="survey_sheet"),
    path(f"{SURVEY}results/", results.survey_results, name="survey_results"),
    path(f"{SURVEY}results.csv", results.survey_csv, name="survey_csv"),
    path(f"{SURVEY}questions/add/", surveys.add_question, name="question_add"),
    path(QUESTION, surveys.edit_question, name="question_edit"),
    path(f"{QUESTION}remove/", surveys.remove_question, name="question_remove"),
    path(f"{QUESTION}move/", surveys.move_question, name="question_move"),
    path(f"{HERE}changes/", verdicts.brief_changes, name="changes"),
    path(f"{HERE}changes/<slug:field>/", verdicts.explain_change, name="change_explain"),
    path(f"{HERE}verdict/", verdicts.verdict, name="verdict"),
    path(f"{HERE}verdict/reject/", verdicts.reject, name="reject"),
    path("surveys/<str:token>/", answers.answer_survey, name="answer"),
    path("surveys/<str:token>/thanks/", answers.thanks, name="thanks"),
]
