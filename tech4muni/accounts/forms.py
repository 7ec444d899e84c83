"""allauth's forms in the product's words and look."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as factor_forms
from allauth.mfa.recovery_codes.forms import GenerateRecoveryCodesForm
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as passkey_forms
from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from tech4muni.core.forms import FormMixin


class Worded(FormMixin):
    """A form of allauth's with our labels and help instead of its placeholders."""

    labels: dict[str, Any] = {}
    helps: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = str(self.helps.get(name, ""))


class CodeMixin(Worded):
    """A form whose only field is a code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"dir": "ltr", "autofocus": True, "spellcheck": "false"}


class LoginForm(Worded, account_forms.LoginForm):
    """An address, and a password for those who have one; without it a code is sent."""

    submit_label = _("Continue")
    labels = {"login": _("E-mail address"), "password": _("Password")}
    helps = {"password": _("Leave it empty, and we send you a code by e-mail.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = False
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class LoginCodeForm(CodeMixin, account_forms.ConfirmLoginCodeForm):
    """The code that was sent to log in."""

    submit_label = _("Log in")
    labels = {"code": _("Code from the e-mail")}


class RequestPasswordForm(Worded, account_forms.ResetPasswordForm):
    """The address of somebody who wants a new password."""

    submit_label = _("Send me a code")
    labels = {"email": _("E-mail address")}


class PasswordCodeForm(CodeMixin, account_forms.ConfirmPasswordResetCodeForm):
    """The code that was sent to choose a new password."""

    submit_label = _("Continue")
    labels = {"code": _("Code from the e-mail")}


class PasswordsMixin(Worded):
    """A new password, typed twice."""

    submit_label = _("Save the password")
    labels = {
        "oldpassword": _("Your present password"),
        "password1": _("New password"),
        "password2": _("New password, once more"),
    }
    helps = {"password1": _("At least 12 characters. Several words are easy to remember and hard to guess.")}


class NewPasswordForm(PasswordsMixin, account_forms.ResetPasswordKeyForm):
    """A new password in place of a forgotten one."""


class ChangePasswordForm(PasswordsMixin, account_forms.ChangePasswordForm):
    """A new password in place of the present one."""


class SetPasswordForm(PasswordsMixin, account_forms.SetPasswordForm):
    """A first password."""


class ReauthenticateForm(Worded, account_forms.ReauthenticateForm):
    """The password once more, before something sensitive."""

    submit_label = _("Continue")
    labels = {"password": _("Password")}


class SecondFactorForm(CodeMixin, factor_forms.AuthenticateForm):
    """The second step of logging in."""

    submit_label = _("Log in")
    labels = {"code": _("Code from your app, or a recovery code")}


class SecondFactorAgainForm(CodeMixin, factor_forms.ReauthenticateForm):
    """The second factor once more, before something sensitive."""

    submit_label = _("Continue")
    labels = {"code": _("Code from your app, or a recovery code")}


class ActivateAppForm(CodeMixin, totp_forms.ActivateTOTPForm):
    """Proof that the authenticator app is set up."""

    submit_label = _("Use this app")
    labels = {"code": _("Code that the app shows now")}


class RecoveryCodesForm(Worded, GenerateRecoveryCodesForm):
    """Nothing to fill in: new recovery codes."""

    submit_label = _("Make new codes")


class PasskeyForm(Worded, passkey_forms.AddWebAuthnForm):
    """A new passkey; static/js/passkeys.js asks the device for it."""

    submit_label = _("Add the passkey")
    labels = {"name": _("Name"), "passwordless": _("Let me log in with this passkey alone")}
    helps = {
        "name": _("So that you can tell your passkeys apart."),
        "passwordless": _("The device then always asks for your fingerprint, face or PIN."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["maxlength"] = 60
        self.fields["passwordless"].initial = True

    @property
    def helper(self) -> FormHelper:
        """Let static/js/passkeys.js find the form."""
        helper = super().helper
        helper.attrs |= {"data-passkey": "add"}
        return helper


class RenamePasskeyForm(Worded, passkey_forms.EditWebAuthnForm):
    """Another name for a passkey."""

    labels = {"name": _("Name")}


class ConfirmForm(FormMixin, forms.Form):
    """Nothing to fill in: only a button."""
