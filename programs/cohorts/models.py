"""Programs, their windows, and the public rows that tell how far each municipality's challenges are."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from programs.enums import Country, Ending, Stage
from programs.validators import COLOUR, validate_names, validate_time_zone
from tech4muni.core import clock
from tech4muni.core.brand import DEFAULT_COLOUR
from tech4muni.core.models import DatedModel, PublicIdModel


class NamedModel(models.Model):
    """A row with a name per language."""

    names = models.JSONField(_("names"), validators=[validate_names], help_text=_("One name per language."))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Name it in the active language."""
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language, else in English, else any."""
        return name_in(self.names)


def name_in(names: dict[str, str], *languages: str) -> str:
    """Return a name in the active language, else in the first of `languages` that there is, else in any."""
    for language in (get_language() or "", *languages, settings.LANGUAGE_CODE):
        if names.get(language):
            return names[language]
    return next(iter(names.values()), "")


class Brand(DatedModel):
    """Under which name, colour and logo a program runs in a country, and who its mails come from."""

    name = models.CharField(_("name"), max_length=80, unique=True, help_text=_("Such as Tech4Muni or CityTech."))
    colour = models.CharField(
        _("colour"),
        max_length=7,
        default=DEFAULT_COLOUR,
        validators=[RegexValidator(COLOUR, _("Write the colour as #0b5d7a."))],
    )
    logo = models.ImageField(_("logo"), upload_to="brands/", blank=True)
    sender_name = models.CharField(_("mails come from"), max_length=80, help_text=_("The name that receivers see."))
    sender_email = models.EmailField(
        _("sender's address"), blank=True, help_text=_("The platform's own if empty. Your mail server must accept it.")
    )

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=Q(colour__regex=COLOUR), name="brand_colour")]

    def __str__(self) -> str:
        """Name the brand."""
        return self.name


class Program(NamedModel, PublicIdModel, DatedModel):
    """One cohort: several municipalities that go through the six stages at the same time."""

    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="programs", verbose_name=_("brand"))
    country = models.CharField(_("country"), max_length=2, choices=Country)
    languages = ArrayField(
        models.CharField(max_length=10, choices=settings.LANGUAGES),
        verbose_name=_("languages"),
        help_text=_("The first one is used where nobody chose another."),
    )
    time_zone = models.CharField(_("time zone"), max_length=60, validators=[validate_time_zone])
    partner = models.CharField(_("partner"), max_length=200, blank=True)
    funder = models.CharField(_("funder"), max_length=200, blank=True)
    import_key = models.CharField(max_length=80, unique=True, null=True, editable=False)  # of a past edition's record
    sources = models.JSONField(_("sources"), default=list, blank=True, editable=False)
    notes = models.TextField(_("notes"), blank=True)
    figures = models.JSONField(_("published figures"), default=dict, blank=True, editable=False)

    objects: ClassVar[models.Manager["Program"]] = models.Manager()

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(country__in=Country.values), name="program_country"),
            models.CheckConstraint(condition=~Q(languages=[]), name="program_languages"),
        ]


class StageWindow(models.Model):
    """When a program is in a stage: from one instant to another."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="windows", verbose_name=_("program"))
    stage = models.CharField(_("stage"), max_length=20, choices=Stage)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    moves_by_itself = models.BooleanField(
        _("moves by itself"),
        default=False,
        help_text=_("At its end, challenges whose gate is met move on by themselves."),
    )

    class Meta:
        verbose_name = _("stage window")
        verbose_name_plural = _("stage windows")
        ordering = ["program", "opens_at"]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="stage_window_stage"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="stage_window_order"),
            models.UniqueConstraint(fields=["program", "stage"], name="stage_window_one_per_stage"),
        ]

    def __str__(self) -> str:
        """Name the stage and the program."""
        return f"{Stage(self.stage).label} · {self.program}"


class Participation(DatedModel):
    """A municipality in a program, with the coordinator who looks after it."""

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="participations", verbose_name=_("program")
    )
    municipality = models.ForeignKey(
        "programs.Municipality",
        on_delete=models.PROTECT,
        related_name="participations",
        verbose_name=_("municipality"),
    )
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("coordinator"),
        help_text=_("Who looks after this municipality and is told when it is late."),
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        ordering = ["program", "municipality"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "municipality"], condition=Q(ended_at__isnull=True), name="participation_one_open"
            ),
        ]

    def __str__(self) -> str:
        """Say who takes part in what."""
        return f"{self.municipality} · {self.program}"


class JointChallenge(NamedModel, PublicIdModel, DatedModel):
    """One problem that several municipalities share: one call and one application, a decision in each of them.

    The leading municipality writes the shared brief and publishes the call; the others join it with their own annex.
    """

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="joint_challenges", verbose_name=_("program")
    )
    lead = models.ForeignKey(
        "programs.Municipality", on_delete=models.PROTECT, related_name="+", verbose_name=_("leading municipality")
    )

    class Meta:
        verbose_name = _("joint challenge")
        verbose_name_plural = _("joint challenges")
        ordering = ["-created_at"]


class Progress(models.Model):
    """How far a municipality's challenge is: the one public row about it, written with each move (challenges.moves).

    What coordinators and the home read of challenges across municipalities, they read here.
    """

    municipality = models.ForeignKey(
        "programs.Municipality",
        on_delete=models.PROTECT,
        related_name="progress",
        verbose_name=_("municipality"),
    )
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, null=True, related_name="progress", verbose_name=_("program")
    )
    joint = models.ForeignKey(
        JointChallenge, on_delete=models.PROTECT, null=True, related_name="progress", verbose_name=_("joint challenge")
    )
    challenge_id = models.UUIDField(unique=True)  # the challenge's public id, in the municipality's schema
    label = models.JSONField(_("challenge"), default=dict)  # its title per language
    stage = models.CharField(_("stage"), max_length=20, choices=Stage)
    since = models.DateTimeField(_("in this stage since"))
    moves = models.PositiveIntegerField(_("moves"), default=0)
    ended_at = models.DateTimeField(_("ended"), null=True)
    ending = models.CharField(_("ending"), max_length=20, choices=Ending, blank=True)
    active_at = models.DateTimeField(_("last activity"), default=clock.now)
    import_key = models.CharField(max_length=120, unique=True, null=True, editable=False)  # of a past edition's record
    sources = models.JSONField(_("sources"), default=list, editable=False)

    objects: ClassVar[models.Manager["Progress"]] = models.Manager()

    class Meta:
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="progress_stage"),
            models.CheckConstraint(condition=Q(ending__in=["", *Ending.values]), name="progress_ending"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="progress_ended_how",
            ),
        ]
        indexes = [
            models.Index(fields=["stage", "since"], condition=Q(ended_at__isnull=True), name="progress_under_way")
        ]

    def __str__(self) -> str:
        """Name the challenge in the active language."""
        return self.name

    @property
    def name(self) -> str:
        """The title in the active language, else in any."""
        return name_in(self.label)
