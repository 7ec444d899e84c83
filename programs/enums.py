"""The fixed words of programs and municipalities."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Country(models.TextChoices):
    """Countries that take part; ISO 3166-1 alpha-2."""

    ALBANIA = "AL", _("Albania")
    AUSTRIA = "AT", _("Austria")
    GERMANY = "DE", _("Germany")
    ISRAEL = "IL", _("Israel")
    KOSOVO = "XK", _("Kosovo")
    NORTH_MACEDONIA = "MK", _("North Macedonia")
    SWITZERLAND = "CH", _("Switzerland")


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


class Weekday(models.IntegerChoices):
    """Days of the week as ISO 8601 numbers them."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")
