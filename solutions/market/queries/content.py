"""What of an application is handed over, and digests that tell whether it has changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import override

from challenges.services.snapshots import digest_of
from solutions.market.models import Application, ApplicationCall, ApplicationFile
from solutions.market.queries.applications import Desk, cities_of
from solutions.market.sections import PROPOSAL, SHARED, Answers, Section, shown


def content_for(application: Application, choice: ApplicationCall, files: Sequence[ApplicationFile]) -> dict[str, Any]:
    """Return what a municipality gets, as plain values: see `solutions.market.handover`."""
    company, answers = application.company, application.answers
    with override(application.language):
        sections = [part(section, answers.get(section.name, {})) for section in SHARED]
        sections.append(part(PROPOSAL, choice.answers))
    return {
        "reference": application.reference,
        "language": application.language,
        "company": {**answers.get("company", {}), "id": str(company.public_id) if company else ""},
        "solution": dict(answers.get("solution", {})),
        "sections": sections,
        "files": [described(file) for file in files],
    }


def part(section: Section, answers: Answers) -> dict[str, Any]:
    """Return a section with its questions and answers, in the active language."""
    return {
        "name": section.name,
        "label": str(section.label),
        "fields": [
            {
                "name": field.name,
                "label": str(field.label),
                "value": answers.get(field.name),
                "shown": shown(field, answers.get(field.name)),
            }
            for field in section.fields
        ],
    }


def described(file: ApplicationFile) -> dict[str, Any]:
    """Return what identifies a file."""
    return {
        "id": str(file.public_id),
        "name": file.name,
        "size": file.size,
        "content_type": file.content_type,
        "sha256": file.sha256,
    }


def digest_of_desk(desk: Desk, files: Sequence[ApplicationFile]) -> str:
    """Return the digest of all that a submission would hand over: the answers, the files, and to whom."""
    return digest_of(
        {
            "reference": desk.application.reference,
            "answers": desk.application.answers,
            "calls": {
                str(choice.call.public_id): {
                    "answers": choice.answers,
                    "cities": sorted(str(city.challenge_id) for city in cities_of(choice)),
                }
                for choice in desk.chosen
            },
            "files": [described(file) for file in files],
        }
    )


def seen_of(answers: Mapping[str, Any]) -> str:
    """Return what tells whether somebody else has changed a section since it was shown."""
    return digest_of(answers)[:16]
