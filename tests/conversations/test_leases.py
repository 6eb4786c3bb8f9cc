def test_a_free_conversation_can_be_claimed(log, conversation):
    assert log.claim(conversation, "one", 30)


def test_a_claimed_conversation_cannot_be_claimed_by_another(log, conversation):
    log.claim(conversation, "one", 30)
    assert not log.claim(conversation, "two", 30)


def test_a_lease_ends_with_its_time(log, conversation, clock):
    log.claim(conversation, "one", 30)
    clock.advance(29.9)
    assert not log.claim(conversation, "two", 30)
    clock.advance(0.1)
    assert log.claim(conversation, "two", 30)


def test_its_owner_can_renew_a_lease(log, conversation, clock):
    log.claim(conversation, "one", 30)
    clock.advance(20)
    assert log.claim(conversation, "one", 30)
    clock.advance(20)
    assert not log.claim(conversation, "two", 30)


def test_a_released_conversation_is_free(log, conversation):
    log.claim(conversation, "one", 30)
    log.release(conversation, "one")
    assert log.claim(conversation, "two", 30)


def test_nobody_releases_anothers_lease(log, conversation):
    log.claim(conversation, "one", 30)
    log.release(conversation, "two")
    assert not log.claim(conversation, "two", 30)


def test_an_unknown_conversation_cannot_be_claimed(log):
    assert not log.claim("unknown", "one", 30)


def test_conversations_wait_from_their_first_message_until_all_are_answered(log, conversation):
    assert log.waiting_conversations(10) == []
    message = log.receive(conversation, "text", "a1").message
    assert log.waiting_conversations(10) == [conversation]
    log.claim(conversation, "one", 30)
    log.settle(message.id, "one", [])
    log.release(conversation, "one")
    assert log.waiting_conversations(10) == []


def test_a_conversation_that_somebody_answers_does_not_wait_until_the_lease_ends(log, conversation, clock):
    log.receive(conversation, "text", "a1")
    log.claim(conversation, "one", 30)
    assert log.waiting_conversations(10) == []
    clock.advance(30)
    assert log.waiting_conversations(10) == [conversation]


def test_the_longest_waiting_comes_first_and_each_comes_once(log, clock):
    conversations = [log.start("web")[0] for _ in range(3)]
    for conversation in reversed(conversations):
        log.receive(conversation, "text", "a1")
        clock.advance(1)
    log.receive(conversations[2], "text", "a2")
    assert log.waiting_conversations(10) == conversations[::-1]
    assert log.waiting_conversations(2) == [conversations[2], conversations[1]]
