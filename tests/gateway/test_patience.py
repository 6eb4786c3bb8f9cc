"""One webhook at a time waits long, and none after one that waited in vain, until a reply is in time again."""

from bot.gateway.patience import SHORT, Patience


def test_everybody_waits_a_moment_and_one_waits_on():
    patience = Patience(8)
    assert all(patience.may_wait(who, SHORT / 2) for who in "abc")
    assert patience.may_wait("a", SHORT)
    assert not patience.may_wait("b", SHORT)
    assert patience.may_wait("a", 7.9)
    patience.ended("b")
    assert not patience.may_wait("c", SHORT)
    patience.ended("a")
    assert patience.may_wait("c", SHORT)


def test_after_one_that_waited_in_vain_nobody_waits_on_until_a_reply_is_in_time():
    patience = Patience(8)
    assert patience.may_wait("a", SHORT)
    assert not patience.may_wait("a", 8)
    patience.ended("a")
    assert not patience.may_wait("b", SHORT)
    patience.answered(30)  # late: it says nothing about the next one
    assert not patience.may_wait("b", SHORT)
    patience.answered(2)
    assert patience.may_wait("b", SHORT)


def test_a_shorter_wait_than_a_moment_holds_for_all():
    patience = Patience(0.2)
    assert patience.may_wait("a", 0.1)
    assert not patience.may_wait("a", 0.2)
