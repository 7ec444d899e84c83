"""The choice of language: kept on the person who is signed in, and in a cookie of this host."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django.views.i18n import LANGUAGE_QUERY_PARAMETER, set_language

from tech4muni.accounts.models import User


def keep_language(user: User, language: str) -> None:
    """Remember a person's language; a code that the product does not speak is ignored."""
    if language in dict(settings.LANGUAGES) and language != user.language:
        user.language = language
        user.save(update_fields=["language"])


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Switch to the `language` posted and go back to `next` if it is on this host."""
    language = request.POST.get(LANGUAGE_QUERY_PARAMETER, "")
    if request.user.is_authenticated and check_for_language(language):
        keep_language(request.user, language)
    return set_language(request)
