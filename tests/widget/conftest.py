"""A real browser with the widget on a page, and a fake chat API behind it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from widget.fake_chat_api import FakeChatApi
from widget.visitor import Chat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--no-first-run",
]
_REFUSED = re.compile(r"Failed to load resource: (the server responded with a status of (404|422|429|503)|net::ERR_)")


def launched() -> Iterator[Browser]:
    """Yield the browser; skips without it, but fails where CI should have it."""
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is missing; install Debian's package chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_OPTIONS)


# Playwright keeps an event loop running, in which tests of other modules could start none.
browser = pytest.fixture(launched, scope="module", name="browser")


@pytest.fixture
def api() -> Iterator[FakeChatApi]:
    fake = FakeChatApi()
    yield fake
    fake.close()
    assert fake.complaints == []


@pytest.fixture
def other_site() -> Iterator[FakeChatApi]:
    """A site at another origin, with pages of its own and no chat API that anyone asks."""
    fake = FakeChatApi()
    yield fake
    fake.close()
    assert not [path for path in fake.asked if path.startswith("/api/")]


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """Errors, broken policies, dialogs and requests elsewhere, of all pages of a test; at the end there are none."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def new_context(browser: Browser, api: FakeChatApi, faults: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browsers of their own; each page of theirs is watched for faults."""
    contexts = []

    def watch(page: Page) -> None:
        page.on("console", lambda said: _REFUSED.match(said.text) or faults.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(f"dialog {dialog.message}"))
        page.on("request", lambda asked: _is_ours(asked.url) or faults.append(asked.url))

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"base_url": api.url, "reduced_motion": "reduce", **options})
        context.set_default_timeout(10_000)
        context.on("page", watch)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


def _is_ours(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "blob:"))


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_context()


@pytest.fixture
def chat(context: BrowserContext) -> Chat:
    """A visitor on a page of a site, with the chat opened."""
    return Chat(context.new_page()).visit().open()
