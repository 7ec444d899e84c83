"""The user: an e-mail address, a name, a language and a time zone."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from tech4muni.core.models import DatedModel, PublicIdModel


class UserManager(BaseUserManager["User"]):
    """Makes users; addresses are compared without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user; without a password they log in by e-mailed code."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a coordinator, for `manage.py createsuperuser`."""
        return self.create_user(email, password, is_coordinator=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by address, without regard to case."""
        return self.get(email=(username or "").strip().lower())


class User(PublicIdModel, DatedModel, AbstractBaseUser):
    """A person. Never deleted: deactivated, and anonymised on request, so that the record of what was done stays."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    is_coordinator = models.BooleanField(
        _("coordinator"), default=False, help_text=_("Works across all municipalities, in the admin.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    deactivated_at = models.DateTimeField(_("deactivated"), null=True, blank=True, editable=False)
    anonymised_at = models.DateTimeField(_("anonymised"), null=True, blank=True, editable=False)
    session_round = models.PositiveIntegerField(default=0, editable=False)  # counted up to end all sessions at once

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["email"]
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
            models.CheckConstraint(
                condition=models.Q(anonymised_at__isnull=True) | models.Q(is_active=False),
                name="user_anonymised_is_inactive",
            ),
        ]

    def __str__(self) -> str:
        """Name the person as others see them."""
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Coordinators are who Django's admin calls staff."""
        return self.is_active and self.is_coordinator

    @property
    def is_superuser(self) -> bool:
        """Coordinators may do all that the admin offers; what must not be done there is not offered."""
        return self.is_staff

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: what a person did stays on record (the database refuses, too)."""
        raise models.ProtectedError("People are deactivated and anonymised, never deleted.", {self})

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Let a session hold only while neither the password nor the round has changed."""
        return salted_hmac(
            "accounts.User.session", f"{self.session_round}:{self.password}", secret=secret, algorithm="sha256"
        ).hexdigest()

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """Answer the admin: it is for coordinators and for nobody else."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """Answer the admin's question about a whole app."""
        return self.is_staff
