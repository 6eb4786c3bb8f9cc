"""A telephone's number is stored once, encrypted, and found again; its consent, conversations and codes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import yaml
from sms.conftest import NUMBER

from bot.conversations.log import ConversationLog
from bot.settings import ROOT
from bot.sms import codes, phones
from bot.sms.wording import Choice
from bot.storage.encryption import Cipher

OTHER = "+15555550143"
CHOICES = (Choice("One", "One"), Choice("", "the rest", "more", (Choice("One", "One"),)))


def test_a_number_is_stored_once_and_not_as_it_is(texts, cipher):
    assert texts.phone().id == texts.phone().id != texts.phone(OTHER).id
    stored = texts.numbers()
    assert len(stored) == 2
    assert not any(digits in value for row in stored for value in row for digits in ("5550142", "5550143"))
    assert sorted(cipher.decrypt(number) for _, number in stored) == [NUMBER, OTHER]


def test_a_number_that_comes_at_once_is_one_telephone(texts):
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: texts.phone().id, range(24)))
    assert len(ids) == 1


def test_a_number_is_found_after_the_key_was_changed(texts, database, clock):
    before = texts.phone().id
    newer = Cipher([b"n" * 32, b"k" * 32])
    with database.write() as session:
        assert phones.held(session, newer, NUMBER, clock()).id == before


def test_opting_out_and_in_is_kept_with_how(texts):
    assert texts.change(lambda s, phone, now: phones.opt_out(s, phone, "STOP", now))
    assert not texts.change(lambda s, phone, now: phones.opt_out(s, phone, "END", now))
    assert texts.phone().opted_out_how == "STOP"
    assert texts.change(lambda s, phone, now: phones.opt_in(s, phone, "START", now))
    assert not texts.change(lambda s, phone, now: phones.opt_in(s, phone, "START", now))
    assert texts.phone().opted_out_at is None


def test_a_pause_longer_than_rasas_session_makes_a_new_conversation():
    minutes = yaml.safe_load((ROOT / "domain.yml").read_text())["session_config"]["session_expiration_time"]
    assert timedelta(minutes=minutes) == phones.PAUSE


def test_conversations_are_linked_to_the_one_before(texts, database, clock, book):
    log = ConversationLog(database, clock)
    first, second, third = (log.start("sms")[0] for _ in range(3))
    for conversation in (first, second, third):
        texts.change(lambda s, phone, now, where=conversation: phones.enter(s, phone, where, now))
    assert book.before(third) == [second, first]
    assert book.before(first) == []
    assert book.numbers_of(third) == [NUMBER]
    assert book.numbers_of(log.start("web")[0]) == []
    log.erase(second)
    assert book.before(third) == []
    assert texts.phone().conversation_id == third
    log.erase(third)
    assert texts.phone().conversation_id is None


def test_an_offer_stands_until_another_one_or_another_conversation(texts, database, clock):
    log = ConversationLog(database, clock)
    texts.change(lambda s, phone, now: phones.enter(s, phone, log.start_in(s, "sms")[0], now))
    texts.change(lambda s, phone, _: phones.offer(s, phone, CHOICES))
    assert texts.change(lambda s, phone, _: phones.offered(s, phone)) == CHOICES
    texts.change(lambda s, phone, _: phones.offer(s, phone, CHOICES[:1]))
    assert texts.change(lambda s, phone, _: phones.offered(s, phone)) == CHOICES[:1]
    texts.change(lambda s, phone, now: phones.enter(s, phone, log.start_in(s, "sms")[0], now))
    assert texts.change(lambda s, phone, _: phones.offered(s, phone)) == ()


def redeem(texts, cipher, code, number=NUMBER):
    return texts.change(lambda s, phone, now: codes.redeem(s, cipher, phone, code, now), number)


def test_a_code_opens_its_conversation_once(texts, database, clock, book, cipher):
    conversation = ConversationLog(database, clock).start("web")[0]
    code, ends = book.new_code(conversation)
    assert ends == clock() + timedelta(minutes=10)
    assert redeem(texts, cipher, code) == conversation
    assert redeem(texts, cipher, code) is None


def test_a_code_ends_after_ten_minutes_and_with_the_next_one(texts, database, clock, book, cipher):
    log = ConversationLog(database, clock)
    code, _ = book.new_code(log.start("web")[0])
    clock.advance(minutes=10)
    assert redeem(texts, cipher, code) is None
    conversation = log.start("web")[0]
    old, _ = book.new_code(conversation)
    new, _ = book.new_code(conversation)
    assert redeem(texts, cipher, old) is None
    assert redeem(texts, cipher, new) == conversation


def test_five_wrong_codes_shut_a_telephone_out_for_an_hour_and_no_other(texts, database, clock, book, cipher):
    conversation = ConversationLog(database, clock).start("web")[0]
    for _ in range(codes.MOST_WRONG):
        assert redeem(texts, cipher, codes.new_code()) is None
    code, _ = book.new_code(conversation)
    assert redeem(texts, cipher, code) is None
    assert redeem(texts, cipher, code, OTHER) == conversation
    clock.advance(hours=1)
    code, _ = book.new_code(conversation)
    assert redeem(texts, cipher, code) == conversation


def test_of_two_telephones_with_one_code_at_once_one_gets_in(texts, database, clock, book, cipher):
    log = ConversationLog(database, clock)
    for _ in range(5):
        code, _ = book.new_code(log.start("web")[0])
        with ThreadPoolExecutor(4) as pool:
            opened = list(
                pool.map(lambda number, c=code: redeem(texts, cipher, c, f"+155555501{number}"), range(50, 54))
            )
        assert sum(each is not None for each in opened) == 1


def test_a_code_is_not_stored_as_it_is(database, clock, book):
    from sqlalchemy import select

    from bot.sms.models import PhoneCodeRow

    code, _ = book.new_code(ConversationLog(database, clock).start("web")[0])
    with database.read() as session:
        row = session.execute(select(PhoneCodeRow)).scalar_one()
    assert code not in row.code_hash.upper()
