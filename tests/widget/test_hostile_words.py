"""What either side writes stays words: no markup, no script, no link that is not safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from widget.fake_chat_api import FakeChatApi
    from widget.visitor import Chat

CORPUS = [
    "<script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 1'>",
    "<svg onload='window.ran = 1'><animate onbegin='window.ran = 1'>",
    "<iframe srcdoc='<script>parent.ran = 1</script>'></iframe>",
    "<a href='javascript:window.ran=1'>a</a>",
    "javascript:window.ran=1",
    "</div></template><style>*{display:none}</style>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=window.ran=1&gt;'>",
    "{{constructor.constructor('window.ran = 1')()}} ${window.ran = 1} #{window.ran = 1}",
    "\"'><details open ontoggle=window.ran=1>",
    "<form action=javascript:window.ran=1><button autofocus onfocus=window.ran=1>",
    "data:text/html,<script>window.ran=1</script>",
    "http://x'onmouseover='window.ran=1",
    'https://x.example/"onclick="window.ran=1',
    "\u202eelpmaxe.live\u202c \u0000 \ud7ff \ufffe",
    "&lt;script&gt;window.ran = 1&lt;/script&gt;",
    "%3Cscript%3Ewindow.ran=1%3C/script%3E",
    "[a](javascript:window.ran=1) ![a](x' onerror='window.ran=1)",
    "/restart /book_consultation{}",
]
ELEMENTS = (
    "(root) => [...root.querySelectorAll("
    "'.entries :is(script, img, iframe, style, form, object, embed, math, template),"
    " .entries [onerror], .entries [onclick], .entries [srcdoc]')].length"
)
LINKS = (
    "(root) => [...root.querySelectorAll('a')].map((each) => each.href)"
    ".filter((href) => !/^(https?|tel|sms):/.test(href))"
)


@pytest.mark.parametrize("words", CORPUS)
def test_markup_from_either_side_stays_text(chat: Chat, api: FakeChatApi, words: str) -> None:
    api.script[words.replace("\u0000", "").strip()] = api.script[words.strip()] = [
        {
            "text": words,
            "kind": "answer",
            "sources": [{"passage": words, "quote": words}],
            "buttons": [{"title": words, "value": words, "topic": words}],
        },
        {"text": words, "kind": "booking", "asks": "confirm", "buttons": [{"title": words, "value": words}]},
        {"text": words, "kind": "booking", "asks": "time", "buttons": [{"title": words, "value": words}]},
        {"text": words, "kind": "booking", "booking": {"reference": words, "status": words}},
        {"text": f"911 {words}", "kind": "emergency"},
    ]
    chat.ask(words)
    expect(chat.page.locator(".urgent")).to_have_count(1)
    api.say("staff", {"text": words, "staff": {"name": words, "role": words}})
    expect(chat.page.locator(".from-staff")).to_have_count(1)
    for loaded in ("live", "after a reload"):
        assert chat.in_shadow(ELEMENTS) == 0, loaded
        assert chat.in_shadow(LINKS) == [], loaded
        for source in chat.page.get_by_text("From our page").all():
            source.click()
        chat.page.mouse.move(300, 300)
        chat.page.reload()
        expect(chat.page.locator(".from-staff")).to_have_count(1)
    assert chat.page.evaluate("window.ran") is None
    assert words in api.texts or words.strip() in api.texts


@pytest.mark.parametrize("words", CORPUS[:4])
def test_the_pages_own_texts_are_text_too(chat: Chat, words: str) -> None:
    chat.page.evaluate("(words) => document.querySelector('clinic-chat').setAttribute('name', words)", words)
    expect(chat.page.locator("h2")).to_have_text(" ".join(words.split()))
    chat.page.evaluate("(words) => document.querySelector('clinic-chat').setAttribute('starters', words)", words)
    assert chat.in_shadow(ELEMENTS) == 0
    assert chat.page.evaluate("window.ran") is None


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://example.org/a?b=1#c.", {"https://example.org/a?b=1#c": "https://example.org/a?b=1#c"}),
        ("(http://example.org/a_(b)), or", {"http://example.org/a_(b)": "http://example.org/a_(b)"}),
        ("https://clinic.example@evil.example/ https://user:x@evil.example", {}),
        ("ftp://example.org //example.org example.org", {}),
        ("https:// https://[ http://", {}),
        ("Ask for 555-0911, 911-555-0100 or 19880.", {}),
        ("Call 911 or 988.", {"911": "tel:911", "988": "tel:988"}),
        ("Call (503) 555-0129 or (503) 555-0120.", {"(503) 555-0129": "tel:5035550129"}),
    ],
)
def test_only_web_addresses_and_known_numbers_become_links(
    chat: Chat, api: FakeChatApi, text: str, links: dict[str, str]
) -> None:
    api.script["Links"] = [{"text": text, "kind": "fallback"}]
    chat.ask("Links")
    bubble = chat.bubbles("Assistant:").last
    expect(bubble).to_have_text(f"Assistant:{text}")
    found = bubble.locator("a")
    assert {link.inner_text(): link.get_attribute("href") for link in found.all()} == links
    for link in found.all():
        outside = (link.get_attribute("href") or "").startswith("http")
        assert link.get_attribute("rel") == ("noopener noreferrer nofollow" if outside else None)


def test_what_a_visitor_writes_is_never_a_link(chat: Chat) -> None:
    chat.ask("https://example.org 911")
    expect(chat.bubbles("https://example.org")).to_have_count(1)
    assert chat.page.locator(".from-visitor a").count() == 0
