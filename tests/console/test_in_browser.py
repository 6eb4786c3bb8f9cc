"""The console in a real browser: each role reads it, nothing of a visitor's runs in it, everybody can use it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from console.conftest import COOKIE, EXAMPLE_HOURS
from playwright.sync_api import expect
from widget.visitor import AXE, RUN_AXE

from bot.booking.book import Book
from bot.booking.hours import load_availability
from bot.booking.records import Request
from bot.storage.encryption import cipher_of
from bot.storage.engine import Database, make_engine

if TYPE_CHECKING:
    from playwright.sync_api import Page

EMERGENCY = "I cannot feel when I wipe and since this morning I have lost control of my bladder"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea><script>alert(1)</script>",
    "{{ 7*7 }} {% print 7*7 %}",
    "<a href='javascript:alert(1)'>x</a>",
    '<div hx-get="/staff/audit" hx-trigger="load">x</div>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<style>body{display:none}</style>",
    "<!--",
    "<base href='http://evil.example/'>",
    "javascript:alert(1)",
    "\u202egnp.exe",
]
VIEWPORTS = {"wide": (1280, 900), "narrow": (390, 800)}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PICTURES = os.environ.get("PICTURES")  # a folder to keep pictures of the pages in


@pytest.fixture
def faults():
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def open_as(browser, gateway, faults):
    """Opens a browser in which somebody of the staff is signed in."""
    contexts = []

    def opened(person, **options) -> Page:
        context = browser.new_context(base_url=gateway.url, **options)
        contexts.append(context)
        context.add_cookies([{"name": COOKIE, "value": person.secret, "url": gateway.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: faults.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(f"dialog {dialog.message}"))
        page.on("request", lambda asked: asked.url.startswith(gateway.url) or faults.append(asked.url))
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def visitor(gateway):
    return gateway.new_visitor()


@pytest.fixture
def appointment(gateway, visitor):
    database = Database(make_engine(gateway.settings.database))
    book = Book(database, load_availability(EXAMPLE_HOURS), cipher=cipher_of(gateway.settings))
    request = Request("<img src=x onerror=alert(1)>", "+15035550142", "phone", HOSTILE[2], None, HOSTILE[0])
    made = book.book("made", visitor.id, request, book.offered()[0])
    database.close()
    return made


def violations(page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(RUN_AXE)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", VIEWPORTS)
def test_axe_finds_nothing_on_any_page_and_nothing_is_cut_off(  # noqa: PLR0917 - what is put together
    open_as, admin, visitor, appointment, scheme, size
):
    visitor.say("How long does RFA last? I had surgery at L5-S1 two years ago and my left leg still burns at night.")
    reply = visitor.history()[-1]
    visitor.rate(reply["id"], helpful=False, comment="Too short")
    visitor.say(EMERGENCY)
    width, height = VIEWPORTS[size]
    page = open_as(admin, color_scheme=scheme, viewport={"width": width, "height": height})
    whose = f"/staff/conversations/{visitor.id}"
    found = {}
    for name, path in {
        "queues": "/staff",
        "bookings-queue": "/staff/queues/booking",
        "conversations": "/staff/conversations?words=RFA&channel=web",
        "transcript": whose,
        "appointments": "/staff/appointments",
        "week": f"/staff/appointments/week?start={appointment.local_start.date()}",
        "appointment": f"/staff/appointments/{appointment.id}",
        "hours": "/staff/hours",
        "audit": "/staff/audit",
    }.items():
        page.goto(path)
        for each in page.locator("details").all():
            each.evaluate("(details) => { details.open = true; }")
        found[path] = [*violations(page), *([f"overflow {page.evaluate(OVERFLOW)}"] if page.evaluate(OVERFLOW) else [])]
        page.reload()
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"staff-{name}-{size}-{scheme}.png", full_page=True)
    page.goto(whose)
    page.get_by_text("Take over").first.click()
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_label("Your message to the visitor")).to_be_visible()
    found["in charge"] = violations(page)
    assert {path: each for path, each in found.items() if each} == {}


@pytest.mark.parametrize("role", ["viewer", "reviewer", "admin"])
def test_nothing_that_a_visitor_wrote_runs(open_as, person, visitor, appointment, role):
    for text in HOSTILE:
        visitor.say(text)
    visitor.rate(visitor.history()[-1]["id"], helpful=False, comment=HOSTILE[0])
    somebody = person(role)
    page = open_as(somebody)
    whose = f"/staff/conversations/{visitor.id}"
    for path in ("/staff", "/staff/queues/thumbs_down", "/staff/conversations", whose):
        page.goto(path)
    expect(page.locator(".line.visitor .said")).to_have_count(len(HOSTILE))
    page.goto("/staff/conversations?words=%22%3E%3Csvg+onload%3Dalert(1)%3E&staff=%3Cscript%3Ealert(1)%3C/script%3E")
    page.goto(f"/staff/appointments/{appointment.id}")
    if role != "viewer":
        page.get_by_role("button", name="Show who it is").click()
        expect(page.locator("dd", has_text="<img src=x onerror=alert(1)>")).to_be_visible()
        page.goto(whose)
        page.get_by_role("button", name="Show names and numbers").click()
        expect(page.locator(".line.visitor .said")).to_have_text(HOSTILE)
    page.wait_for_timeout(300)


def test_a_conversation_goes_on_live_and_a_person_steps_in(open_as, reviewer, visitor):
    page = open_as(reviewer)
    page.goto(f"/staff/conversations/{visitor.id}")
    visitor.say("How long does RFA last?")
    expect(page.locator(".line.visitor")).to_have_count(1)
    page.get_by_text("Take over").first.click()
    page.get_by_label("Role, as").fill("nurse")
    page.get_by_role("button", name="Take over").click()
    page.get_by_label("Your message to the visitor").fill("Hello, how can I help?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".line.staff")).to_contain_text("Hello, how can I help?")
    assert visitor.say("Thank you, <b>you</b>") == []
    expect(page.locator(".line.visitor").last).to_contain_text("Thank you, <b>you</b>")
    page.get_by_role("button", name="Give it back").click()
    expect(page.locator(".line.system").last).to_contain_text("The automated assistant answers again")
    assert visitor.say("How long does RFA last?")[0]["author"] == "assistant"


def test_a_search_has_an_address_to_share(open_as, viewer, visitor):
    visitor.say("How long does RFA last?")
    page = open_as(viewer)
    page.goto("/staff/conversations")
    page.get_by_label("Words of any message").fill("rfa")
    page.get_by_text("Filters").click()
    page.get_by_label("Channel").select_option("Web chat")
    page.get_by_role("button", name="Apply").click()
    assert "words=rfa" in page.url
    assert "channel=web" in page.url
    again = open_as(viewer)
    again.goto(page.url)
    expect(again.get_by_label("Words of any message")).to_have_value("rfa")
    expect(again.locator(".found li")).to_have_count(1)
    assert str(datetime.now(UTC).year) in again.locator(".found li").inner_text()


def test_the_keyboard_alone_is_enough_to_be_done_with_an_item(open_as, reviewer, visitor):
    visitor.say(EMERGENCY)
    page = open_as(reviewer)
    page.goto("/staff")
    page.get_by_label("Note on what was done").focus()
    page.keyboard.type("Called")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing waits here.")).to_be_visible()
