"""Ten thousand attempts to do what one may not: none succeeds. The application is called without a network between."""

import asyncio
import random
import string
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from gateway.conftest import make_settings
from gateway.staff_browser import COOKIE
from sqlalchemy import update

from bot.gateway.app import create_app
from bot.gateway.rooms import furnish
from bot.gateway.staff_access import Admin, Reviewer, Viewer, staff_router
from bot.staff import passwords, rows, sessions
from bot.staff.models import StaffSessionRow
from bot.staff.records import ROLES
from bot.staff.sessions import csrf_token, id_hash, new_id
from bot.storage.engine import Database, make_engine

ATTEMPTS = 10_000
PATHS = {"viewer": "/staff/try/viewer", "reviewer": "/staff/try/reviewer", "admin": "/staff/try/admin"}


class House:
    """The application with a route for each role, the sessions of its staff, and a count of what was done."""

    def __init__(self, folder, database_url):
        self.done = Counter()
        settings = make_settings(folder, "http://127.0.0.1:9", database_url=database_url)
        self.app = create_app(settings)
        self.app.include_router(self._routes())
        self.app.state.rooms = self.rooms = furnish(settings)
        self.database = Database(make_engine(database_url))
        self.ids = {role: self.session(role) for role in ROLES}

    def _routes(self):
        router = staff_router()

        async def viewer(staff: Viewer) -> str:
            self.done[staff.role] += 1
            return "done"

        async def reviewer(staff: Reviewer) -> str:
            return await viewer(staff)

        async def admin(staff: Admin) -> str:
            return await viewer(staff)

        for role, work in (("viewer", viewer), ("reviewer", reviewer), ("admin", admin)):
            router.add_api_route(f"/try/{role}", work, methods=["GET", "POST"])
        return router

    def session(self, role, stage="complete", ago=timedelta(), **changes):
        now = datetime.now(UTC) - ago
        with self.database.write() as session:
            name = f"{role}-{new_id()[:8].lower().strip('-_')}x"
            row = rows.new(session, name, role, now, password_hash="none")
            row.disabled_at = changes.get("disabled_at")
            session_id = sessions.begin(session, row.id, stage, now)
            if "started_at" in changes:
                started = update(StaffSessionRow).where(StaffSessionRow.id_hash == id_hash(session_id))
                session.execute(started.values(started_at=changes["started_at"]))
        return session_id

    async def call(self, path, method, cookie, token, **more):
        """Return the status that the application answers with."""
        headers = [(b"host", b"127.0.0.1")]
        if cookie is not None:
            headers.append((b"cookie", f"{more.get('cookie_name', COOKIE)}={cookie}".encode("latin-1", "replace")))
        if token is not None:
            headers.append((b"x-csrf-token", token.encode("latin-1", "replace")))
        if "site" in more:
            headers.append((b"sec-fetch-site", more["site"].encode()))
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "scheme": "http",
            "http_version": "1.1",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
            "state": {},
        }
        status = []

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            if message["type"] == "http.response.start":
                status.append(message["status"])

        await self.app(scope, receive, send)
        return status[0]


@pytest.fixture(scope="module")
def house(tmp_path_factory, sqlite_files):
    made = House(tmp_path_factory.mktemp("attempts"), sqlite_files.lend())
    yield made
    asyncio.run(made.rooms.assistant.close())
    made.rooms.database.close()
    made.database.close()


def forged(house, pick):
    """An id that nobody was given: random, or a real one with something changed."""
    real = house.ids[pick.choice(ROLES)]
    at = pick.randrange(len(real))
    other = pick.choice([char for char in string.ascii_letters + string.digits if char != real[at]])
    cookie = pick.choice(
        [
            new_id(),
            real[:at] + other + real[at + 1 :],
            real[:-1],
            real + pick.choice(string.ascii_letters),
            real.swapcase(),
            id_hash(real),
            csrf_token(real),
            "",
            "' OR 1=1 --",
            "".join(pick.choices(string.printable.replace(";", "").replace(",", ""), k=43)),
        ]
    )
    name = pick.choice([COOKIE, COOKIE, COOKIE, "__Host-staff", "session"])
    return {"cookie": cookie, "token": pick.choice([csrf_token(cookie), csrf_token(real)]), "cookie_name": name}


def over(house, pick):
    """The id of a session that has run out, was ended, is not complete, or whose account is disabled."""
    cookie = pick.choice(house.gone)
    return {"cookie": cookie, "token": csrf_token(cookie)}


def with_anothers_token(house, pick):
    """A change with a real session, and a token that is another's, none, or half of the right one."""
    mine, other = pick.sample(ROLES, 2)
    right = csrf_token(house.ids[mine])
    tokens = [csrf_token(house.ids[other]), None, "", right[:32], right.upper(), csrf_token(new_id()), house.ids[mine]]
    return {"cookie": house.ids[mine], "token": pick.choice(tokens), "method": "POST"}


def from_another_site(house, pick):
    """A change with all that is right, but sent by another site's page."""
    cookie = house.ids[pick.choice(ROLES)]
    return {
        "cookie": cookie,
        "token": csrf_token(cookie),
        "method": "POST",
        "site": pick.choice(["cross-site", "same-site"]),
    }


def of_a_lower_role(house, pick):
    """Something for a higher role, with a real session and its token."""
    own, needed = pick.choice([("viewer", "reviewer"), ("viewer", "admin"), ("reviewer", "admin")])
    return {"cookie": house.ids[own], "token": csrf_token(house.ids[own]), "role": needed}


KINDS = [forged] * 4 + [over] * 2 + [with_anothers_token] * 2 + [from_another_site, of_a_lower_role]


@pytest.mark.timeout(280)
def test_of_ten_thousand_attempts_none_succeeds(house):
    pick = random.Random(20_261_125)  # noqa: S311 - the same attempts each time
    now = datetime.now(UTC)
    house.gone = [
        house.session("admin", ago=timedelta(minutes=15)),
        house.session("admin", ago=timedelta(minutes=16)),
        house.session("admin", ago=timedelta(days=3)),
        house.session("admin", started_at=now - timedelta(hours=12)),
        house.session("admin", disabled_at=now),
        house.session("admin", stage="code"),
        house.session("admin", stage="enrol"),
        house.session("admin", stage="code", ago=timedelta(minutes=11)),
    ]
    ended = house.session("admin")
    with house.database.write() as session:
        sessions.end(session, ended)
    house.gone.append(ended)
    outcomes = Counter()

    async def attempt():
        for _ in range(ATTEMPTS):
            kind = pick.choice(KINDS)
            asked = {"role": pick.choice(ROLES), "method": pick.choice(["GET", "POST"]), **kind(house, pick)}
            path = PATHS[asked.pop("role")]
            outcomes[kind.__name__, await house.call(path, **asked)] += 1

    asyncio.run(attempt())
    assert sum(outcomes.values()) == ATTEMPTS
    assert house.done == Counter()
    assert {kind: {status for name, status in outcomes if name == kind} for kind, _ in outcomes} == {
        "forged": {404},
        "over": {404},
        "with_anothers_token": {403},
        "from_another_site": {403},
        "of_a_lower_role": {403},
    }


def test_and_the_genuine_ones_do(house):
    async def genuine():
        return [
            await house.call(PATHS[needed], method, house.ids[role], csrf_token(house.ids[role]), site="same-origin")
            for role in ROLES
            for needed in ROLES[: ROLES.index(role) + 1]
            for method in ("GET", "POST")
        ]

    assert asyncio.run(genuine()) == [200] * 12
    assert house.done == {"viewer": 2, "reviewer": 4, "admin": 6}


def test_guessing_passwords_gets_nowhere(house, monkeypatch):
    monkeypatch.setattr(passwords, "is_right", lambda stored, password: stored is not None and password == "right")
    from bot.staff.errors import LockedOut, Refused

    house.rooms.staff.accounts.add("target", "admin", "a few unrelated words", "operator:test")
    outcomes = Counter()
    for number in range(2_000):
        try:
            house.rooms.staff.signing_in.with_password("target", f"guess {number}", f"192.0.2.{number % 250}")
        except LockedOut:
            outcomes["locked"] += 1
        except Refused:
            outcomes["looked at"] += 1
    assert outcomes["looked at"] <= 8
    assert sum(outcomes.values()) == 2_000
