"""The logo of a municipality, shown on its own host."""

from pathlib import PurePath
from typing import Final

from django.http import FileResponse, Http404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from programs.http import MunicipalityRequest

# What may be shown as a picture; SVG may not, since it can carry scripts.
PICTURES: Final = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
AN_HOUR: Final = 3600


@require_safe
@cache_control(public=True, max_age=AN_HOUR)
def brand_logo(request: MunicipalityRequest) -> FileResponse:
    """Stream the logo; 404 without one, or for a file that is no picture."""
    logo = request.municipality.logo
    name = logo.name or ""
    kind = PICTURES.get(PurePath(name).suffix.lower())
    if kind is None or not logo.storage.exists(name):
        raise Http404
    return FileResponse(logo.open("rb"), content_type=kind)
