"""Someone with a telephone: texts the gateway through a simulated Twilio."""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from bot.safety.replies import safety_texts
from bot.sms.simulator import Account, Simulator
from bot.storage.engine import Database, make_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sms.simulator import Answer

ACCOUNT_SID = "AC" + "0" * 32
TOKEN = "a token that nobody else knows"
NUMBER = "+15555550100"
PUBLIC_URL = "https://chat.clinic.example"
QUESTION = "How long does RFA last?"
ANSWER = "RFA can offer 6 to 18 months of relief"  # what the answer to the question begins with
RED_FLAG = "I cannot feel my legs and cannot pee since this morning"
ALARM = safety_texts()["emergency"].sms
STILL = safety_texts()["still_emergency"].sms
_numbers = itertools.count(200)


def sms_settings(api_url: str = "http://127.0.0.1:9", **more: Any) -> dict[str, Any]:
    """The settings of a gateway with text messages."""
    return {
        "twilio_account_sid": ACCOUNT_SID,
        "twilio_auth_token": TOKEN,
        "sms_number": NUMBER,
        "public_url": PUBLIC_URL,
        "twilio_api_url": api_url,
        **more,
    }


def account(gateway_url: str) -> Account:
    return Account(ACCOUNT_SID, TOKEN, NUMBER, PUBLIC_URL, gateway_url)


class Texter:
    """A telephone with a number of its own."""

    def __init__(self, twilio: Simulator, number: str | None = None) -> None:
        self.twilio = twilio
        self.number = number or f"+1555555{next(_numbers):04}"
        self._seen = 0

    def send(self, words: str, **more: str) -> Answer:
        answer = self.twilio.text(self.number, words, **more)
        assert answer.status == 200
        return answer

    def say(self, words: str, **more: str) -> str:
        """Text something; return the one text that came back, by the webhook or later."""
        self.send(words, **more)
        return self.next()

    def next(self) -> str:
        """Return the next text that comes."""
        arrived = self.twilio.until_arrived(self.number, self._seen + 1)
        assert len(arrived) > self._seen, "no text came"
        self._seen += 1
        return arrived[self._seen - 1].text

    def silent(self, words: str, **more: str) -> None:
        """Text something; nothing must come back."""
        assert self.send(words, **more).texts == ()
        assert self.nothing_came()

    def nothing_came(self) -> bool:
        return len(self.twilio.until_arrived(self.number, self._seen + 1, 0.0)) == self._seen


class Texting:
    """A gateway with text messages, its assistant, and the simulated Twilio that both sides know."""

    def __init__(self, gateway: Any, assistant: Any, twilio: Simulator) -> None:
        self.gateway = gateway
        self.assistant = assistant
        self.twilio = twilio
        self.log = gateway.log
        self.database = Database(make_engine(gateway.settings.database))

    def texter(self) -> Texter:
        return Texter(self.twilio)

    def sql(self, statement: str, **values: Any) -> list[Any]:
        """Rows of the gateway's database."""
        with self.database.read() as session:
            return session.execute(text(statement), values).all()

    def rest(self) -> None:
        """Let a long pause follow the last text of each telephone."""
        with self.database.write() as session:
            session.execute(text("UPDATE phones SET last_text_at = '2020-01-01 00:00:00.000000'"))

    def conversation_of(self, answer: Answer) -> str:
        """The conversation that a text went into."""
        ((conversation,),) = self.sql("SELECT conversation_id FROM texts_in WHERE sid = :sid", sid=answer.sid)
        return conversation

    def said(self, answer: Answer) -> list[tuple[str, str]]:
        """Authors and texts of the conversation that a text went into."""
        return [(each.author, each.text) for each in self.log.history(self.conversation_of(answer))]


@contextlib.contextmanager
def texting(serve: Any, assistant: Any, **settings: Any) -> Iterator[Texting]:
    """Run a gateway with text messages beside the simulated Twilio."""
    options = {name: settings.pop(name) for name in ("opt_out_handled",) if name in settings}
    with Simulator(account("http://127.0.0.1:9"), **options) as twilio:
        given = {"clinic_phone": "+1 555 0100", **sms_settings(twilio.url), **settings}
        with serve(assistant, **given) as gateway:
            twilio.reach(gateway.url)
            yield Texting(gateway, assistant, twilio)
