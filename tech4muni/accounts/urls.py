"""The pages of allauth that the product has, on every host: no sign-up, no third parties, no change of address.

Their texts are ours: each page names its heading here, its form in `forms`, its template in `templates/account`.
"""

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.forms import BaseForm
from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from tech4muni.accounts import forms
from tech4muni.accounts.views import RemovePasskeyView
from tech4muni.core.views import answers_422

FORM_PAGE = "core/form_page.html"
CONFIRM = "core/confirm.html"
BASE = "base_centred.html"


FACTORS = reverse_lazy("mfa_index")


def page(
    view: type[View],
    heading: Any,
    template: str = FORM_PAGE,
    *,
    form: type[BaseForm] | None = None,
    success_url: Any = None,
    **context: Any,
) -> Any:
    """Dress a view of allauth's: our template, heading and form; `context` is for the template."""
    options = {"form_class": form, "success_url": success_url}
    return answers_422(
        view.as_view(
            template_name=template,
            extra_context={"heading": heading, "base_template": BASE, **context},
            **{name: value for name, value in options.items() if value is not None},
        )
    )


urlpatterns = [
    path(
        "login/", page(account.LoginView, _("Log in"), "account/login.html", form=forms.LoginForm), name="account_login"
    ),
    path(
        "login/code/",
        page(
            account.ConfirmLoginCodeView,
            _("Type the code"),
            "account/confirm_login_code.html",
            form=forms.LoginCodeForm,
        ),
        name="account_confirm_login_code",
    ),
    path("login/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path(
        "login/second-factor/",
        page(factors.AuthenticateView, _("Your second factor"), "mfa/authenticate.html", form=forms.SecondFactorForm),
        name="mfa_authenticate",
    ),
    path("logout/", page(account.LogoutView, _("Log out?"), "account/logout.html"), name="account_logout"),
    path(
        "inactive/",
        page(account.AccountInactiveView, _("This account is deactivated"), "account/account_inactive.html"),
        name="account_inactive",
    ),
    path(
        "password/reset/",
        page(
            account.PasswordResetView,
            _("Choose a new password"),
            form=forms.RequestPasswordForm,
            lead=_("We send a code to your e-mail address. With it you can choose a new password."),
        ),
        name="account_reset_password",
    ),
    path(
        "password/reset/code/",
        page(
            account.ConfirmPasswordResetCodeView,
            _("Type the code"),
            "account/confirm_password_reset_code.html",
            form=forms.PasswordCodeForm,
        ),
        name="account_confirm_password_reset_code",
    ),
    path(
        "password/reset/new/",
        page(account.CompletePasswordResetView, _("Choose a new password"), form=forms.NewPasswordForm),
        name="account_complete_password_reset",
    ),
    path(
        "password/reset/done/",
        page(account.PasswordResetFromKeyDoneView, _("Your password is changed"), "account/password_reset_done.html"),
        name="account_password_reset_completed",
    ),
    path(
        "password/change/",
        page(account.PasswordChangeView, _("Change your password"), form=forms.ChangePasswordForm),
        name="account_change_password",
    ),
    path(
        "password/set/",
        page(
            account.PasswordSetView,
            _("Set a password"),
            form=forms.SetPasswordForm,
            lead=_("You can then log in with it instead of waiting for a code."),
        ),
        name="account_set_password",
    ),
    path(
        "again/",
        page(
            account.ReauthenticateView,
            _("Please type your password once more"),
            "account/reauthenticate.html",
            form=forms.ReauthenticateForm,
        ),
        name="account_reauthenticate",
    ),
    path(
        "again/second-factor/",
        page(
            factors.ReauthenticateView,
            _("Please show your second factor once more"),
            "account/reauthenticate.html",
            form=forms.SecondFactorAgainForm,
        ),
        name="mfa_reauthenticate",
    ),
    path(
        "again/passkey/",
        page(
            passkeys.ReauthenticateWebAuthnView,
            _("Please show your passkey once more"),
            "mfa/webauthn/reauthenticate.html",
        ),
        name="mfa_reauthenticate_webauthn",
    ),
    path("second-factor/", page(factors.IndexView, _("Second factor"), "mfa/index.html"), name="mfa_index"),
    path(
        "second-factor/app/",
        page(
            app.ActivateTOTPView,
            _("Set up an authenticator app"),
            "mfa/totp/activate_form.html",
            form=forms.ActivateAppForm,
        ),
        name="mfa_activate_totp",
    ),
    path(
        "second-factor/app/remove/",
        page(
            app.DeactivateTOTPView,
            _("Remove the authenticator app?"),
            CONFIRM,
            consequences=[_("Its codes will no longer work."), _("All your other sessions end.")],
            action=_("Remove the app"),
            back=FACTORS,
        ),
        name="mfa_deactivate_totp",
    ),
    path(
        "second-factor/recovery-codes/",
        page(recovery.ViewRecoveryCodesView, _("Recovery codes"), "mfa/recovery_codes/index.html"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "second-factor/recovery-codes/new/",
        page(
            recovery.GenerateRecoveryCodesView,
            _("Make new recovery codes?"),
            form=forms.RecoveryCodesForm,
            lead=_("Codes that you have from before will no longer work."),
        ),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "second-factor/recovery-codes/file/",
        recovery.DownloadRecoveryCodesView.as_view(template_name="mfa/recovery_codes/download.txt"),
        name="mfa_download_recovery_codes",
    ),
    path(
        "second-factor/passkeys/add/",
        page(passkeys.AddWebAuthnView, _("Add a passkey"), "mfa/webauthn/add_form.html", form=forms.PasskeyForm),
        name="mfa_add_webauthn",
    ),
    path(
        "second-factor/passkeys/<int:pk>/",
        page(passkeys.EditWebAuthnView, _("Rename the passkey"), form=forms.RenamePasskeyForm, success_url=FACTORS),
        name="mfa_edit_webauthn",
    ),
    path(
        "second-factor/passkeys/<int:pk>/remove/",
        page(
            RemovePasskeyView,
            _("Remove the passkey?"),
            CONFIRM,
            success_url=FACTORS,
            consequences=[_("It will no longer log you in."), _("All your other sessions end.")],
            action=_("Remove the passkey"),
            back=FACTORS,
        ),
        name="mfa_remove_webauthn",
    ),
]
