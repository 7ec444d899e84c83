"""What is done to a municipality and its hosts as a whole. Each change reaches the cache of hosts by itself."""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from programs.enums import MunicipalityState
from programs.models import Domain, Municipality
from tech4muni.accounts.models import User
from tech4muni.audit.services import record
from tech4muni.core import clock
from tech4muni.core.errors import Refused
from tech4muni.core.later import after_commit

EDITABLE: Final = frozenset(
    {
        "names", "country", "languages", "time_zone", "working_days", "population", "latitude", "longitude", "logo",
        "colour",
    }
)  # fmt: skip


@transaction.atomic
def create_municipality(*, actor: User | None, schema_name: str, host: str, **fields: Any) -> Municipality:
    """Make a municipality with its first host; a worker makes its schema and opens it (`schemas.provisioning`).

    Args:
        actor: who does it, None for a command.
        schema_name: never changes afterwards.
        host: small letters, no port.
        fields: values for the names in `EDITABLE`.

    Raises ValidationError with the fields' names, `host` among them.
    """
    _refuse_unknown(fields)
    municipality = Municipality(schema_name=schema_name, **fields)
    municipality.full_clean()
    municipality.save()
    _add(municipality, host, is_primary=True)
    record("municipality.created", actor=actor, target=municipality, data={"schema": schema_name, "host": host})
    after_commit("programs.tasks.provision_municipality", municipality.pk)
    return municipality


@transaction.atomic
def ask_for_schema(municipality: Municipality, *, actor: User | None) -> Municipality:
    """Let a worker try again to make the schema; raises Refused for a municipality that has one."""
    waiting = _locked(municipality)
    if waiting.state != MunicipalityState.PREPARING:
        raise Refused(_("Its schema is there already."))
    record("municipality.schema_asked", actor=actor, target=waiting)
    after_commit("programs.tasks.provision_municipality", waiting.pk)
    return waiting


@transaction.atomic
def edit_municipality(municipality: Municipality, *, actor: User | None, changes: Mapping[str, Any]) -> Municipality:
    """Change the fields named in `changes` (of `EDITABLE`) and return the municipality as it is then.

    Raises ValidationError with the fields' names.
    """
    _refuse_unknown(changes)
    edited = _locked(municipality)
    before = {name: getattr(edited, name) for name in changes}
    for name, value in changes.items():
        setattr(edited, name, value)
    edited.full_clean()
    _save(edited, *changes)
    record("municipality.edited", actor=actor, target=edited, data=_differences(before, edited))
    return edited


@transaction.atomic
def suspend(municipality: Municipality, *, actor: User | None, reason: str) -> Municipality:
    """Show a plain page with the reason instead of the workspace; raises Refused unless it is active."""
    suspended = _locked(municipality)
    if not can_proceed(suspended.suspend):
        raise Refused(_("Only an active municipality can be suspended."))
    if not reason.strip():
        raise Refused(_("Say why, for those who will read it."), field="reason")
    suspended.suspend(reason.strip())
    _save(suspended, "state", "suspension_reason")
    record("municipality.suspended", actor=actor, target=suspended, reason=suspended.suspension_reason)
    return suspended


@transaction.atomic
def resume(municipality: Municipality, *, actor: User | None, reason: str = "") -> Municipality:
    """Open a suspended municipality again; raises Refused if it is not suspended."""
    resumed = _locked(municipality)
    if not can_proceed(resumed.resume):
        raise Refused(_("Only a suspended municipality can be resumed."))
    resumed.resume()
    _save(resumed, "state", "suspension_reason")
    record("municipality.resumed", actor=actor, target=resumed, reason=reason)
    return resumed


@transaction.atomic
def add_host(municipality: Municipality, *, actor: User | None, host: str, is_primary: bool = False) -> Domain:
    """Let the municipality answer on one more host; a primary one takes the place of the one before.

    Raises ValidationError on `host`.
    """
    domain = _add(_locked(municipality), host, is_primary=is_primary)
    record("host.added", actor=actor, target=municipality, data={"host": host, "primary": is_primary})
    return domain


@transaction.atomic
def change_host(domain: Domain, *, actor: User | None, host: str) -> Domain:
    """Put another name in the place of a host; the old one is unknown from then on. Raises ValidationError."""
    changed = Domain.objects.select_for_update().get(pk=domain.pk)
    before, changed.domain = changed.domain, host
    _clean(changed)
    changed.save(update_fields=["domain"])
    record("host.changed", actor=actor, target=changed.tenant, data={"before": before, "after": host})
    return changed


@transaction.atomic
def make_primary(domain: Domain, *, actor: User | None) -> Domain:
    """Write this host into links and mails from now on; the primary one before stays, as a further host."""
    municipality = _locked(domain.tenant)
    chosen = Domain.objects.select_for_update().get(pk=domain.pk)
    if chosen.is_primary:
        raise Refused(_("This is the primary host already."))
    chosen.is_primary = True
    chosen.save()
    record("host.made_primary", actor=actor, target=municipality, data={"host": chosen.domain})
    return chosen


@transaction.atomic
def remove_host(domain: Domain, *, actor: User | None) -> None:
    """Stop answering on a host; raises Refused for the primary one."""
    _locked(domain.tenant)
    removed = Domain.objects.select_for_update().get(pk=domain.pk)
    if removed.is_primary:
        raise Refused(_("Make another host the primary one first."))
    removed.delete()
    record("host.removed", actor=actor, target=domain.tenant, data={"host": domain.domain})


def _locked(municipality: Municipality) -> Municipality:
    return Municipality.objects.select_for_update(no_key=True).get(pk=municipality.pk)


def _save(municipality: Municipality, *names: str) -> None:
    municipality.updated_at = clock.now()
    municipality.save(update_fields=[*names, "updated_at"])


def _add(municipality: Municipality, host: str, *, is_primary: bool) -> Domain:
    domain = Domain(tenant=municipality, domain=host, is_primary=is_primary)
    _clean(domain)
    domain.save()
    return domain


def _clean(domain: Domain) -> None:
    """Check the host name; that only one host is primary is what saving sees to."""
    if domain.domain == settings.PLATFORM_HOST:
        raise ValidationError({"host": _("This is the platform's own host.")})
    try:
        domain.full_clean(validate_constraints=False)
    except ValidationError as error:
        raise ValidationError({"host": [*error.messages]}) from error


def _differences(before: Mapping[str, Any], municipality: Municipality) -> dict[str, Any]:
    after = {name: getattr(municipality, name) for name in before}
    return {name: [_plain(before[name]), _plain(after[name])] for name in before if before[name] != after[name]}


def _plain(value: Any) -> Any:
    """Name a file instead of opening it; the rest is JSON already, or becomes it."""
    return value.name if hasattr(value, "storage") else value


def _refuse_unknown(fields: Mapping[str, Any]) -> None:
    unknown = set(fields) - EDITABLE
    if unknown:
        raise TypeError(f"Not fields to be given here: {', '.join(sorted(unknown))}.")
