"""A visitor of a page that carries the chat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

from playwright.sync_api import Locator, Page, expect

from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

AXE = ROOT / "tests" / "widget" / "vendor" / "axe.min.js"
RUN_AXE = """() => axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(
  ({ id, nodes }) => `${id}: ${nodes.map((each) => `${each.target} ${each.failureSummary}`).join("; ")}`))"""
OVERFLOW = """(root) => ["scroller", "panel"].map((name) => root.querySelector(`.${name}`))
  .map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)"""
# Links within a sentence may be smaller than a finger (WCAG 2.2, 2.5.8).
TOO_SMALL = """() => {
  const inside = document.querySelector("clinic-chat").shadowRoot;
  return [...inside.querySelectorAll("button, summary, textarea, input, a:not(p > a, span > a)")]
    .map((each) => [each.ariaLabel || each.textContent.trim(), each.getBoundingClientRect()])
    .filter(([, { width, height }]) => width && (height < 43.9 || width < 43.9))
    .map(([text, { width, height }]) => `${text}: ${width} x ${height}`);
}"""


class Chat:
    """The chat as a visitor meets it; what Playwright finds by role it finds through the shadow tree."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel = page.get_by_role("dialog", name=re.compile("^Chat "))
        self.launcher = page.locator("clinic-chat .launcher")
        self.log = page.get_by_role("log")
        self.scroller = page.locator("clinic-chat .scroller")
        self.field = page.locator("clinic-chat #text")
        self.typing = page.locator("clinic-chat .typing")
        self.trouble = page.locator("clinic-chat .trouble")

    def visit(self, path: str = "/host") -> Self:
        self.page.goto(path)
        expect(self.launcher).to_be_visible()
        return self

    def open(self) -> Self:
        """Open the panel, and wait for the greeting."""
        self.launcher.click()
        expect(self.bubbles("Hello! I am the automated assistant.")).to_have_count(1)
        return self

    def bubbles(self, text: str = "") -> Locator:
        return self.page.locator("clinic-chat .bubble", has_text=text)

    def ask(self, text: str) -> None:
        self.field.fill(text)
        self.page.get_by_role("button", name="Send", exact=True).last.click()

    def button(self, name: str, **more: Any) -> Locator:
        return self.page.get_by_role("button", name=name, **more)

    def choose_option(self, name: str) -> None:
        self.button("Options").click()
        self.button(name).click()

    def said(self) -> list[str]:
        """What stands in the bubbles, the author before it."""
        return self.bubbles().all_text_contents()

    def expect_said(self, texts: Sequence[str]) -> None:
        expect(self.bubbles()).to_have_text(list(texts))

    def in_shadow(self, script: str) -> Any:
        """The result of a JavaScript function of the shadow root."""
        return self.page.evaluate(f"() => ({script})(document.querySelector('clinic-chat').shadowRoot)")

    def focused(self) -> str:
        """What has the focus within the chat: its label or text."""
        return self.in_shadow("(root) => root.activeElement?.ariaLabel || root.activeElement?.textContent || ''")

    def violations(self) -> list[str]:
        """What axe-core finds on the whole page, the chat included."""
        if not self.page.evaluate("typeof axe === 'object'"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        return self.page.evaluate(RUN_AXE)

    def overflow(self) -> list[int]:
        """How far the messages and the panel are wider than what is seen of them, in pixels."""
        return self.in_shadow(OVERFLOW)

    def too_small(self) -> list[str]:
        return self.page.evaluate(TOO_SMALL)
