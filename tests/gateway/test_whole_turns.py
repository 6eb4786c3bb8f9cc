"""A turn of Rasa's is whole or not at all, and the same message asked again is the same turn."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest
from gateway.local_server import LocalServer
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.gateway.rasa_channel import Replies
from bot.gateway.whole_turns import TurnBroken, WholeTurnActions, take_turn

DONE = {"events": [{"event": "slot", "name": "a", "value": 1}], "responses": []}


class Processor:
    """Answers a message with its words in capitals and keeps both, as Rasa's processor does at the end of a turn."""

    def __init__(self, store):
        self.store = store
        self.turns = 0
        self.broken = False

    async def handle_message(self, message):
        self.turns += 1
        tracker = await self.store.get_or_create_tracker(message.sender_id)
        tracker.update(UserUttered(message.text, message_id=message.message_id))
        told = {"booking": {"reference": "ABCD-EFGH"}}
        said = BotUttered(message.text.upper(), {"buttons": [{"title": "Yes"}]}, told)
        tracker.update(said)
        if self.broken:
            raise TurnBroken("an action failed", can_wait=False)
        await message.output_channel.send_response(message.sender_id, said.message())
        await self.store.save(tracker)


class Agent:
    def __init__(self):
        self.tracker_store = InMemoryTrackerStore(Domain.empty())
        self.lock_store = InMemoryLockStore()
        self.processor = Processor(self.tracker_store)


@pytest.fixture
def agent():
    return Agent()


def ask(agent, text, message_id):
    replies = Replies("web")
    asyncio.run(take_turn(agent, UserMessage(text, replies, "visitor", message_id=message_id)))
    return replies.said


class TestAskedAgain:
    def test_a_message_that_was_answered_gets_the_same_replies_and_is_not_taken_again(self, agent):
        first = ask(agent, "yes", "1")
        assert first[0]["booking"] == {"reference": "ABCD-EFGH"}
        assert ask(agent, "yes", "1") == first
        assert agent.processor.turns == 1

    def test_the_same_words_under_another_id_are_another_message(self, agent):
        ask(agent, "yes", "1")
        ask(agent, "yes", "2")
        assert agent.processor.turns == 2

    def test_an_earlier_message_gets_only_its_own_replies(self, agent):
        for number in "123":
            ask(agent, f"words {number}", number)
        assert [each["text"] for each in ask(agent, "words 2", "2")] == ["WORDS 2"]

    def test_one_that_comes_while_the_first_is_being_answered_waits_for_it(self, agent):
        replies = [Replies("web"), Replies("web")]

        async def both():
            said = [UserMessage("yes", each, "visitor", message_id="1") for each in replies]
            await asyncio.gather(*(take_turn(agent, each) for each in said))

        asyncio.run(both())
        assert replies[0].said == replies[1].said != []
        assert agent.processor.turns == 1


def test_after_a_turn_that_broke_off_the_message_is_taken_anew(agent):
    agent.processor.broken = True
    with pytest.raises(TurnBroken):
        ask(agent, "yes", "1")
    agent.processor.broken = False
    assert [each["text"] for each in ask(agent, "yes", "1")] == ["YES"]
    assert agent.processor.turns == 2


def run_by_rasa(url):
    """Run an action as Rasa does; return the events that it kept of it."""
    domain = Domain.empty()
    processor = MessageProcessor.__new__(MessageProcessor)
    processor.domain, processor.action_endpoint = domain, None

    async def run():
        tracker = await InMemoryTrackerStore(domain).get_or_create_tracker("visitor")
        action = RemoteAction("action_book", WholeTurnActions(url))
        await processor._run_action(action, tracker, Replies("web"), None, PolicyPrediction([], "rules"))
        return [event.as_dict() for event in tracker.events]

    return asyncio.run(run())


@pytest.fixture
def actions():
    """An action server, and the response that it gives next."""
    given = {}

    async def act(_request):
        return given["response"]

    with LocalServer(Starlette(routes=[Route("/webhook", act, methods=["POST"])])) as server:
        yield f"{server.url}/webhook", given


class TestAction:
    def test_what_succeeds_is_kept(self, actions):
        url, given = actions
        given["response"] = JSONResponse(DONE)
        assert [event["event"] for event in run_by_rasa(url)][-1] == "slot"

    @pytest.mark.parametrize(
        "response",
        [Response(status_code=500), Response(status_code=404), Response("{", media_type="application/json")],
        ids=["fault", "unknown", "no JSON"],
    )
    def test_what_fails_ends_the_turn(self, actions, response):
        url, given = actions
        given["response"] = response
        with pytest.raises(TurnBroken) as broken:
            run_by_rasa(url)
        assert not broken.value.can_wait

    def test_one_that_does_not_apply_is_left_to_rasa(self, actions):
        url, given = actions
        given["response"] = Response(json.dumps({"action_name": "action_book", "error": "no"}), 400)
        assert [event["event"] for event in run_by_rasa(url)][-1] == "action_execution_rejected"

    def test_while_the_action_server_is_away_the_turn_can_wait(self):
        with socket.socket() as taken:  # bound, so that nobody listens there
            taken.bind(("127.0.0.1", 0))
            with pytest.raises(TurnBroken) as broken:
                run_by_rasa(f"http://127.0.0.1:{taken.getsockname()[1]}/webhook")
        assert broken.value.can_wait
