"""The second factor: demanded from coordinators and leads, set up, used, lost and removed."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.core.context import request_context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import InvalidToken
from django.test import Client, RequestFactory
from django.urls import URLResolver, get_resolver, reverse
from fido2.rpid import verify_rp_id

from programs.enums import Role
from programs.models import Membership, Municipality
from programs.people import tokens
from programs.people.adapters import SecondFactorAdapter
from tech4muni.accounts.models import User
from tech4muni.audit.models import Entry
from tech4muni.notifications.models import Message
from tests.accounts.steps import log_in_by_code, log_in_by_password, session_owner, who_is
from tests.factories.people import (
    PASSWORD,
    add_second_factor,
    make_coordinator,
    make_member,
    make_user,
    totp_code,
)

ClientOn = Callable[[str], Client]
INDEX = "/account/second-factor/"
APP = "/account/second-factor/app/"
STEP = "/account/login/second-factor/"
HERE, ELSEWHERE, PUBLIC = "strumica.localhost", "haifa.localhost", "localhost"


@pytest.fixture
def dana(db: None) -> User:
    return make_user(name="Dana Levi")


@pytest.fixture
def secret(dana: User) -> str:
    """The secret of Dana's authenticator app."""
    return add_second_factor(dana)


def make_recovery_codes(user: User) -> list[str]:
    """Give somebody recovery codes and tell them."""
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def admin_routes(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    """The paths of all pages of the admin, with 1 for each argument."""
    for entry in resolver.url_patterns:
        route = before + re.sub(r"<[^>]+>", "1", str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from admin_routes(entry, route)
        elif route.startswith("/admin/"):
            yield route


class TestDemand:
    """Who must have one, and what they can do without."""

    @pytest.mark.parametrize("path", ["/", "/admin/", "/components/", "/enter/", "/account/", "/account/sessions/"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_coordinator_without_one_is_led_to_set_one_up(
        self, path: str, method: str, db: None, client_on: ClientOn
    ) -> None:
        client = client_on(PUBLIC)
        client.force_login(make_coordinator(second_factor=False))

        response = getattr(client, method)(path)

        assert (response.status_code, response["Location"]) == (302, INDEX)
        assert "demands a second factor" in client.get(INDEX).content.decode()

    def test_admin_is_shut_on_every_page_of_it(self, db: None, client_on: ClientOn) -> None:
        client = client_on(PUBLIC)
        client.force_login(make_coordinator(second_factor=False))
        routes = set(admin_routes(get_resolver("tech4muni.urls_public")))

        answers = {route: client.get(route).headers.get("Location") for route in routes}

        assert len(routes) > 3
        assert set(answers.values()) == {INDEX}, answers

    @pytest.mark.parametrize("host", [HERE, PUBLIC, ELSEWHERE])
    def test_lead_without_one_is_led_there_on_every_host(
        self, host: str, strumica: Municipality, haifa: Municipality, client_on: ClientOn
    ) -> None:
        lead = make_member(strumica, Role.LEAD, second_factor=False)
        Membership.objects.create(user=lead, municipality=haifa, role=Role.VIEWER)
        client = client_on(host)
        log_in_by_code(client, lead)

        assert client.get("/")["Location"] == INDEX
        assert client.post("/account/", {"name": "Changed"})["Location"] == INDEX
        lead.refresh_from_db()
        assert lead.name != "Changed"

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.LEAD])
    def test_nobody_else_needs_one(self, role: Role, strumica: Municipality, client_on: ClientOn) -> None:
        client = client_on(HERE)
        client.force_login(make_member(strumica, role))

        assert client.get("/").status_code == 200

    def test_former_lead_needs_none(self, strumica: Municipality, client_on: ClientOn) -> None:
        lead = make_member(strumica, Role.LEAD, second_factor=False)
        lead.memberships.update(role=Role.MEMBER)
        client = client_on(HERE)
        client.force_login(lead)

        assert client.get("/").status_code == 200

    def test_recovery_codes_alone_are_none(self, db: None, client_on: ClientOn) -> None:
        coordinator = make_coordinator(second_factor=False)
        make_recovery_codes(coordinator)
        client = client_on(PUBLIC)
        client.force_login(coordinator)

        assert client.get("/admin/")["Location"] == INDEX

    @pytest.mark.parametrize("path", [INDEX, APP, "/account/second-factor/passkeys/add/", "/account/logout/"])
    def test_the_way_there_is_open(self, path: str, db: None, client_on: ClientOn) -> None:
        client = client_on(PUBLIC)
        coordinator = make_coordinator(second_factor=False)
        coordinator.set_unusable_password()
        coordinator.save()
        client.force_login(coordinator)

        assert client.get(path).status_code == 200

    def test_frame_works_without_one(self, db: None, client_on: ClientOn) -> None:
        client = client_on(PUBLIC)
        client.force_login(make_coordinator(second_factor=False))

        assert client.post("/language/", {"language": "de"})["Location"] == "/"
        assert client.get("/brand/0b5d7a.css").status_code == 200

    def test_demonstration_demands_none(self, strumica: Municipality, client_on: ClientOn, settings: Any) -> None:
        settings.SECOND_FACTOR_REQUIRED = False
        client = client_on(HERE)
        client.force_login(make_member(strumica, Role.LEAD, second_factor=False))

        assert client.get("/").status_code == 200

    def test_it_is_demanded_unless_a_setting_says_no(self, settings: Any) -> None:
        assert settings.SECOND_FACTOR_REQUIRED is True


class TestLogIn:
    """The second step of logging in."""

    @pytest.mark.parametrize("host", [HERE, PUBLIC])
    @pytest.mark.parametrize("log_in", [log_in_by_code, log_in_by_password])
    def test_first_step_alone_lets_nobody_in(
        self, host: str, log_in: Any, dana: User, secret: str, client_on: ClientOn
    ) -> None:
        client = client_on(host)

        first = log_in(client, dana)
        between = session_owner(client).is_authenticated
        second = client.post(STEP, {"code": totp_code(secret)})

        assert first["Location"] == STEP
        assert not between
        assert second["Location"] == "/"
        assert who_is(client) == dana

    def test_wrong_code_is_refused_beside_the_field(self, dana: User, secret: str, client_on: ClientOn) -> None:
        client = client_on(PUBLIC)
        log_in_by_password(client, dana)

        response = client.post(STEP, {"code": "000000"})

        assert response.status_code == 422
        assert "This code is not right." in response.content.decode()
        assert not session_owner(client).is_authenticated

    def test_code_is_good_once_on_all_hosts_together(self, dana: User, secret: str, client_on: ClientOn) -> None:
        code = totp_code(secret)
        first, second = client_on(HERE), client_on(ELSEWHERE)
        for client in (first, second):
            log_in_by_password(client, dana)

        first.post(STEP, {"code": code})
        replay = second.post(STEP, {"code": code})

        assert replay.status_code == 422
        assert not session_owner(second).is_authenticated

    def test_tries_are_limited_across_hosts(self, dana: User, secret: str, client_on: ClientOn) -> None:
        for host in (HERE, ELSEWHERE, PUBLIC) * 2:
            client = client_on(host)
            log_in_by_password(client, dana)
            client.post(STEP, {"code": "000000"})

        response = client.post(STEP, {"code": totp_code(secret)})

        assert response.status_code == 422
        assert "Too many tries" in response.content.decode()

    def test_recovery_code_works_once(self, dana: User, secret: str, client_on: ClientOn) -> None:
        code = make_recovery_codes(dana)[0]
        first, second = client_on(PUBLIC), client_on(PUBLIC)
        for client in (first, second):
            log_in_by_password(client, dana)
            client.post(STEP, {"code": code})

        assert (who_is(first), who_is(second)) == (dana, None)

    def test_where_one_wanted_to_go_is_kept(self, dana: User, secret: str, client_on: ClientOn) -> None:
        client = client_on(PUBLIC)
        log_in_by_code(client, dana, "/account/login/?next=/account/sessions/")

        assert client.post(STEP, {"code": totp_code(secret)})["Location"] == "/account/sessions/"

    def test_new_password_does_not_replace_the_factor(self, dana: User, secret: str, client_on: ClientOn) -> None:
        client = client_on(PUBLIC)
        client.force_login(dana)
        dana.set_password("another horse battery")
        dana.save()

        response = client.post("/account/login/", {"login": dana.email, "password": "another horse battery"})

        assert response["Location"] == STEP


class TestSetUp:
    """Adding and removing factors."""

    def test_app_is_set_up_and_recovery_codes_are_shown_at_once(
        self, transactional_db: None, client_on: ClientOn
    ) -> None:
        person = make_user()
        person.set_unusable_password()
        person.save()
        client, other = client_on(PUBLIC), client_on(HERE)
        for one in (client, other):
            log_in_by_code(one, person)
        page = client.get(APP).content.decode()
        secret = client.session["mfa.totp.secret"]

        wrong = client.post(APP, {"code": "000000"})
        right = client.post(APP, {"code": totp_code(secret)})
        codes = client.get(right["Location"]).content.decode()

        assert secret in page
        assert 'src="data:image/svg+xml;base64,' in page
        assert (wrong.status_code, right.status_code) == (422, 302)
        assert all(code in codes for code in RecoveryCodes.activate(person).get_unused_codes())
        assert (who_is(client), who_is(other)) == (person, None)
        assert Message.objects.filter(kind="programs.account_changed", user=person).count() == 1
        assert {"account.second_factor_added"} == set(
            Entry.objects.filter(target_id=str(person.public_id)).values_list("verb", flat=True)
        )

    def test_somebody_with_a_password_types_it_once_more(self, dana: User, client_on: ClientOn) -> None:
        client = client_on(PUBLIC)
        log_in_by_password(client, dana)

        asked = client.get(APP)
        wrong = client.post(asked["Location"], {"password": "wrong"})
        right = client.post(asked["Location"], {"password": PASSWORD})

        assert asked["Location"].startswith("/account/again/")
        assert (wrong.status_code, right["Location"]) == (422, APP)
        assert client.get(APP).status_code == 200

    def test_lead_keeps_the_last_factor(self, strumica: Municipality, client_on: ClientOn) -> None:
        lead = make_member(strumica, Role.LEAD)
        secret = Authenticator.objects.get(user=lead, type="totp").data["secret"]
        client = client_on(HERE)
        client.force_login(lead)
        proven(client, totp_code(tokens.unseal(secret)))

        response = client.post("/account/second-factor/app/remove/")

        assert response.status_code == 422
        assert "add another one first" in response.content.decode()
        assert Authenticator.objects.filter(user=lead, type="totp").exists()

    def test_others_may_remove_theirs(self, dana: User, secret: str, client_on: ClientOn) -> None:
        make_recovery_codes(dana)
        client = client_on(PUBLIC)
        client.force_login(dana)
        proven(client, totp_code(secret))

        response = client.post("/account/second-factor/app/remove/")

        assert response["Location"] == INDEX
        assert not Authenticator.objects.filter(user=dana).exists()
        assert Entry.objects.filter(verb="account.second_factor_removed").exists()

    def test_recovery_codes_can_be_saved_and_made_anew(self, dana: User, secret: str, client_on: ClientOn) -> None:
        old = make_recovery_codes(dana)
        client = client_on(PUBLIC)
        client.force_login(dana)
        proven(client, totp_code(secret))

        file = client.get("/account/second-factor/recovery-codes/file/")
        client.post("/account/second-factor/recovery-codes/new/")

        assert file["Content-Disposition"].startswith("attachment")
        assert file.content.decode().split() == old
        assert RecoveryCodes.activate(dana).get_unused_codes() != old

    def test_factor_of_somebody_else_is_not_found(self, dana: User, client_on: ClientOn) -> None:
        theirs = Authenticator.objects.create(user=make_user(), type="webauthn", data={"name": "x", "credential": {}})
        client = client_on(PUBLIC)
        client.force_login(dana)
        client.post("/account/again/", {"password": PASSWORD})

        for path in (f"{INDEX}passkeys/{theirs.pk}/", f"{INDEX}passkeys/{theirs.pk}/remove/"):
            assert client.post(path, {"name": "mine"}).status_code == 404


def proven(client: Client, code: str) -> None:
    """Let a client that is logged in show its app once more."""
    response = client.post(f"{reverse('mfa_reauthenticate')}?next={INDEX}", {"code": code})
    assert response["Location"] == INDEX, response.content.decode()


@pytest.mark.parametrize(
    ("platform", "host", "counts_on"),
    [
        ("tech4muni.example.org", "tech4muni.example.org", "tech4muni.example.org"),
        ("tech4muni.example.org", "strumica.tech4muni.example.org", "tech4muni.example.org"),
        ("tech4muni.example.org", "STRUMICA.tech4muni.example.org:8443", "tech4muni.example.org"),
        ("tech4muni.example.org", "innovation.strumica.example.com", "innovation.strumica.example.com"),
        ("tech4muni.example.org", "eviltech4muni.example.org", "eviltech4muni.example.org"),
        ("localhost", "localhost", "localhost"),
        ("localhost", "strumica.localhost", "strumica.localhost"),
    ],
)
def test_passkey_counts_on_all_hosts_below_the_platforms_as_far_as_browsers_allow(
    platform: str, host: str, counts_on: str, settings: Any
) -> None:
    settings.PLATFORM_HOST = platform
    request = RequestFactory().get("/", headers={"host": host})

    with request_context(request):
        found = SecondFactorAdapter().get_public_key_credential_rp_entity()

    assert found["id"] == counts_on
    assert verify_rp_id(counts_on, f"https://{host}")


class TestSecrets:
    """What a copy of the database tells."""

    def test_secrets_are_stored_sealed(self, dana: User, secret: str) -> None:
        codes = make_recovery_codes(dana)
        stored = str(list(Authenticator.objects.filter(user=dana).values_list("data", flat=True)))

        assert secret not in stored
        assert not any(code in stored for code in codes)

    def test_secret_of_an_older_key_still_opens(self, settings: Any) -> None:
        sealed = tokens.seal("hidden")
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another" * 10

        assert tokens.unseal(sealed) == "hidden"
        settings.SECRET_KEY_FALLBACKS = []
        with pytest.raises(InvalidToken):
            tokens.unseal(sealed)

    def test_tokens_are_long_and_never_the_same(self) -> None:
        made = {tokens.new_token() for _number in range(1000)}

        assert len(made) == 1000
        assert all(len(token) >= 43 for token in made)
