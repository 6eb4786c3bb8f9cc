"""Plans the replies to a message: what to say, in which order, with which buttons, and what to remember."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.dialogue import follow_ups
from bot.dialogue.choices import SOMETHING_ELSE, chosen_among, is_none_of_them
from bot.dialogue.context import CONSULTATION, DETAILS, DID_YOU_MEAN, PERSON, Context
from bot.dialogue.feelings import feeling_in
from bot.dialogue.questions import asked_for, spoken_of
from bot.dialogue.reading import Reading
from bot.dialogue.resolve import Act, candidates
from bot.knowledge.catalogue import load_catalogue
from bot.nlu.labels import intent_of

_REMEMBERED: Final = 12
_MISSES: Final = 2  # in a row, until a person is offered
_WITH_MEMBERS: Final = {"treatments", "nonsurgical", "medications", "interventional"}
_NO_CONSULTATION: Final = {"definition", "surgical_error", "causes", "symptoms"}
_SYMPATHETIC: Final = {"symptom_back_neck_pain", "symptom_radiculopathy", "symptom_mobility", "symptom_mood"}
_ABOUT_AN_APPOINTMENT: Final = {"book_consultation", "manage_booking"}
_SMALL: Final = {"smalltalk", "affirm", "deny"}


@dataclass(frozen=True)
class Say:
    """One response of the domain, with the topic where its name does not tell it."""

    response: str
    topic: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    passages: tuple[str, ...] = ()
    buttons: tuple[tuple[str, str | None], ...] = ()  # title, topic


@dataclass(frozen=True)
class Plan:
    """What to say, the context afterwards, and what else is to be done.

    ``hand_over``: the action that has to take over, if any, by its topic; ``clarifies``: the id of the unclear message
    whose topic the visitor has now chosen.
    """

    says: tuple[Say, ...]
    context: Context
    hand_over: str | None = None
    clarifies: str | None = None


def plan(reading: Reading, context: Context, turn: int) -> Plan:
    """Return the plan for a message; ``turn`` counts the visitor's messages."""
    return _Planner(reading, context, turn).plan()


class _Planner:
    def __init__(self, reading: Reading, context: Context, turn: int) -> None:
        self._reading = reading
        self._context = context
        self._turn = turn
        self._says: list[Say] = []
        self._hand_over: str | None = None
        self._clarifies: str | None = None

    def plan(self) -> Plan:
        if not self._spanish() and not self._choice():
            acts = asked_for(self._reading, self._context)
            if not self._yes_or_no(acts):
                self._sympathy(acts)
                self._do(*acts)
                self._offer_consultation(acts)
        return Plan(tuple(self._says), self._context, self._hand_over, self._clarifies)

    # What was offered before

    def _spanish(self) -> bool:
        if self._reading.language != "es":
            return False
        self._says.append(Say("utter_spanish", topic="talk_to_human", buttons=(_button("talk_to_human"),)))
        return True

    def _choice(self) -> bool:
        """Whether the message chooses among the topics that were asked about; then it is answered."""
        if self._context.open_offer(self._turn) != DID_YOU_MEAN:
            return False
        topic = chosen_among(self._context.offered_topics, self._reading.text)
        if topic:
            self._clarifies = self._context.offered_about
            self._do(Act("answer" if topic in load_catalogue().answers else "say", topic))
        elif is_none_of_them(self._reading.text):
            self._none_of_them()
        else:
            return False
        return True

    def _none_of_them(self) -> None:
        self._clarifies = self._context.offered_about
        self._miss("utter_say_it_differently")

    def _yes_or_no(self, acts: list[Act]) -> bool:
        if len(acts) != 1 or acts[0].value not in {"affirm", "deny"}:
            return False
        offer = self._context.open_offer(self._turn)
        if offer == DID_YOU_MEAN and acts[0].value == "deny":
            self._none_of_them()
            return True
        self._context = self._context.changed(misses=0)
        if acts[0].value == "affirm":
            self._take_up(offer)
        elif offer is None and self._context.action and not self._context.topic:
            self._hand_over = self._context.action
        elif offer is None:
            self._say("utter_all_right_then")
        else:
            if offer == CONSULTATION:
                self._context = self._context.changed(consultation_declined=True)
            self._say("utter_all_right")
        return True

    def _take_up(self, offer: str | None) -> None:
        if offer is None and self._context.action and not self._context.topic:
            self._hand_over = self._context.action
        elif offer is None:
            self._say("utter_nothing_offered")
        elif offer == CONSULTATION:
            self._hand_over = "book_consultation"
        elif offer == PERSON:
            self._hand_over = "talk_to_human"
        else:
            self._which("utter_which_one", self._context.offered_topics)

    # What is said

    def _do(self, *acts: Act) -> None:
        for act in acts:
            self._perform(act)
        self._remember(acts)

    def _perform(self, act: Act) -> None:
        if act.kind == "answer":
            self._answer(act.value)
        elif act.kind == "refuse":
            self._refuse(act)
        elif act.kind == "ask":
            self._ask(act.topics, f"utter_follow_up/{act.aspect}" if act.aspect else "utter_did_you_mean")
        elif act.kind == "wrong":
            self._wrong(act)
        elif act.kind == "nothing":
            self._miss("utter_fallback")
        elif act.value in load_catalogue().actions - {"smalltalk"}:
            self._hand_over = act.value
        else:
            self._say(f"utter_{act.value}")

    def _answer(self, topic: str) -> None:
        """Say the answer; a second time the document's own words, and a third time offer a person."""
        if topic in self._context.quoted:
            self._says.append(Say("utter_that_is_all", topic=topic, buttons=(_button("talk_to_human"),)))
            self._offer(PERSON)
        elif topic in self._context.answered:
            passages = load_catalogue().passages_of(topic)
            values = {"quote": _quoted([passage.quote for passage in passages])}
            ids = tuple(passage.id for passage in passages)
            self._says.append(Say("utter_in_its_own_words", topic=topic, values=values, passages=ids))
            self._context = self._context.changed(quoted=(*self._context.quoted, topic)[-_REMEMBERED:])
        else:
            members = follow_ups.members_of(topic) if topic in _WITH_MEMBERS else []
            self._says.append(Say(f"utter_faq/{topic}", buttons=_topic_buttons(members)))
            if members:
                self._offer(DETAILS, tuple(members))

    def _refuse(self, act: Act) -> None:
        self._say(f"utter_{act.value}")
        if act.value == "not_in_source/clinic":
            self._says.append(Say("utter_please_reach_us", buttons=(_button("talk_to_human"),)))
            return
        if self._context.refused == act.value:
            self._says.append(Say("utter_a_person_may_know", buttons=(_button("talk_to_human"),)))
            return
        near = self._nearby(act)
        if near:
            self._says.append(Say("utter_covered_nearby", values={"nearby": near[0]}, buttons=(_button(near[1]),)))
        else:
            self._says.append(Say("utter_covered_in_general"))

    def _nearby(self, act: Act) -> tuple[str, str] | None:
        """Return what the message names and the document speaks of, unless that was just said."""
        whole = self._reading.whole
        for word, topic in zip(whole.words, whole.named, strict=True):
            if topic != self._context.topic and (act.about in {None, topic} or topic not in self._context.answered):
                return word, topic
        return None

    def _ask(self, topics: tuple[str, ...], response: str) -> None:
        """Ask which topic was meant, unless the message before was not understood either."""
        if self._context.misses + 1 >= _MISSES:
            self._miss("utter_fallback")
        else:
            self._which(response, topics)
            self._context = self._context.changed(misses=self._context.misses + 1)

    def _which(self, response: str, topics: tuple[str, ...]) -> None:
        self._says.append(Say(response, buttons=(*_topic_buttons(topics), (SOMETHING_ELSE, None))))
        self._offer(DID_YOU_MEAN, topics)

    def _wrong(self, act: Act) -> None:
        others = tuple(topic for topic in act.topics if topic != self._context.topic)[:3]
        if len(others) > 1:
            self._ask(others, "utter_sorry_which_topic")
        else:
            self._miss("utter_sorry_say_it_differently", topic="smalltalk")

    def _miss(self, response: str, topic: str | None = None) -> None:
        misses = self._context.misses + 1
        self._context = self._context.changed(misses=misses)
        if misses >= _MISSES:
            self._says.append(Say("utter_still_not_understood", buttons=(_button("talk_to_human"),)))
            self._offer(PERSON)
        else:
            self._says.append(Say(response, topic, buttons=_topic_buttons(("causes", "symptoms", "treatments"))))

    def _say(self, response: str) -> None:
        self._says.append(Say(response))

    def _sympathy(self, acts: list[Act]) -> None:
        kinds = {act.kind for act in acts}
        feeling = feeling_in(self._reading.whole.text)
        own = any(act.value in _SYMPATHETIC for act in acts) or not kinds & {"answer", "refuse", "say"}
        handed = any(intent_of(act.value) in {"out_of_scope", "smalltalk", "emergency", "crisis"} for act in acts)
        if feeling and not own and not handed and self._context.may_sympathise(self._turn):
            self._say(f"utter_sympathy/{feeling}")
            self._context = self._context.changed(sympathy_turn=self._turn)

    def _offer_consultation(self, acts: list[Act]) -> None:
        """Offer a consultation where it helps, at the end of the last reply."""
        helps = any(
            (act.kind == "refuse" and act.value != "not_in_source/clinic")
            or (act.kind == "answer" and act.value not in _NO_CONSULTATION and not act.value.startswith("cause_"))
            for act in acts
        )
        if not helps or self._hand_over or not self._context.may_offer_consultation(self._turn):
            return
        refused = any(act.kind == "refuse" for act in acts)
        ways = ("book_consultation", "talk_to_human") if refused else ("book_consultation",)
        self._says.append(Say("utter_offer_consultation", buttons=_topic_buttons(ways)))
        self._offer(CONSULTATION)
        self._context = self._context.changed(consultation_turn=self._turn)

    # What is remembered

    def _offer(self, offer: str, topics: tuple[str, ...] = ()) -> None:
        self._context = self._context.changed(
            offer=offer, offered_topics=topics, offered_turn=self._turn, offered_about=self._reading.message_id
        )

    def _remember(self, acts: Sequence[Act]) -> None:
        context = self._context
        answered = [act.value for act in acts if act.kind == "answer"]
        spoken = [topic for topic in map(spoken_of, acts) if topic]
        understood = [act for act in acts if act.kind not in {"ask", "nothing", "wrong"}]
        listed = tuple(dict.fromkeys(spoken)) if len(set(spoken)) > 1 else self._reading.whole.named
        if len(listed) < 2 and spoken and context.topic and spoken[-1] != context.topic:  # noqa: PLR2004
            listed = (context.topic, spoken[-1])
        refused = [act.value for act in acts if act.kind == "refuse"]
        wanted = [act.value for act in acts if act.kind == "say" and act.value in _ABOUT_AN_APPOINTMENT]
        small = all(intent_of(act.value) in _SMALL for act in acts)
        self._context = context.changed(
            topic=spoken[-1] if spoken else context.topic,
            aspect=acts[-1].aspect if spoken else context.aspect,
            listed=listed if len(listed) > 1 else context.listed,
            answered=(*(topic for topic in context.answered if topic not in answered), *answered)[-_REMEMBERED:],
            action=wanted[-1] if wanted else (context.action if small else None),
            refused=refused[-1] if refused else (context.refused if small else None),
            candidates=candidates(self._reading.whole, context)[:4],
            misses=0 if understood else context.misses,
        )


def _button(topic: str) -> tuple[str, str | None]:
    return load_catalogue().titles[topic], topic


def _topic_buttons(topics: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    return tuple(_button(topic) for topic in topics)


def _quoted(quotes: Sequence[str]) -> str:
    return f'"{quotes[0]}"' if len(quotes) == 1 else "".join(f'\n• "{quote}"' for quote in quotes)
