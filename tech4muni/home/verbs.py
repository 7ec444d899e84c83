"""What coordinators do at their desk, for the trail."""

from django.utils.translation import gettext_lazy as _

from tech4muni.audit.verbs import Verb, register

register(Verb("list.exported", _("List {list} downloaded as {format}, with {rows} rows")))
