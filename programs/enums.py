"""The fixed words of programs and municipalities."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Country(models.TextChoices):
    """Countries that take part; ISO 3166-1 alpha-2."""

    ALBANIA = "AL", _("Albania")
    AUSTRALIA = "AU", _("Australia")
    AUSTRIA = "AT", _("Austria")
    BRAZIL = "BR", _("Brazil")
    CANADA = "CA", _("Canada")
    FRANCE = "FR", _("France")
    GERMANY = "DE", _("Germany")
    IRELAND = "IE", _("Ireland")
    ISRAEL = "IL", _("Israel")
    KOSOVO = "XK", _("Kosovo")
    MEXICO = "MX", _("Mexico")
    NETHERLANDS = "NL", _("Netherlands")
    NEW_ZEALAND = "NZ", _("New Zealand")
    NIGERIA = "NG", _("Nigeria")
    NORTH_MACEDONIA = "MK", _("North Macedonia")
    POLAND = "PL", _("Poland")
    SOUTH_AFRICA = "ZA", _("South Africa")
    SPAIN = "ES", _("Spain")
    SWITZERLAND = "CH", _("Switzerland")
    UNITED_KINGDOM = "GB", _("United Kingdom")
    UNITED_STATES = "US", _("United States")


class MunicipalityState(models.TextChoices):
    """What a municipality's host answers: only an active one is reachable."""

    PREPARING = "preparing", _("Being prepared")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")


class Role(models.TextChoices):
    """What a person is in a municipality."""

    LEAD = "lead", _("Lead")
    MEMBER = "member", _("Member")
    EVALUATOR = "evaluator", _("Evaluator")
    APPROVER = "approver", _("Approver")
    VIEWER = "viewer", _("Viewer")


class SchemaJobState(models.TextChoices):
    """How work on a municipality's schema goes."""

    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Stage(models.TextChoices):
    """What a challenge goes through, in this order."""

    CHALLENGE = "challenge", _("Challenge creation")
    VALIDATION = "validation", _("Challenge validation")
    MAPPING = "mapping", _("Market mapping and applications")
    EVENT = "event", _("Event")
    SELECTION = "selection", _("Selection")
    PILOT = "pilot", _("Pilot")

    @property
    def number(self) -> int:
        """Its place in the order, from 1."""
        return list(Stage).index(self) + 1

    @property
    def following(self) -> "Stage | None":
        """The stage after this one, None after the last."""
        stages = list(Stage)
        return stages[self.number] if self.number < len(stages) else None


class MoveKind(models.TextChoices):
    """Why a challenge left a stage."""

    BEGUN = "begun", _("Begun")
    GATE = "gate", _("Its gate was met")
    WINDOW = "window", _("The window of the stage turned")
    EARLY = "early", _("A coordinator moved it on before its gate was met")
    BACK = "back", _("A coordinator moved it back")


class Ending(models.TextChoices):
    """How the way of a challenge ended."""

    FINISHED = "finished", _("Pilot finished")
    REJECTED = "rejected", _("Not wanted: rejected in validation")
    NO_AWARD = "no_award", _("No solution chosen")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    NOT_KNOWN = "not_known", _("Before this platform: the result is not known here")


class ReminderStep(models.TextChoices):
    """When somebody is reminded of a deadline, and who."""

    WEEK_BEFORE = "week_before", _("7 days before")
    TWO_DAYS_BEFORE = "two_days_before", _("2 days before")
    DAY_AFTER = "day_after", _("1 day after")
    TO_LEAD = "to_lead", _("3 days after, to the lead")
    TO_COORDINATOR = "to_coordinator", _("5 days after, to the coordinator")


class Weekday(models.IntegerChoices):
    """Days of the week as ISO 8601 numbers them."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")
