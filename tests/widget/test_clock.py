"""The visitor's clock may be wrong: days, times and waits follow the server's."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, expect
from widget.fake_chat_api import ANSWER, WIDGET_WITH_SMS, host_page
from widget.visitor import Chat

if TYPE_CHECKING:
    from widget.fake_chat_api import FakeChatApi

DAY = 86_400  # seconds
WRONG_BY = """((ahead) => {
  const Right = Date;
  window.Date = class extends Right {
    constructor(...given) { if (given.length) super(...given); else super(Right.now() + ahead); }
    static now() { return Right.now() + ahead; }
  };
})"""


def wrong_by(context: BrowserContext, seconds: int) -> BrowserContext:
    context.add_init_script(f"{WRONG_BY}({seconds * 1000})")
    return context


@pytest.mark.parametrize("days", [-3, 3])
def test_what_is_said_now_is_said_today_on_a_clock_that_is_wrong_by_days(context: BrowserContext, days: int) -> None:
    chat = Chat(wrong_by(context, days * DAY).new_page()).visit().open()
    for number in range(2):
        chat.ask("How long does RFA last?")
        expect(chat.bubbles(ANSWER["text"])).to_have_count(number + 1)
    assert chat.page.locator(".day-change").all_inner_texts() == ["Today"]
    shown = [datetime.fromisoformat(each.get_attribute("datetime") or "") for each in chat.page.locator("time").all()]
    assert len(shown) == 5
    assert all(abs((datetime.now(UTC) - each).total_seconds()) < 60 for each in shown)
    chat.page.reload()
    expect(chat.bubbles()).to_have_count(5)
    assert chat.page.locator(".day-change").all_inner_texts() == ["Today"]


@pytest.mark.parametrize("hours", [-2, 2])
def test_the_time_that_is_left_of_a_code_is_the_servers_also_from_another_origin(
    context: BrowserContext, api: FakeChatApi, other_site: FakeChatApi, hours: int
) -> None:
    api.widget = WIDGET_WITH_SMS
    api.origins.add(other_site.url)
    api.phone_codes = ["K7MQ2X"]
    other_site.pages["/page"] = (host_page(api.url), {})
    page = wrong_by(context, hours * 3_600).new_page()
    chat = Chat(page).visit(f"{other_site.url}/page").open()
    chat.choose_option("Go on by text message")
    expect(page.get_by_role("timer")).to_have_text(re.compile("Time left: (9:5.|10:00)$"))


def test_a_wait_until_a_time_of_the_servers_is_as_long_there(context: BrowserContext, api: FakeChatApi) -> None:
    chat = Chat(wrong_by(context, DAY).new_page()).visit().open()
    api.trouble = [(429, {"Retry-After": http_date(30)})]
    chat.ask("How long does RFA last?")
    expect(chat.page.get_by_text(re.compile(r"is sent by itself in (29|30|31) seconds"))).to_be_visible()


def http_date(seconds: int) -> str:
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() + seconds, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
