"""What happens at events, in words for the trails; never what somebody chose."""

from django.utils.translation import gettext_lazy as _

from tech4muni.audit.verbs import Verb, register

register(
    Verb("event.created", _("Event {target} created in {program}")),
    Verb("event.edited", _("Details of the event {target} changed")),
    Verb("event.days_set", _("Days of the event {target} set: {slots} slots")),
    Verb("event.choices_opened", _("Choices of the event {target} opened")),
    Verb("event.choices_closed", _("Choices of the event {target} closed: {requests} wanted by both sides")),
    Verb("event.choices_reopened", _("Choices of the event {target} opened again")),
    Verb("event.ended", _("Event {target} ended")),
)

register(
    Verb("delegations.gathered", _("Delegations of {target} gathered: {added} added")),
    Verb("delegation.edited", _("Limits and absences of the delegation {target} changed")),
    Verb("delegate.saved", _("{person} put down for the delegation {target}")),
    Verb("delegate.removed", _("{person} taken off the delegation {target}")),
    Verb("choices.saved", _("Choices of {target} saved: {count} made")),
)

register(
    Verb("timetable.asked", _("Timetable {target} asked for")),
    Verb("timetable.computed", _("Timetable {target} computed: {meetings} meetings")),
    Verb("timetable.failed", _("Timetable {target} failed")),
    Verb("timetable.published", _("Timetable {target} published: {meetings} meetings")),
    Verb("meeting.held", _("Meeting {target} marked as held")),
    Verb("meeting.missed", _("Meeting {target} marked as missed")),
    Verb("outcome.saved", _("Outcome of the meeting {target} written")),
    Verb("outcome.confirmed", _("Outcome of the meeting {target} confirmed")),
)
