"""A telephone in the terminal, or in a script, on the simulated Twilio."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from bot.sms.simulator import Arrived, Simulator

HELP: Final = """\
Write a text and press Enter. Other lines:
  /from NUMBER     go on as another telephone
  /picture         send a picture without words
  /again N         deliver the last text N times more, at once
  /delay SECONDS   let texts take so long, either way
  /reorder on|off  tell of texts' progress in any order
  /fail CODE       refuse the next text of the REST API with Twilio's error, as 20429 or 21610
  /quit            end
In a script, "< WORDS" expects the next text to hold these words, and "<" that none comes."""


class SimulatedPhone:
    """Reads lines of a terminal or a script; what happens is given to ``show`` line by line."""

    def __init__(self, simulator: Simulator, number: str, show: Callable[[str], None], wait: float = 20.0) -> None:
        """``wait``: the seconds that a script waits for a text that it expects."""
        self._simulator = simulator
        self._number = number
        self._show = show
        self._wait = wait
        self._seen: dict[str, int] = {}
        self._last = ""

    def run(self, lines: Iterable[str], *, is_script: bool = False) -> int:
        """Do what the lines say; return how many expectations of a script were not met."""
        failed = 0
        for number, line in enumerate(lines, start=1):
            said = line.strip("\n")
            if said == "/quit":
                break
            if is_script and (not said or said.startswith("#")):
                continue
            if is_script and said.startswith("<"):
                problem = self._expect(said[1:].strip())
                if problem:
                    failed += 1
                    self._show(f"line {number}: {problem}")
                continue
            problem = self._do(said) if said.startswith("/") else self._text(said.removeprefix("> "))
            if problem:
                self._show(problem)
        return failed

    def shown(self, text: Arrived) -> str:
        """Return an arrived text as it is shown, with how it is sent and what that costs."""
        size = text.size
        way = "in the webhook's answer" if text.by_webhook else "by the REST API"
        parts = "1 part" if size.parts == 1 else f"{size.parts} parts"
        words = text.text.replace("\n", "\n   ")
        return f"<- {words}\n   [{size.encoding}, {size.units} units, {parts}, {way}]"

    def _text(self, words: str, **more: str) -> str:
        answer = self._simulator.text(self._number, words, **more)
        self._last = answer.sid
        if answer.status != 200:  # noqa: PLR2004 - HTTP's own number
            return f"The gateway answered with status {answer.status or 'none'} after {answer.seconds:.1f} s."
        return "" if answer.texts else f"(taken in {answer.seconds:.1f} s; a reply may come later)"

    def _expect(self, words: str) -> str:
        seen = self._seen.get(self._number, 0)
        arrived = self._simulator.until_arrived(self._number, seen + 1, self._wait if words else 1.0)
        if len(arrived) <= seen:
            return f"no text came, but {words!r} was expected" if words else ""
        self._seen[self._number] = seen + 1
        text = arrived[seen].text
        if not words:
            return f"no text was expected, but this came: {text!r}"
        return "" if words.lower() in text.lower() else f"{words!r} is not in {text!r}"

    def _do(self, line: str) -> str:
        command, _, value = line.partition(" ")
        simulator = self._simulator
        try:
            if command == "/from":
                self._number = value.strip()
            elif command == "/picture":
                return self._text("", NumMedia="1", MediaUrl0="https://api.twilio.com/picture")
            elif command == "/again":
                with ThreadPoolExecutor(8) as pool:
                    list(pool.map(simulator.redeliver, [self._last] * int(value or 1)))
            elif command == "/delay":
                simulator.delay = float(value)
            elif command == "/reorder":
                simulator.reorder = value.strip() == "on"
            elif command == "/fail":
                simulator.failures.append(int(value))
            else:
                return HELP
        except (ValueError, KeyError):
            return HELP
        return ""
