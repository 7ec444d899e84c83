"""What is read of programs and of who takes part."""

from django.db.models import QuerySet

from programs.cohorts.models import Brand, Participation, Program, StageWindow
from programs.enums import Stage
from programs.models import Municipality


def program_of(municipality: Municipality) -> Program | None:
    """Return the program that a municipality takes part in now, the latest if there are several."""
    open_ones = Participation.objects.filter(municipality=municipality, ended_at__isnull=True)
    found = open_ones.select_related("program__brand").order_by("-created_at").first()
    return found.program if found else None


def programs_of(municipality: Municipality) -> QuerySet[Program]:
    """Return the programs that a municipality takes part in now, the latest first."""
    open_ones = Participation.objects.filter(municipality=municipality, ended_at__isnull=True)
    return Program.objects.filter(pk__in=open_ones.values("program")).order_by("-created_at")


def windows_of(program: Program | None) -> dict[Stage, StageWindow]:
    """Return a program's windows by stage; none without a program."""
    if program is None:
        return {}
    return {Stage(window.stage): window for window in program.windows.all()}


def sender_of(brand_name: str) -> str:
    """Return who mails of a brand come from, as `Name <address>`; "" if that is the platform itself."""
    brand = Brand.objects.filter(name=brand_name).exclude(sender_email="").first() if brand_name else None
    return f"{brand.sender_name} <{brand.sender_email}>" if brand else ""
