"""`manage.py trial_mail`."""

from django.core import mail
from django.core.management import call_command

from tech4muni.notifications.delivery import deliver_due


def test_a_trial_mail_goes_through_the_outbox(db: None) -> None:
    call_command(
        "trial_mail", "dana@example.org", "--language", "he", "--time-zone", "Asia/Jerusalem", "--note", "שלום"
    )
    assert mail.outbox == []

    deliver_due()

    (sent,) = mail.outbox
    assert sent.to == ["dana@example.org"]
    assert "שלום" in sent.subject
    assert "(ירושלים)" in sent.body
