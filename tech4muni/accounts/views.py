"""allauth's views where they need a word of ours."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.http import HttpResponse


class RemovePasskeyView(RemoveWebAuthnView):
    """Removing a passkey; the last second factor stays with whom it is demanded from, as it does for apps."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove it, or say why not."""
        adapter = get_adapter()
        if adapter.can_delete_authenticator(self.get_object()):
            response: HttpResponse = super().form_valid(form)
            return response
        form.add_error(None, adapter.validation_error("cannot_delete_authenticator"))
        refusal: HttpResponse = self.form_invalid(form)
        return refusal
