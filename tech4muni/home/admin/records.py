"""The platform's trail: read, searched, never written here."""

import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from tech4muni.audit.models import Entry
from tech4muni.home.admin.base import CoordinatorAdmin, Words, said


class EntryAdmin(CoordinatorAdmin[Entry]):
    """What was done on the platform; each municipality's own trail is read in its workspace."""

    words = Words(
        lead=_("What was done on the platform, and by whom. Nobody can change or delete a line. "
               "What happens inside a municipality is in that municipality's own record."),
        empty=_("As soon as somebody changes something here, a line appears: who, what, when and why."),
    )  # fmt: skip
    list_display = ("number", "at", "person", "what", "why")
    list_display_links = ("number", "what")
    list_select_related = ("actor",)
    list_filter = (("at", admin.DateFieldListFilter),)
    search_fields = ("actor_label", "verb", "target_label", "target_id", "reason")
    search_help_text = _("person, verb, thing or reason")
    sortable_by = ("number",)
    fields = ("number", "at", "person", "what", "thing", "why", "details", "host", "request_id", "digest")
    readonly_fields = fields

    @admin.display(description=_("who"))
    def person(self, entry: Entry) -> str:
        """Name who did it, without a name where somebody was anonymised."""
        return said(entry.who)

    @admin.display(description=_("what"))
    def what(self, entry: Entry) -> str:
        """Say what was done."""
        return entry.sentence

    @admin.display(description=_("thing"))
    def thing(self, entry: Entry) -> str:
        """Name what it was done to."""
        return said(entry.target_label)

    @admin.display(description=_("reason"))
    def why(self, entry: Entry) -> str:
        """Show the reason that was given."""
        return said(entry.reason) if entry.reason else self.get_empty_value_display()

    @admin.display(description=_("details"))
    def details(self, entry: Entry) -> str:
        """Show the further values as they were kept."""
        if not entry.data:
            return self.get_empty_value_display()
        return format_html(
            '<pre class="details" dir="ltr">{}</pre>', json.dumps(entry.data, indent=2, ensure_ascii=False)
        )
