"""Files: by name and by content, streamed to those who work on the application alone."""

import hashlib
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from solutions.market.models import Application, ApplicationFile, Call
from solutions.market.services import files, sniffing, submitting
from solutions.market.services.files import tidy
from tech4muni.accounts.models import User
from tech4muni.core import office as office_files
from tech4muni.core.errors import Refused
from tests.factories.files import of_a_later_version, office
from tests.factories.people import make_user
from tests.market.application_steps import PDF, FakeReceiver, client_of, draft_for, fill, page, picture


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def draft(call: Call, owner: User) -> Application:
    """A draft without files."""
    return draft_for(call, owner=owner)


def stored_bytes(file: ApplicationFile) -> bytes:
    """What the storage holds."""
    with file.file.open("rb") as stored:
        return bytes(stored.read())


def add(draft: Application, owner: User, name: str = "plan.pdf", content: bytes = PDF) -> ApplicationFile:
    return files.add(draft, actor=owner, name=name, upload=BytesIO(content))


def named(value: object) -> str:
    """Name a case by its words alone: an archive's bytes hold the time at which it was made."""
    return value if isinstance(value, str) else "file"


@pytest.mark.parametrize(
    ("name", "content", "kind", "kept_name"),
    [
        ("Plan.PDF", PDF, "application/pdf", "Plan.pdf"),
        ("a.png", picture(), "image/png", "a.png"),
        ("photo.jpg", picture("JPEG"), "image/png", "photo.png"),
        ("photo.jpeg", picture("JPEG"), "image/png", "photo.png"),
        ("a.docx", office("word/"), sniffing.OFFICE + "wordprocessingml.document", "a.docx"),
        ("a.xlsx", office("xl/"), sniffing.OFFICE + "spreadsheetml.sheet", "a.xlsx"),
        ("a.pptx", office("ppt/"), sniffing.OFFICE + "presentationml.presentation", "a.pptx"),
    ],
    ids=named,
)
def test_what_is_on_the_list_is_kept(
    draft: Application, owner: User, name: str, content: bytes, kind: str, kept_name: str
) -> None:
    file = add(draft, owner, name, content)

    assert (file.name, file.content_type) == (kept_name, kind)
    stored = stored_bytes(file)
    assert file.sha256 == hashlib.sha256(stored).hexdigest()
    assert file.size == len(stored)
    assert str(file.file.name).startswith("public/applications/")
    assert "plan" not in str(file.file.name).lower()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.exe", b"MZ"),
        ("page.html", b"<script>"),
        ("picture.svg", b"<svg/>"),
        ("macros.docm", office()),
        ("nothing", PDF),
        ("empty.pdf", b""),
        ("not.pdf", b"MZ" + PDF[5:]),
        ("not.png", PDF),
        ("picture.docx", picture()),
        ("sheet.docx", office("xl/")),
        ("broken.docx", office()[:40]),
        ("later.docx", of_a_later_version(office())),
        ("macros.docx", office(extra="word/vbaProject.bin")),
        ("crowd.docx", office(members=office_files.MAX_MEMBERS)),
        ("large.pdf", PDF + b"\0" * sniffing.MAX_BYTES),
    ],
    ids=named,
)
def test_what_is_not_is_refused(draft: Application, owner: User, name: str, content: bytes) -> None:
    with pytest.raises(Refused):
        add(draft, owner, name, content)

    assert not ApplicationFile.objects.exists()


def test_what_unpacks_to_too_much_is_refused(draft: Application, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_files, "MAX_UNPACKED", 10_000)

    with pytest.raises(Refused, match="unpacked"):
        add(draft, owner, "bomb.docx", office(content=b"0" * 20_000))


def test_pictures_lose_what_is_hidden_in_them(draft: Application, owner: User) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Taken at my home"
    drawn = BytesIO()
    Image.new("RGB", (3000, 10), "red").save(drawn, "JPEG", exif=exif)

    file = add(draft, owner, "photo.jpg", drawn.getvalue())

    stored = stored_bytes(file)
    assert b"my home" not in stored
    assert Image.open(BytesIO(stored)).width == sniffing.MAX_SIDE


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Ana\\план.pdf", "план.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("." * 30 + ".pdf", "file.pdf"),
        ("x" * 400 + ".pdf", "x" * 140 + ".pdf"),
    ],
)
def test_names_are_tidied(name: str, kept: str) -> None:
    assert tidy(name, "pdf") == kept


def test_five_are_enough(draft: Application, owner: User) -> None:
    for number in range(files.MOST):
        add(draft, owner, f"{number}.pdf")

    with pytest.raises(Refused, match="at most five"):
        add(draft, owner)


def test_over_the_page(draft: Application, owner: User) -> None:
    client, path = client_of(owner), page("application_files", draft)

    wrong = client.post(path, {"file": SimpleUploadedFile("run.exe", b"MZ")})
    none = client.post(path, {})
    right = client.post(path, {"file": SimpleUploadedFile("plan.pdf", PDF)})

    assert (wrong.status_code, none.status_code, right.status_code) == (422, 422, 302)
    assert "plan.pdf" in client.get(path).content.decode()
    file = ApplicationFile.objects.get()
    answer: Any = client.get(page("application_file", draft, file.public_id))
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/pdf"


def test_nobody_else_gets_a_file_by_its_id(draft: Application, owner: User, call: Call) -> None:
    rival = make_user()
    theirs = draft_for(call, owner=rival)
    file = add(draft, owner)
    client = client_of(rival)

    for application in (draft, theirs):
        assert client.get(page("application_file", application, file.public_id)).status_code == 404
        assert client.post(page("application_file_remove", application, file.public_id)).status_code == 404
    assert client_of().get(page("application_file", draft, file.public_id)).status_code == 302
    assert ApplicationFile.objects.get().removed_at is None


def test_a_file_of_a_draft_goes_for_good(
    draft: Application, owner: User, django_capture_on_commit_callbacks: Any
) -> None:
    file = add(draft, owner)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client_of(owner).post(page("application_file_remove", draft, file.public_id))

    assert answer.status_code == 302
    assert not file.file.storage.exists(str(file.file.name))
    assert client_of(owner).get(page("application_file", draft, file.public_id)).status_code == 404


def test_what_a_municipality_has_is_not_deleted(
    receiver: FakeReceiver, draft: Application, owner: User, django_capture_on_commit_callbacks: Any
) -> None:
    file = add(draft, owner)
    submitting.submit(fill(draft, actor=owner), actor=owner)
    with django_capture_on_commit_callbacks(execute=True):
        files.remove(draft, file, actor=owner)

    assert receiver.received[0][4] == ["plan.pdf"]
    assert receiver.received[0][3]["files"][0]["sha256"] == file.sha256
    assert file.file.storage.exists(str(file.file.name))
