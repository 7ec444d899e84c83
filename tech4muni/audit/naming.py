"""How entries name the things that they are about."""

from django.db import models


def target_name(target: models.Model) -> tuple[str, str]:
    """Return the type and id under which entries name a thing: its public id where it has one."""
    return target._meta.label_lower, str(getattr(target, "public_id", target.pk))
