"""Somebody of staff with a browser and an authenticator; speaks to a gateway over HTTP."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import httpx
import pyotp
from gateway.visitor import client

from bot.staff.accounts import Accounts
from bot.storage.engine import Database, make_engine

if TYPE_CHECKING:
    from bot.staff.records import Role

PASSWORD = "a few unrelated words"
COOKIE = "staff-on-this-machine"


def add_account(database_url: str, name: str, role: Role) -> None:
    """Make an account, as ``python -m bot staff add`` does."""
    database = Database(make_engine(database_url))
    Accounts(database).add(name, role, PASSWORD, "operator:test")
    database.close()


class Browser:
    """A browser with its cookies. ``page`` is what it was shown last."""

    def __init__(self, url: str) -> None:
        self.http = client(url)
        self.page: httpx.Response = httpx.Response(200, text="")
        self.secret = ""
        self._used: set[str] = set()

    @property
    def id(self) -> str | None:
        return self.http.cookies.get(COOKIE)

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.page.text)
        assert found, f"no token in {self.page.status_code}: {self.page.text[:300]}"
        return found[1]

    def see(self, path: str) -> httpx.Response:
        self.page = self.http.get(path)
        return self.page

    def send(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of the page that is shown."""
        self.page = self.http.post(path, data={"csrf": self.csrf, **fields})
        return self.page

    def password(self, name: str, password: str = PASSWORD) -> httpx.Response:
        self.see("/staff/login")
        return self.send("/staff/login", name=name, password=password)

    def enrol(self) -> httpx.Response:
        shown = self.see("/staff/login/enrol").text
        key = re.search(r'class="key">([A-Z2-7 ]+)<', shown)
        assert key
        self.secret = key[1].replace(" ", "")
        return self.send("/staff/login/enrol", code=self.code())

    def code(self) -> str:
        """A code that was not used yet; it may be the next one, which is good already."""
        totp = pyotp.TOTP(self.secret)
        for ahead in (0, 30):
            code = totp.at(int(time.time()) + ahead)
            if code not in self._used:
                self._used.add(code)
                return code
        time.sleep(30 - time.time() % 30 + 0.5)
        return self.code()

    def second(self, code: str | None = None) -> httpx.Response:
        self.see("/staff/login/second-factor")
        return self.send("/staff/login/second-factor", code=code or self.code())

    def sign_in(self, name: str) -> Browser:
        """Sign in as far as it goes without anything to type but the password and, once set up, a code."""
        where = self.password(name).headers.get("location")
        if where == "/staff/login/enrol":
            self.enrol()
        elif where == "/staff/login/second-factor":
            self.second()
        return self

    def is_in(self) -> bool:
        return self.http.get("/staff/account").status_code == 200


def headers_of(response: httpx.Response) -> dict[str, Any]:
    """The headers, by their names in small letters."""
    return {name.lower(): value for name, value in response.headers.items()}
