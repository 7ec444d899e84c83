"""The outbox: what waits can be read, edited, held, sent at once or dropped."""

from datetime import datetime
from typing import Any, ClassVar, Final

import nh3
from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tech4muni.accounts.models import User
from tech4muni.core.components import Tone
from tech4muni.home.admin.base import Words, WrittenForm, acting, badge, said
from tech4muni.home.admin.exports import Exported, SafeResource
from tech4muni.home.admin.steps import Step, plain
from tech4muni.notifications import kinds, services
from tech4muni.notifications.enums import UNSENT, MessageState
from tech4muni.notifications.models import Message
from tech4muni.notifications.permissions import may_edit, may_read

TONES: Final = {
    MessageState.WAITING: Tone.TODO,
    MessageState.HELD: Tone.DRAFT,
    MessageState.SENT: Tone.DONE,
    MessageState.FAILED: Tone.LATE,
    MessageState.DROPPED: Tone.DRAFT,
}
RECEIVER: Final = ("email", "user", "language", "kind_name", "schema_name")
READ_TAGS: Final = {"a", "b", "br", "div", "em", "h1", "h2", "h3", "hr", "li", "ol", "p", "strong", "ul"}


HOLD: Final = Step(
    name="hold",
    label=_("Hold"),
    question=ngettext_lazy("Hold %(count)s message?", "Hold %(count)s messages?", "count"),
    effect=_("They stay here until somebody releases them."),
    run=plain(services.hold),
    done=ngettext_lazy("%(count)s message is held.", "%(count)s messages are held.", "count"),
)
RELEASE: Final = Step(
    name="release",
    label=_("Release"),
    question=ngettext_lazy("Release %(count)s message?", "Release %(count)s messages?", "count"),
    effect=_("They leave when they are due; what is due already leaves within a minute."),
    run=plain(services.release),
    done=ngettext_lazy("%(count)s message is released.", "%(count)s messages are released.", "count"),
)
SEND_NOW: Final = Step(
    name="send_now",
    label=_("Send now"),
    question=ngettext_lazy("Send %(count)s message now?", "Send %(count)s messages now?", "count"),
    effect=_("They leave at once, whatever they were waiting for. What failed is tried again."),
    run=plain(services.send_now),
    done=ngettext_lazy("%(count)s message is on its way.", "%(count)s messages are on their way.", "count"),
)
DROP: Final = Step(
    name="drop",
    label=_("Drop"),
    question=ngettext_lazy("Drop %(count)s message?", "Drop %(count)s messages?", "count"),
    effect=_("They will never be sent. This cannot be undone; the line in the outbox stays."),
    run=plain(services.drop),
    done=ngettext_lazy("%(count)s message is dropped.", "%(count)s messages are dropped.", "count"),
    severe=True,
)
STEPS: Final = {
    MessageState.WAITING: (SEND_NOW, HOLD, DROP),
    MessageState.HELD: (RELEASE, SEND_NOW, DROP),
    MessageState.FAILED: (SEND_NOW, DROP),
}


class KindFilter(admin.SimpleListFilter):
    """By kind, under the name that coordinators know it by."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer all kinds that the product sends."""
        return [(kind.name, kind.label) for kind in kinds.registered()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """Keep the chosen kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


class MessageResource(SafeResource):
    """What left, and when: never what it said."""

    class Meta:
        model = Message
        fields = ("created_at", "kind", "schema_name", "email", "language", "state", "due_at", "sent_at", "attempts")
        export_order = fields


class MessageForm(WrittenForm, forms.ModelForm[Message]):
    """What a coordinator may change of a message; `seen` tells whether somebody else did meanwhile."""

    seen = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = Message
        fields = ("subject", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 18})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.updated_at.isoformat()

    def clean_seen(self) -> datetime:
        """Return the instant of the version that was edited."""
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            raise forms.ValidationError(_("Please open the message again.")) from None


class MessageAdmin(Exported[Message]):
    """All mail: what waits, what failed and what left."""

    words = Words(
        lead=_("Every mail is written here first and leaves afterwards. What waits can be read, edited, held, sent at "
               "once or dropped; what failed can be sent again."),
        empty=_("As soon as the product writes to somebody, for instance an invitation, the mail stands here."),
    )  # fmt: skip
    resource_classes: ClassVar[list[type[SafeResource]]] = [MessageResource]
    form = MessageForm
    list_display = ("subject_said", "email", "kind_name", "schema_name", "state_badge", "due_at", "sent_at")
    list_filter = ("state", KindFilter, "schema_name")
    search_fields = ("email", "subject")
    search_help_text = _("address or subject")
    sortable_by = ("email", "due_at", "sent_at")
    ordering = ("-created_at", "-pk")
    actions = tuple(step.as_action() for step in (HOLD, RELEASE, SEND_NOW, DROP))

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        """What has not left may be edited, unless it is for the receiver alone."""
        return obj is None or (obj.state in UNSENT and bool(may_edit(acting(request), obj)))

    def write(self, obj: Message, form: Any, actor: User) -> Message:
        """Change subject and text."""
        typed = form.cleaned_data
        return services.edit(obj, actor=actor, subject=typed["subject"], text=typed["text"], seen=typed["seen"])

    def heading_of(self, obj: Message) -> str:
        """Name the mail by its subject."""
        return obj.subject

    def row_steps(self, request: HttpRequest, obj: Message) -> tuple[Step, ...]:
        """Offer what the state allows."""
        return STEPS.get(MessageState(obj.state), ())

    def get_fieldsets(self, request: HttpRequest, obj: Message | None = None) -> Any:
        """Show what the mail says, to whom it goes, and how far it is."""
        if obj is None or not may_read(acting(request), obj):
            content: tuple[str, ...] = ("subject", "privacy")
        elif self.has_change_permission(request, obj):
            content = ("subject", "text", "seen")
        else:
            content = ("subject", "text_shown", "html_shown")
        way = ("state_badge", "due_at", "leave_by", "expires_at", "attempts", "last_error", "sent_at")
        return (
            (_("Message"), {"fields": content}),
            (_("On its way"), {"fields": (*RECEIVER, *way), "classes": ("is-aside",)}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Message | None = None) -> list[str]:
        """Everything but subject and text is only shown."""
        shown = [name for _label, part in self.get_fieldsets(request, obj) for name in part["fields"]]
        editable = obj is not None and self.has_change_permission(request, obj)
        return [name for name in shown if not (editable and name in {"subject", "text", "seen"})]

    @admin.display(description=_("subject"))
    def subject_said(self, message: Message) -> str:
        """Show the subject."""
        return said(message.subject)

    @admin.display(description=_("kind"), ordering="kind")
    def kind_name(self, message: Message) -> str:
        """Name the kind as coordinators know it."""
        return kinds.label(message.kind)

    @admin.display(description=_("state"), ordering="state")
    def state_badge(self, message: Message) -> str:
        """Show the state in a word."""
        state = MessageState(message.state)
        return badge(state.label, TONES[state])

    @admin.display(description=_("text"))
    def text_shown(self, message: Message) -> str:
        """Show the text as the receiver gets it."""
        return format_html('<div class="mail-text" lang="{}" dir="auto">{}</div>', message.language, message.text)

    @admin.display(description=_("as a page"))
    def html_shown(self, message: Message) -> str:
        """Show the HTML twin, without anything but its words and links."""
        clean = nh3.clean(
            message.html, tags=READ_TAGS, attributes={"a": {"href"}}, clean_content_tags={"head", "script", "style"}
        )
        return format_html('<div class="mail-page" lang="{}" dir="auto">{}</div>', message.language, mark_safe(clean))  # noqa: S308

    @admin.display(description=_("text"))
    def privacy(self, message: Message) -> str:
        """Say why the text is not shown."""
        return str(_("This message carries a code or link that only the receiver may see."))
