"""The way into the console and out of it, over a real gateway."""

import itertools
import re

import pytest
from gateway.staff_browser import COOKIE, PASSWORD, Browser, add_account, headers_of
from gateway.visitor import client

from bot.staff.audit import Audit
from bot.storage.engine import Database, make_engine

_NUMBERS = itertools.count(1)


@pytest.fixture
def audit(gateway):
    database = Database(make_engine(gateway.settings.database))
    yield Audit(database)
    database.close()


@pytest.fixture
def account(gateway):
    """Make an account; return its name."""

    def make(role):
        name = f"{role}-{next(_NUMBERS)}"
        add_account(gateway.settings.database, name, role)
        return name

    return make


@pytest.fixture
def browser(gateway):
    return Browser(gateway.url)


def test_a_reviewer_signs_in_looks_at_the_account_and_signs_out(account, browser, audit):
    name = account("reviewer")
    assert browser.password(name).headers["location"] == "/staff"
    shown = browser.see("/staff/account")
    assert f"<dd>{name}</dd>" in shown.text
    assert browser.send("/staff/logout").headers["location"] == "/staff/login"
    assert browser.id is None
    assert not browser.is_in()
    assert [line.action for line in audit.entries(actor=f"staff:{name}")] == ["logout", "login.ok"]


def test_an_admin_sets_the_second_factor_up_and_is_asked_for_it_from_then_on(account, browser, gateway):
    name = account("admin")
    assert browser.password(name).headers["location"] == "/staff/login/enrol"
    assert not browser.is_in()
    codes = browser.enrol()
    assert codes.status_code == 200
    recovery = re.findall(r"<code>([0-9A-Z-]{19})</code>", codes.text)
    assert len(recovery) == 10
    assert browser.is_in()
    other = Browser(gateway.url)
    other.secret, other._used = browser.secret, browser._used
    assert other.password(name).headers["location"] == "/staff/login/second-factor"
    assert not other.is_in()
    assert other.second("000000").status_code == 422
    assert "wrong" in other.page.text
    assert other.second().headers["location"] == "/staff"
    assert other.is_in()
    third = Browser(gateway.url)
    third.password(name)
    assert third.second(recovery[0]).headers["location"] == "/staff"


def test_the_qr_code_is_a_picture_in_the_page_that_needs_no_script_or_style(account, browser):
    browser.password(account("admin"))
    text = browser.see("/staff/login/enrol").text
    assert re.search(r'<svg[^>]+class="qr"', text)
    assert " style=" not in text
    assert not re.search(r"<script|<style|\son\w+=", text)


def test_a_wrong_password_is_told_in_one_sentence_and_the_name_stays_in_the_form(account, browser):
    name = account("viewer")
    refused = browser.password(name, "wrong")
    assert refused.status_code == 422
    assert "Name or password is wrong." in refused.text
    assert f'value="{name}"' in refused.text
    assert "wrong-password" not in refused.text
    assert 'role="alert"' in refused.text


def test_after_some_wrong_passwords_one_has_to_wait(account, browser):
    name = account("viewer")
    for _ in range(5):
        assert browser.password(name, "wrong").status_code == 422
    refused = browser.password(name)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 30
    assert "Wait" in refused.text


def test_the_session_is_another_one_after_each_step(account, browser):
    name = account("admin")
    browser.see("/staff/login")
    ids = [browser.id]
    browser.password(name)
    ids.append(browser.id)
    browser.enrol()
    ids.append(browser.id)
    assert len(set(ids)) == 3
    for old in ids[:-1]:
        browser.http.cookies.set(COOKIE, old, domain="127.0.0.1", path="/")
        assert browser.http.get("/staff/account", headers={"Cookie": f"{COOKIE}={old}"}).status_code == 404


def test_signing_out_everywhere_ends_the_others_too(account, gateway):
    name = account("viewer")
    here, there = Browser(gateway.url).sign_in(name), Browser(gateway.url).sign_in(name)
    assert here.is_in()
    assert there.is_in()
    here.see("/staff/account")
    here.send("/staff/logout-everywhere")
    assert not here.is_in()
    assert not there.is_in()


def test_a_password_is_changed_and_the_other_sessions_end(account, gateway):
    name = account("viewer")
    here, there = Browser(gateway.url).sign_in(name), Browser(gateway.url).sign_in(name)
    here.see("/staff/account")
    new = "quite another sentence"
    assert "differ" in here.send("/staff/account/password", old=PASSWORD, new=new, again="x").text
    assert here.send("/staff/account/password", old="x", new=new, again=new).status_code == 422
    done = here.send("/staff/account/password", old=PASSWORD, new=new, again=new)
    assert (done.status_code, "is changed" in done.text) == (200, True)
    assert here.is_in()
    assert not there.is_in()
    here.send("/staff/logout")
    assert Browser(gateway.url).password(name).status_code == 422
    assert Browser(gateway.url).password(name, new).headers["location"] == "/staff"


def test_a_viewer_can_have_a_second_factor_of_their_own_will(account, browser):
    name = account("viewer")
    browser.sign_in(name)
    browser.enrol()
    assert browser.is_in()
    assert browser.see("/staff/login/enrol").status_code == 409
    assert browser.see("/staff/login").headers["location"] == "/staff"  # signed in already
    browser.see("/staff/account")
    browser.send("/staff/logout")
    assert browser.password(name).headers["location"] == "/staff/login/second-factor"


OUTSIDE = ["/staff", "/staff/", "/staff/account", "/staff/conversations", "/staff/conversations/1", "/staff/nothing"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"])
@pytest.mark.parametrize("path", [*OUTSIDE, "/staff/logout", "/staff/account/password"])
def test_outsiders_get_404_for_everything_but_the_sign_in(gateway, method, path):
    with client(gateway.url) as http:
        refused = http.request(method, path)
        nowhere = http.request("GET", "/nowhere")
    assert refused.status_code == 404
    if method != "HEAD":
        assert refused.json() == nowhere.json()


def test_who_is_half_way_in_is_an_outsider_still(account, browser):
    browser.password(account("admin"))
    for path in OUTSIDE:
        assert browser.http.get(path).status_code == 404
    assert browser.see("/staff/login/second-factor").status_code == 404
    assert browser.see("/staff/login").headers["location"] == "/staff/login/enrol"


def test_every_response_for_staff_has_strict_headers(account, browser):
    browser.see("/staff/login")
    responses = [browser.page, browser.http.get("/staff/nothing")]
    browser.sign_in(account("viewer"))
    responses += [browser.http.get("/staff/account"), browser.http.get("/staff/nothing")]
    for response in responses:
        headers = headers_of(response)
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")


def test_the_cookie_of_a_connection_on_this_machine_has_a_name_of_its_own(browser):
    cookie = browser.see("/staff/login").headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


HTTPS = {"X-Forwarded-Proto": "https", "Host": "chat.clinic.example"}


def test_behind_a_proxy_with_tls_the_cookie_is_a_host_cookie(account, gateway):
    name = account("viewer")
    with client(gateway.url, headers=HTTPS) as http:
        shown = http.get("/staff/login")
        cookie = shown.headers["set-cookie"]
        assert re.match(r"__Host-staff=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure$", cookie)
        token = re.search(r'value="([0-9a-f]{64})"', shown.text)[1]
        held = cookie.partition(";")[0]
        entered = http.post(
            "/staff/login", data={"csrf": token, "name": name, "password": PASSWORD}, headers={"Cookie": held}
        )
        assert entered.headers["location"] == "/staff"
        held = entered.headers["set-cookie"].partition(";")[0]
        assert http.get("/staff/account", headers={"Cookie": held}).status_code == 200
        local = held.replace("__Host-staff", COOKIE)
        assert http.get("/staff/account", headers={"Cookie": local}).status_code == 404
    with client(gateway.url) as plain:
        assert plain.get("/staff/account", headers={"Cookie": held}).status_code == 404
        assert plain.get("/staff/account", headers={"Cookie": local}).status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Host": "chat.clinic.example"}, {"X-Forwarded-For": "192.0.2.1"}, {"Host": "127.0.0.1.evil.example"}]
)
def test_on_a_connection_that_others_could_hear_nobody_signs_in(gateway, headers):
    with client(gateway.url, headers=headers) as http:
        assert http.get("/staff/login").status_code == 403
        refused = http.post("/staff/login", data={"csrf": "x", "name": "a", "password": "b"})
        assert refused.status_code == 403
        assert "set-cookie" not in refused.headers


def test_a_session_that_comes_over_a_connection_that_others_could_hear_opens_nothing(account, browser):
    browser.sign_in(account("viewer"))
    assert browser.http.get("/staff/account", headers={"Host": "chat.clinic.example"}).status_code == 404


@pytest.mark.parametrize("path", ["/staff/logout", "/staff/logout-everywhere", "/staff/account/password"])
def test_a_change_without_the_right_token_is_refused(account, gateway, path):
    here = Browser(gateway.url).sign_in(account("viewer"))
    other = Browser(gateway.url).sign_in(account("viewer"))
    other.see("/staff/account")
    for token in ("", "x", other.csrf, "0" * 64):
        assert here.http.post(path, data={"csrf": token}).status_code == 403
        assert here.http.post(path, headers={"X-CSRF-Token": token}).status_code == 403
    assert here.http.post(path).status_code == 403
    assert here.http.post(path, json={"csrf": "x"}).status_code == 403
    assert here.is_in()


def test_the_right_token_from_another_sites_page_is_refused(account, browser):
    browser.sign_in(account("viewer"))
    browser.see("/staff/account")
    for site in ("cross-site", "same-site"):
        refused = browser.http.post("/staff/logout", data={"csrf": browser.csrf}, headers={"Sec-Fetch-Site": site})
        assert refused.status_code == 403
    assert browser.is_in()


def test_signing_in_wants_the_token_of_the_form_too(account, gateway):
    name = account("viewer")
    with client(gateway.url) as http:
        assert http.post("/staff/login", data={"name": name, "password": PASSWORD}).status_code == 403


def test_all_routes_below_staff_that_change_something_check_the_token(gateway):
    from fastapi import FastAPI
    from fastapi.routing import APIRoute

    from bot.gateway.app import create_app
    from bot.gateway.staff_access import csrf_checked

    app: FastAPI = create_app(gateway.settings)
    routes = [route for route in app.routes if isinstance(route, APIRoute) and route.path.startswith("/staff")]
    unsafe = [route for route in routes if route.methods - {"GET", "HEAD"}]
    assert len(unsafe) >= 6
    unchecked = [
        route.path
        for route in unsafe
        if csrf_checked not in [dependency.call for dependency in route.dependant.dependencies]
    ]
    assert unchecked == []


def test_the_style_is_served_and_the_pages_name_no_file_that_is_not(browser, account):
    browser.sign_in(account("viewer"))
    for path in ("/staff/login", "/staff/account"):
        text = browser.http.get(path, follow_redirects=False).text
        for name in re.findall(r'(?:href|src)="(/static/[^"]+)"', text):
            assert browser.http.get(name).status_code == 200, name


@pytest.mark.parametrize("field", ["name", "password"])
@pytest.mark.parametrize("value", ["\x00", "x" * 100_000, "💊" * 100, "'; DROP TABLE staff; --", "<script>"])
def test_odd_input_is_refused_politely(gateway, field, value):
    browser = Browser(gateway.url)
    browser.see("/staff/login")
    refused = browser.send("/staff/login", **{"name": "nobody", "password": "x", field: value})
    assert refused.status_code in {422, 429}
    assert "<script>" not in refused.text


def test_a_visitor_who_erases_the_conversation_leaves_a_line_of_audit(visitor, audit):
    visitor.http.delete(visitor.path, headers={"Authorization": f"Bearer {visitor.token}"}).raise_for_status()
    (line,) = audit.entries(subject=f"conversation:{visitor.id}")
    assert (line.actor, line.action, line.details) == ("visitor", "conversation.erased", {"why": "request"})
