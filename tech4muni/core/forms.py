"""What every form of the product has in common, rendered by crispy with our own field template."""

from typing import Any, ClassVar, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.forms.utils import pretty_name
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tech4muni.core.errors import Refused
from tech4muni.core.form_fields import MomentField, use_native_input

LEFT_TO_RIGHT: Final = frozenset({"email", "url", "tel"})


class Buttons:
    """The end of a form for crispy: the button that sends it, and the link that leaves it."""

    def __init__(self, submit_label: str | Promise, cancel_url: str | Promise = "") -> None:
        self.values = {"submit_label": submit_label, "cancel_url": cancel_url}

    def render(self, form: forms.BaseForm, context: Any, template_pack: str = "", **kwargs: Any) -> str:
        """Render the buttons, as crispy asks of everything in a layout."""
        return render_to_string("core/_form_buttons.html", self.values)


class FormMixin(forms.BaseForm):
    """The base of every form: put it before `forms.Form` or `forms.ModelForm`.

    The page shows `{% error_summary form %}` above it (core/form_page.html does). The browser's own checks are off,
    so that a mistake is explained in the person's language; optional fields are marked, required ones are not.

    Attributes:
        submit_label: the word on the button: a verb that says what happens.
        cancel_url: where "Cancel" leads; no such link if empty.
        autocomplete: HTML tokens for fields about the person who fills the form in, such as {"email": "email"}.
    """

    submit_label: ClassVar[str | Promise] = _("Save")
    cancel_url: str | Promise = ""
    autocomplete: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            use_native_input(field)
            set_direction(field)
            field.widget.attrs.setdefault("autocomplete", self.autocomplete.get(name, "off"))
            if isinstance(field, MomentField):
                field.label = format_zone(field.label or pretty_name(name), field.city)

    @property
    def helper(self) -> FormHelper:
        """How crispy shows the form: all fields, then the buttons."""
        helper = FormHelper()
        helper.attrs = {"novalidate": ""}
        helper.errors_in_summary = True
        helper.layout = Layout(*self.layout_parts(), Buttons(self.submit_label, self.cancel_url))
        return helper

    def layout_parts(self) -> list[Any]:
        """The fields as crispy shows them; override it for sections and rows."""
        return list(self.fields)

    def add_refusal(self, refused: Refused) -> None:
        """Put a service's refusal beside its field, or above the form where it is about the whole."""
        field = refused.field if refused.field in self.fields else None
        self.add_error(field, str(refused.message))


class FilterMixin(FormMixin):
    """The base of forms that only choose what a list shows: the choice stays in the address, and all is optional."""

    submit_label = _("Show")

    @property
    def helper(self) -> FormHelper:
        """A row of fields that is sent by GET."""
        helper = super().helper
        helper.form_method = "get"
        helper.form_class = "filters"
        helper.disable_csrf = True
        helper.all_optional = True
        return helper


def set_direction(field: forms.Field) -> None:
    """Addresses and numbers run from left to right everywhere; what people write runs as its first letter does."""
    kind = getattr(field.widget, "input_type", "")
    if kind in LEFT_TO_RIGHT:
        field.widget.attrs.setdefault("dir", "ltr")
    elif kind in {"text", "search"} or isinstance(field.widget, forms.Textarea):
        field.widget.attrs.setdefault("dir", "auto")


def format_zone(label: str | Promise, city: str) -> str:
    """A label that names the time zone of its field."""
    return _("%(label)s (time in %(city)s)") % {"label": label, "city": city}
