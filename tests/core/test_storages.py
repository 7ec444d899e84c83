"""People's files lie under their municipality, on disk and in a bucket, and are opened there only."""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.management import call_command
from django_tenants.utils import tenant_context
from pytest_django import Settings

from programs.models import Municipality
from tech4muni.core.storages import LocalStorage
from tech4muni.settings import files
from tests.core.bucket import Store, running_store

MakeStorage = Callable[[], Storage]


@pytest.fixture
def store() -> Iterator[Store]:
    """An S3-type store."""
    with running_store() as running:
        yield running


@pytest.fixture
def bucket(store: Store, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Storage:
    """The storage that production's variables make of it."""
    monkeypatch.setenv("S3_BUCKET", "files")
    monkeypatch.setenv("S3_ENDPOINT", store.address)
    monkeypatch.setenv("S3_REGION", "eu-1")
    monkeypatch.setenv("S3_ACCESS_KEY", "access")
    monkeypatch.setenv("S3_SECRET_KEY", "canary")
    settings.STORAGES = files.production_storages()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # botocore's own, of this Python
        return storages["default"]


@pytest.fixture
def disk(tmp_path: Path) -> Storage:
    """The storage without a bucket."""
    return LocalStorage(location=tmp_path)


@pytest.fixture(params=["disk", "bucket"])
def storage(request: pytest.FixtureRequest) -> Storage:
    """Both."""
    found: Storage = request.getfixturevalue(request.param)
    return found


def test_file_lies_in_the_folder_of_its_schema(storage: Storage, strumica: Municipality) -> None:
    def save() -> str:
        return storage.save(storage.generate_filename("logos/arms.png"), ContentFile(b"picture"))

    outside = save()
    with tenant_context(strumica):
        inside = save()

    assert (outside, inside) == ("public/logos/arms.png", "municipalities/strumica/logos/arms.png")
    with tenant_context(strumica), storage.open(inside) as file:
        assert file.read() == b"picture"
    with storage.open(inside) as file:  # those who work across municipalities
        assert file.read() == b"picture"


def test_same_name_twice_keeps_both(storage: Storage, strumica: Municipality) -> None:
    with tenant_context(strumica):
        names = {storage.save(storage.generate_filename("a.txt"), ContentFile(text)) for text in (b"one", b"two")}
        contents = set()
        for name in names:
            with storage.open(name) as file:
                contents.add(file.read())

    assert len(names) == 2
    assert contents == {b"one", b"two"}


def test_file_of_another_municipality_is_out_of_reach(
    storage: Storage, strumica: Municipality, haifa: Municipality
) -> None:
    with tenant_context(haifa):
        name = storage.save(storage.generate_filename("plan.txt"), ContentFile(b"canary"))

    with tenant_context(strumica):
        with pytest.raises(SuspiciousFileOperation):
            storage.open(name)
        with pytest.raises(SuspiciousFileOperation):
            storage.delete(name)
        with pytest.raises(SuspiciousFileOperation):
            storage.url(name)

    assert storage.exists(name)


def test_municipality_with_a_longer_name_is_another(storage: Storage, strumica: Municipality) -> None:
    name = storage.save("municipalities/strumica_2/plan.txt", ContentFile(b"canary"))

    with tenant_context(strumica), pytest.raises(SuspiciousFileOperation):
        storage.open(name)


def test_way_round_through_the_own_folder_is_closed(storage: Storage, strumica: Municipality) -> None:
    with tenant_context(strumica), pytest.raises(SuspiciousFileOperation):
        storage.open("municipalities/strumica/../haifa/plan.txt")


def test_file_is_deleted_where_it_lies(storage: Storage, strumica: Municipality) -> None:
    with tenant_context(strumica):
        name = storage.save(storage.generate_filename("a.txt"), ContentFile(b"x"))
        storage.delete(name)

    assert not storage.exists(name)


def test_bucket_is_private_and_its_addresses_are_signed(bucket: Storage, store: Store, strumica: Municipality) -> None:
    with tenant_context(strumica):
        name = bucket.save(bucket.generate_filename("plan.txt"), ContentFile(b"x"))
        address = urlsplit(bucket.url(name))

    assert store.headers["/files/municipalities/strumica/plan.txt"]["x-amz-acl"] == "private"
    query = parse_qs(address.query)
    assert query["X-Amz-Expires"] == ["300"]
    assert query["X-Amz-Signature"]
    assert "canary" not in address.query


@pytest.mark.parametrize("missing", ["S3_ACCESS_KEY", "S3_SECRET_KEY"])
def test_bucket_without_keys_is_refused(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("S3_BUCKET", "S3_ACCESS_KEY", "S3_SECRET_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.delenv(missing)

    with pytest.raises(Exception, match=missing):
        files.production_storages()


def test_files_lie_on_disk_without_a_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("S3_BUCKET", raising=False)

    assert files.production_storages()["default"] == files.LOCAL


def test_static_files_get_digests_and_a_compressed_twin(tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": files.MANIFEST}

    call_command("collectstatic", interactive=False, verbosity=0)

    name = storages["staticfiles"].stored_name("css/theme.css")  # type: ignore[attr-defined]
    assert name.startswith("css/theme.")
    assert name != "css/theme.css"
    assert (tmp_path / name).exists()
    assert (tmp_path / f"{name}.gz").exists()
