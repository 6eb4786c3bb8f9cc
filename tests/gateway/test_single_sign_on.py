"""Single sign-on against a provider that runs on this machine, and what a provider that lies does not get."""

import base64
import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from gateway.oidc_provider import CLIENT_ID, RETURN, SECRET, Provider
from gateway.staff_browser import Browser, add_account
from joserfc.jwk import OctKey, RSAKey

from bot.gateway.identity_provider import roles_of
from bot.settings import Settings
from bot.staff.accounts import Accounts
from bot.staff.audit import Audit
from bot.staff.single_sign_on import has_second_factor, role_of
from bot.storage.engine import Database, make_engine


@pytest.fixture(scope="module")
def provider():
    made = Provider()
    with made.server:
        yield made


@pytest.fixture(autouse=True)
def _honest(provider):
    provider.person = {"sub": "1", "preferred_username": "Kim", "roles": ["reviewer", "other"]}
    provider.tamper = lambda _claims, _header: None
    provider.sign_with = provider.key
    provider.codes.clear()


@pytest.fixture
def house(serve, assistant, provider):
    settings = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT_ID, "oidc_client_secret": SECRET}
    with serve(assistant, **settings) as running:
        yield running


@pytest.fixture
def database(house):
    opened = Database(make_engine(house.settings.database))
    yield opened
    opened.close()


@pytest.fixture
def browser(house):
    return Browser(house.url)


def to_provider(browser):
    """Go to the provider; return the address that it sends the browser back to."""
    left = browser.http.get("/staff/sso/start")
    assert left.status_code == 303, left.text
    sent = browser.http.get(left.headers["location"])
    assert sent.status_code == 302, sent.text
    return sent.headers["location"]


def sign_on(browser):
    browser.page = browser.http.get(to_provider(browser))
    return browser.page


def lines(database, action):
    return Audit(database).entries(action=action)


def test_somebody_with_a_role_at_the_provider_is_let_in(browser, database):
    assert 'href="/staff/sso/start"' in browser.see("/staff/login").text
    assert sign_on(browser).headers["location"] == "/staff"
    assert browser.is_in()
    (account,) = Accounts(database).list()
    assert (account.name, account.role, account.single_sign_on) == ("kim", "reviewer", True)
    (entered,) = lines(database, "login.ok")
    assert (entered.actor, entered.details) == ("staff:kim", {"by": "oidc"})


def test_the_browser_is_sent_with_a_state_a_nonce_and_a_challenge(browser, provider, house):
    address = urlsplit(browser.http.get("/staff/sso/start").headers["location"])
    asked = {name: value for name, (value,) in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{provider.url}/authorize"
    assert asked["redirect_uri"] == house.url + RETURN
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len(asked["state"]) == len(asked["nonce"]) == len(asked["code_challenge"]) == 43
    assert asked["state"] != asked["nonce"]
    assert "openid" in asked["scope"]


def test_the_same_person_comes_back_to_the_same_account_and_another_one_does_not(browser, house, database, provider):
    sign_on(browser)
    sign_on(Browser(house.url))
    assert len(Accounts(database).list()) == 1
    provider.person = {"sub": "2", "preferred_username": "Kim", "roles": ["viewer"]}
    sign_on(Browser(house.url))
    assert len(Accounts(database).list()) == 2


def test_a_local_account_of_the_same_name_is_never_taken_over(browser, house, database):
    add_account(house.settings.database, "kim", "admin")
    sign_on(browser)
    local, foreign = Accounts(database).list()
    assert (local.name, local.role, local.single_sign_on) == ("kim", "admin", False)
    assert foreign.name.startswith("kim+")
    assert foreign.role == "reviewer"


def test_a_role_that_the_provider_changes_changes_here_and_ends_the_old_sessions(browser, house, database, provider):
    sign_on(browser)
    provider.person["roles"] = ["viewer"]
    later = Browser(house.url)
    sign_on(later)
    assert not browser.is_in()
    assert later.is_in()
    assert Accounts(database).list()[0].role == "viewer"
    assert lines(database, "staff.role")[0].details == {"role": "viewer"}


def test_who_has_no_role_any_more_is_not_let_in(browser, provider, database):
    for roles in ([], ["nurse"], None, 7, {"admin": True}):
        provider.person["roles"] = roles
        assert sign_on(browser).status_code == 403
        assert "no role here" in browser.page.text
        assert not browser.is_in()
    assert Accounts(database).list() == []
    assert {line.details["why"] for line in lines(database, "login.refused")} == {"no role"}


def test_an_account_that_is_disabled_here_stays_out(browser, database):
    sign_on(browser)
    Accounts(database).disable("kim", "operator:test")
    assert not browser.is_in()
    assert sign_on(browser).status_code == 403
    assert "disabled" in browser.page.text


def test_an_admin_needs_a_second_factor_unless_the_provider_asked_for_one(browser, house, provider):
    provider.person["roles"] = ["admin"]
    assert sign_on(browser).headers["location"] == "/staff/login/enrol"
    assert not browser.is_in()
    provider.person["amr"] = ["pwd", "otp"]
    other = Browser(house.url)
    assert sign_on(other).headers["location"] == "/staff"
    assert other.is_in()


def test_the_provider_may_refuse(browser, provider):
    provider.person = None
    refused = sign_on(browser)
    assert refused.status_code == 403
    assert "did not let you in" in refused.text


def test_a_way_back_is_good_once_and_for_the_browser_that_left(browser, house):
    back = to_provider(browser)
    assert Browser(house.url).http.get(back).status_code == 403
    assert browser.http.get(back).headers["location"] == "/staff"
    assert Browser(house.url).http.get(back).status_code == 403
    assert browser.http.get(back).status_code == 403


def test_a_way_back_with_another_state_is_refused(browser):
    back = to_provider(browser)
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert browser.http.get(back.replace(state, state[::-1])).status_code == 403
    assert browser.http.get(back).status_code == 403
    assert not browser.is_in()


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=access_denied&state=x"])
def test_who_comes_back_without_having_left_is_refused(browser, query):
    assert browser.http.get(f"/staff/sso/return{query}").status_code == 403


def without_signature(claims, _header):
    parts = ({"alg": "none"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, ""])


@pytest.mark.parametrize(
    "lie",
    [
        lambda claims, _: claims.update(iss="https://other.example"),
        lambda claims, _: claims.update(aud="another-client"),
        lambda claims, _: claims.update(aud=[CLIENT_ID, "another-client"]),
        lambda claims, _: claims.update(exp=int(time.time()) - 120),
        lambda claims, _: claims.update(iat=int(time.time()) + 600),
        lambda claims, _: claims.update(nonce="of another sign-in"),
        lambda claims, _: claims.pop("nonce") and None,
        lambda claims, _: claims.pop("sub") and None,
        lambda claims, _: claims.update(at_hash="x" * 22),
        without_signature,
        lambda _claims, _header: "not.a.token",
        lambda _claims, _header: "",
    ],
)
def test_a_token_that_is_not_for_this_sign_in_lets_nobody_in(browser, provider, database, lie):
    provider.tamper = lie
    refused = sign_on(browser)
    assert refused.status_code == 403
    assert "cannot be accepted" in refused.text
    assert not browser.is_in()
    assert Accounts(database).list() == []
    assert len(lines(database, "login.refused")) == 1


def test_a_token_that_somebody_else_signed_lets_nobody_in(browser, provider):
    provider.sign_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert sign_on(browser).status_code == 403
    provider.sign_with = OctKey.import_key(SECRET)
    provider.tamper = lambda _claims, header: header.update(alg="HS256")
    assert sign_on(browser).status_code == 403
    assert not browser.is_in()


def test_an_issuer_that_calls_itself_something_else_is_not_asked(serve, assistant, provider):
    settings = {"oidc_issuer": f"{provider.url.replace('127.0.0.1', 'localhost')}", "oidc_client_id": CLIENT_ID}
    with serve(assistant, **settings) as running:
        refused = Browser(running.url).http.get("/staff/sso/start")
    assert refused.status_code == 502
    assert "OIDC_ISSUER" in refused.text


def test_a_provider_that_is_away_is_told_and_passwords_go_on(serve, assistant):
    with serve(assistant, oidc_issuer="http://127.0.0.1:9", oidc_client_id=CLIENT_ID) as running:
        browser = Browser(running.url)
        assert browser.http.get("/staff/sso/start").status_code == 502
        add_account(running.settings.database, "lee", "viewer")
        assert browser.password("lee").headers["location"] == "/staff"


def test_without_a_provider_there_is_no_such_way(gateway):
    browser = Browser(gateway.url)
    assert "sso" not in browser.see("/staff/login").text
    assert browser.http.get("/staff/sso/start").status_code == 404
    assert browser.http.get("/staff/sso/return?code=x&state=x").status_code == 404


def test_the_settings_say_which_value_is_which_role():
    roles = roles_of("nurses=reviewer, it=admin")
    assert roles == {"nurses": "reviewer", "it": "admin"}
    claims = {"realm_access": {"roles": ["nurses", "it"]}, "a.b": "nurses", "groups": "it"}
    assert role_of(claims, "realm_access.roles", roles) == "admin"
    assert role_of(claims, "a.b", roles) == "reviewer"
    assert role_of(claims, "groups", roles) == "admin"
    assert role_of(claims, "nothing", roles) is None
    assert role_of({"roles": ["viewer"]}, "roles", roles_of("")) == "viewer"


@pytest.mark.parametrize(("amr", "has"), [(["pwd"], False), (["pwd", "otp"], True), (["mfa"], True), ("mfa", False)])
def test_a_second_factor_is_what_the_provider_says_it_asked_for(amr, has):
    assert has_second_factor({"amr": amr}) == has


@pytest.mark.parametrize("issuer", ["http://id.example", "id.example", "https://id.example/?x", "https://id.example#x"])
def test_an_issuer_without_tls_stops_the_start(issuer):
    with pytest.raises(ValueError, match="https"):
        Settings(_env_file=None, oidc_issuer=issuer)


@pytest.mark.parametrize("roles", ["nurses", "nurses=boss", "=admin", "a=admin,,b=viewer"])
def test_a_wrong_mapping_of_roles_stops_the_start(roles):
    with pytest.raises(ValueError, match="ROLE"):
        Settings(_env_file=None, oidc_roles=roles)
