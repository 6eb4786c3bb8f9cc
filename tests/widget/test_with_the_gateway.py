"""The widget against the real gateway, whose assistant is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gateway.conftest import make_settings
from gateway.local_server import LocalServer
from gateway.texter import NUMBER, sms_settings
from playwright.sync_api import expect
from widget.fake_chat_api import FakeChatApi, host_page
from widget.visitor import Chat

from bot.gateway.app import create_app
from bot.gateway.triage_loader import TriageLoader
from bot.safety.replies import safety_texts
from bot.sms.codes import code_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext

PHONE = "(503) 555-0129"
NOBODY = "http://127.0.0.1:9"  # refuses connections


@pytest.fixture
def gateway_url(sqlite_url: str, other_site: FakeChatApi, tmp_path) -> Iterator[str]:
    settings = make_settings(
        tmp_path, NOBODY, database_url=sqlite_url, clinic_phone=PHONE, widget_origins=other_site.url, **sms_settings()
    )
    TriageLoader(settings)()  # as in tests/gateway: loaded once, so that no visitor waits for it here
    with LocalServer(create_app(settings)) as server:
        yield server.url


@pytest.mark.parametrize("where", ["its own page", "another site"])
def test_a_visitor_asks_has_an_emergency_and_reloads(
    gateway_url: str, other_site: FakeChatApi, new_context: Callable[..., BrowserContext], where: str
) -> None:
    policy = f"default-src 'self'; script-src {gateway_url}; connect-src {gateway_url}"
    other_site.pages["/page"] = (host_page(gateway_url), {"Content-Security-Policy": policy})
    chat = Chat(new_context(base_url=gateway_url).new_page())
    chat.visit("/" if where == "its own page" else f"{other_site.url}/page")
    chat.launcher.click()
    expect(chat.bubbles("You can ask me about pain that stays after spine surgery.")).to_be_visible()
    chat.ask("How long does RFA last?")
    waiting = chat.bubbles("I have your message and will answer it here as soon as I can.")
    expect(waiting).to_be_visible(timeout=20_000)  # the first message of a gateway takes longest
    expect(waiting.get_by_role("link", name=PHONE)).to_have_attribute("href", "tel:5035550129")
    chat.ask("I cannot feel when I wipe and since this morning I have lost control of my bladder")
    urgent = chat.page.locator(".urgent.emergency")
    expect(urgent).to_contain_text(safety_texts()["emergency"].text)
    assert urgent.locator(".calls a").all_inner_texts() == ["Call 911", f"Call {PHONE}"]
    expect(chat.bubbles(safety_texts()["ask_emergency"].text)).to_be_visible()
    before = chat.said()
    chat.page.reload()
    expect(chat.bubbles()).to_have_count(len(before))
    assert chat.said() == before
    chat.choose_option("Go on by text message")
    link = chat.page.locator(".text-code a")
    address, code = (link.get_attribute("href") or "").split("?&body=")
    assert address == f"sms:{NUMBER}"
    assert code_in(code) == code
    chat.button("Done").click()
    chat.choose_option("Forget this conversation")
    chat.button("Forget it").click()
    # The assistant remembers the conversation too, and cannot be told now.
    expect(chat.page.get_by_text("The conversation could not be erased.")).to_be_visible()
