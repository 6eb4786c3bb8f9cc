"""The form about a consultation that was booked: how its responses are read, and what it keeps in its slots."""

import pytest
from dialogue.booking_driver import domain
from dialogue.standing_appointment import MANAGE

from bot.dialogue.appointment import Errand
from bot.gateway.assistant_client import Turn
from bot.gateway.reading import read_replies


@pytest.mark.parametrize("name", [name for name in domain()["responses"] if "appointment" in name])
def test_each_response_of_the_form_is_read_as_one_of_a_booking(name):
    before = {"response": "utter_appointment_is/booked", "text": "It is on.", "buttons": []}
    replies = read_replies(Turn(replies=[before, {"response": name, "text": "...", "buttons": []}]))
    assert {(each.kind, each.topic, each.asks) for each in replies} == {("booking", MANAGE, None)}


def test_the_errand_comes_back_from_its_slot_as_it_was(book):
    first, second = book.offered()[:2]
    errand = Errand(
        appointment="01J", wish="move", words="friday", offered=(first, second), slot=first, version=2, turn=4
    )
    assert Errand.from_slots(errand.to_slots()) == errand
    assert Errand.from_slots({}) is None
