"""What is said next, for messages as the classifier understands them: follow-ups, facts, offers, repetition, doubt."""

import pytest
import yaml

from bot.dialogue import follow_ups
from bot.dialogue.context import CONSULTATION, DID_YOU_MEAN, PERSON, Context
from bot.dialogue.plan import plan
from bot.dialogue.reading import Part, Reading
from bot.knowledge.catalogue import load_catalogue
from bot.nlu.lexicon import find_named
from bot.settings import ROOT

CATALOGUE = load_catalogue()
RESPONSES = yaml.safe_load((ROOT / "domain.yml").read_text())["responses"]


def part(text, **labels):
    entities = [{"entity": named.kind, "value": named.value} for named in find_named(text)]
    known = [{"label": label.replace("__", "/"), "confidence": value} for label, value in labels.items()]
    return Part.read({"text": text, "labels": known, "entities": entities})


class Conversation:
    """Plays messages one after another, each with the labels that the classifier would give it."""

    def __init__(self):
        self.context = Context()
        self.turn = 0
        self.last = None

    def say(self, text, *parts, language="en", **labels):
        self.turn += 1
        whole = part(text, **labels)
        reading = Reading(whole, parts or (whole,), text, language, f"message-{self.turn}")
        self.last = plan(reading, self.context, self.turn)
        self.context = self.last.context
        for said in self.last.says:
            assert said.response in RESPONSES
        return [said.response.removeprefix("utter_") for said in self.last.says]

    @property
    def buttons(self):
        return [topic for said in self.last.says for _, topic in said.buttons]


@pytest.fixture
def talk():
    return Conversation()


def test_a_question_gets_the_answer_of_its_topic(talk):
    assert talk.say("What is PNS?", faq__pns=0.9)[0] == "faq/pns"


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("rfa", "faq/rfa_duration"),
        ("epidural_injection", "not_in_source/numbers"),
        ("si_joint_injection", "not_in_source/numbers"),
        ("scs", "not_in_source/numbers"),
        ("pns", "not_in_source/numbers"),
        ("adhesiolysis", "not_in_source/numbers"),
        ("med_opioids", "not_in_source/numbers"),
        ("definition", "not_in_source/numbers"),
    ],
)
@pytest.mark.parametrize(
    "labels",
    [{"follow_up__duration": 0.9}, {"faq__rfa_duration": 0.6, "follow_up__duration": 0.3}],
    ids=["understood as a follow-up", "understood as the fact"],
)
def test_how_long_it_lasts_is_told_of_rfa_alone(talk, topic, expected, labels):
    talk.say("…", **{f"faq__{topic}": 0.9})
    assert talk.say("How long does it last?", **labels)[0] == expected


@pytest.mark.parametrize("other", ["epidural", "SI joint injection", "stimulator", "Racz procedure"])
def test_the_duration_of_rfa_is_not_given_for_another_treatment_that_is_named(talk, other):
    assert talk.say(f"How long does the {other} last?", faq__rfa_duration=0.8)[0] == "not_in_source/numbers"


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("scs", "faq/scs_effectiveness"),
        ("rfa", "faq/rfa_duration"),
        ("pns", "not_in_source/effect"),
        ("epidural_injection", "not_in_source/effect"),
        ("med_nsaids", "not_in_source/effect"),
    ],
)
def test_whether_it_works_is_told_where_the_document_says_so(talk, topic, expected):
    talk.say("…", **{f"faq__{topic}": 0.9})
    assert talk.say("Does it work?", follow_up__effectiveness=0.9)[0] == expected


def test_every_follow_up_leads_to_a_topic_or_a_refusal_that_exists():
    for aspect in follow_ups.aspects():
        for topic in CATALOGUE.answers:
            answer = follow_ups.answer_to(aspect, topic)
            assert answer in CATALOGUE.answers or f"utter_{answer}" in RESPONSES, (aspect, topic)


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("rfa", "interventional"),
        ("med_nsaids", "medications"),
        ("cause_scar_tissue", "causes"),
        ("symptom_mood", "symptoms"),
        ("physical_therapy", "nonsurgical"),
        ("when_to_seek_help", "treatments"),
    ],
)
def test_what_else_is_the_group_of_the_topic(talk, topic, expected):
    talk.say("…", **{f"faq__{topic}": 0.9})
    assert talk.say("What else?", follow_up__else=0.9)[0] == f"faq/{expected}"


def test_what_else_again_goes_to_the_group_above(talk):
    talk.say("RFA?", faq__rfa=0.9)
    talk.say("What else?", follow_up__else=0.9)
    assert talk.say("And what else?", follow_up__else=0.9)[0] == "faq/treatments"


def test_the_other_one_is_the_other_of_two(talk):
    talk.say("What is spinal cord stimulation?", faq__scs=0.9)
    assert talk.say("And the other one?", follow_up__other=0.9)[0] == "faq/pns"


def test_first_and_second_are_those_of_the_message_before(talk):
    said = talk.say("What do the epidural and the Racz procedure do?", faq__adhesiolysis=0.8)
    assert said[:2] == ["faq/epidural_injection", "faq/adhesiolysis"]
    talk.say("How long does the first one last?", follow_up__duration=0.9)
    assert talk.context.topic == "epidural_injection"


@pytest.mark.parametrize(
    ("group", "text", "expected"),
    [
        ("medications", "tell me about the nerve ones", "med_neuropathic"),
        ("medications", "and the strong ones?", "med_opioids"),
        ("causes", "the one with the metal parts, more on it please", "cause_instability_hardware"),
        ("physical_therapy", "and the talking kind?", "behavioral_therapy"),
    ],
)
@pytest.mark.parametrize("labels", [{"faq__pns": 0.8}, {"follow_up__more": 0.8}, {"follow_up__other": 0.8}])
def test_one_of_a_group_is_told_by_its_nature(talk, group, text, expected, labels):
    talk.say("...", **{f"faq__{group}": 0.9})
    assert talk.say(text, **labels)[0] == f"faq/{expected}"


def test_what_tells_two_of_a_group_tells_neither():
    assert follow_ups.told_apart("the muscle or the nerve ones", follow_ups.members_of("medications")) is None


def test_every_word_that_tells_one_of_a_group_tells_it_from_the_others():
    for group in ("causes", "symptoms", "nonsurgical", "medications", "interventional"):
        members = follow_ups.members_of(group)
        for topic in members:
            words = follow_ups.telling_words(topic)
            assert words, topic
            assert all(follow_ups.told_apart(word, members) == topic for word in words), topic


def test_a_switch_asks_the_same_of_another_treatment(talk):
    talk.say("SI joint injection?", faq__si_joint_injection=0.9)
    talk.say("How long does it last?", follow_up__duration=0.9)
    assert talk.say("And the ablation?", faq__rfa=0.9)[0] == "faq/rfa_duration"


def test_after_a_correction_it_is_the_new_topic(talk):
    talk.say("RFA?", faq__rfa=0.9)
    talk.say("No, I meant the SI joint", faq__si_joint_injection=0.9)
    assert talk.say("How long does it last?", follow_up__duration=0.9)[0] == "not_in_source/numbers"


@pytest.mark.parametrize(("word", "expected"), [("arms", "symptom_radiculopathy"), ("neck", "symptom_back_neck_pain")])
def test_another_part_of_the_body_is_its_symptom(talk, word, expected):
    talk.say("My legs hurt", faq__symptoms=0.9)
    assert talk.say(f"What about the {word}?", follow_up__place=0.9)[0] == f"faq/{expected}"


def test_a_knee_is_outside_the_document(talk):
    talk.say("My legs hurt", faq__symptom_radiculopathy=0.9)
    assert talk.say("What about my knee?", follow_up__place=0.9)[0] == "not_in_source/other_condition"


@pytest.mark.parametrize("aside", [{"smalltalk__thanks": 0.9}, {"out_of_scope__general": 0.9}])
def test_the_topic_survives_an_aside(talk, aside):
    talk.say("RFA?", faq__rfa=0.9)
    talk.say("…", **aside)
    assert talk.say("How long does it last?", follow_up__duration=0.9)[0] == "faq/rfa_duration"


def test_without_a_topic_before_a_follow_up_is_asked_back(talk):
    assert talk.say("How long does it last?", follow_up__duration=0.9)[0] == "follow_up/duration"
    assert talk.buttons == ["causes", "symptoms", "treatments", None]


@pytest.mark.parametrize(
    ("named", "label"),
    [("acupuncture", "other_treatment"), ("ketamine", "other_treatment"), ("Marfan", "other_condition")],
)
def test_what_the_document_does_not_know_is_not_matched_to_the_nearest_topic(talk, named, label):
    assert talk.say(f"What about {named}?", faq__interventional=0.6)[0] == f"not_in_source/{label}"


def test_two_clear_questions_get_both_answers(talk):
    text = "What is FBSS and why does it happen?"
    said = talk.say(
        text,
        part("What is FBSS", faq__definition=0.9),
        part("why does it happen?", faq__causes=0.6, follow_up__why=0.4),
        faq__definition=0.5,
        faq__causes=0.5,
    )
    assert said == ["faq/definition", "faq/causes"]


def test_the_second_question_may_follow_up_the_first(talk):
    said = talk.say(
        "What is RFA and how long does it last?",
        part("What is RFA", faq__rfa=0.9),
        part("how long does it last?", follow_up__duration=0.9),
        faq__rfa_duration=0.6,
        faq__rfa=0.4,
    )
    assert said[:2] == ["faq/rfa", "faq/rfa_duration"]


def test_a_question_with_an_answer_and_one_without_get_both(talk):
    said = talk.say(
        "How long does RFA last, and what does it cost?",
        part("How long does RFA last", faq__rfa_duration=0.9),
        part("what does it cost?", not_in_source__cost_insurance=0.9),
        not_in_source__cost_insurance=0.5,
        faq__rfa_duration=0.5,
    )
    assert said[:2] == ["faq/rfa_duration", "not_in_source/cost_insurance"]


def test_doubt_is_asked_with_the_likely_topics_and_something_else(talk):
    assert talk.say("…", faq__scs=0.45, faq__pns=0.43, faq__rfa=0.12) == ["did_you_mean"]
    assert talk.buttons == ["scs", "pns", "rfa", None]
    assert talk.context.open_offer(2) == DID_YOU_MEAN


@pytest.mark.parametrize("chosen", ["Peripheral nerve stimulation (PNS)", "2", "the second one", "Second"])
def test_the_choice_is_answered_and_labels_the_unclear_message(talk, chosen):
    talk.say("…", faq__scs=0.45, faq__pns=0.43, faq__rfa=0.12)
    assert talk.say(chosen, out_of_scope__nonsense=0.9)[0] == "faq/pns"
    assert talk.last.clarifies == "message-1"
    assert talk.context.topic == "pns"


def test_of_two_topics_the_last_is_the_second(talk):
    talk.say("…", faq__scs=0.5, faq__pns=0.5)
    assert talk.say("the last one", out_of_scope__nonsense=0.9)[0] == "faq/pns"


def test_a_wish_that_is_chosen_is_taken_up_labels_the_message_and_is_no_topic(talk):
    talk.say("RFA?", faq__rfa=0.9)
    talk.say("…", book_consultation=0.5, talk_to_human=0.5)
    talk.say("Book a consultation", book_consultation=0.9)
    assert (talk.last.hand_over, talk.last.clarifies) == ("book_consultation", "message-2")
    assert talk.say("How long does it last?", follow_up__duration=0.9)[0] == "faq/rfa_duration"


def test_yes_to_the_details_asks_which_and_is_no_miss(talk):
    talk.say("Which medicines?", faq__medications=0.9)
    talk.say("no consultation", deny=0.9)
    talk.say("And without surgery?", faq__nonsurgical=0.9)
    assert talk.say("yes", affirm=0.9) == ["which_one"]
    assert talk.context.misses == 0


@pytest.mark.parametrize("answer", ["Something else", "none of these", "no"])
def test_none_of_the_topics_is_a_miss_and_then_a_person_is_offered(talk, answer):
    talk.say("…", faq__scs=0.45, faq__pns=0.43, faq__rfa=0.12)
    assert talk.say(answer, deny=0.9) == ["still_not_understood"]
    assert talk.last.clarifies == "message-1"
    assert talk.context.open_offer(3) == PERSON
    talk.say("yes", affirm=0.9)
    assert talk.last.hand_over == "talk_to_human"


def test_what_is_not_understood_twice_in_a_row_offers_a_person(talk):
    spread = {f"faq__{topic}": 0.05 for topic in sorted(CATALOGUE.answers)[:20]}
    assert talk.say("…", **spread) == ["fallback"]
    assert talk.say("…", **spread) == ["still_not_understood"]


def test_a_miss_is_forgiven_by_a_message_that_is_understood(talk):
    spread = {f"faq__{topic}": 0.05 for topic in sorted(CATALOGUE.answers)[:20]}
    talk.say("…", **spread)
    talk.say("RFA?", faq__rfa=0.9)
    assert talk.say("…", **spread) == ["fallback"]


def test_that_it_was_wrong_is_asked_with_what_else_was_likely(talk):
    talk.say("…", faq__scs=0.7, faq__pns=0.2, faq__rfa=0.1)
    assert talk.say("That is not what I asked", follow_up__wrong=0.9) == ["sorry_which_topic"]
    assert talk.buttons == ["pns", "rfa", None]


def test_a_complaint_about_nothing_in_particular_gets_an_apology_which_is_no_answer(talk):
    assert talk.say("what a useless reply", follow_up__wrong=0.9) == ["sorry_say_it_differently"]
    assert talk.last.says[0].topic == "smalltalk"


def test_the_same_question_again_gets_the_documents_words_and_then_a_person(talk):
    assert talk.say("PNS?", faq__pns=0.9)[0] == "faq/pns"
    assert talk.say("PNS?", faq__pns=0.9)[0] == "in_its_own_words"
    said = talk.last.says[0]
    assert said.topic == "pns"
    assert all(CATALOGUE.passages[passage] in said.values["quote"] for passage in said.passages)
    assert talk.say("PNS?", faq__pns=0.9)[0] == "that_is_all"
    assert talk.buttons[0] == "talk_to_human"


def test_the_same_refusal_again_leads_to_a_person(talk):
    talk.say("What does RFA cost?", not_in_source__cost_insurance=0.9)
    assert talk.say("But how much?", not_in_source__cost_insurance=0.9)[1] == "a_person_may_know"


def test_yes_and_no_answer_what_was_offered_last(talk):
    talk.say("When to come?", faq__when_to_seek_help=0.9)
    assert talk.context.open_offer(2) == CONSULTATION
    talk.say("yes", affirm=0.9)
    assert talk.last.hand_over == "book_consultation"


@pytest.mark.parametrize(("label", "expected"), [("affirm", "nothing_offered"), ("deny", "all_right_then")])
def test_yes_and_no_answer_nothing_when_nothing_was_offered(talk, label, expected):
    assert talk.say("…", **{label: 0.9}) == [expected]
    assert talk.last.hand_over is None


def test_an_offer_is_open_for_one_turn(talk):
    talk.say("When to come?", faq__when_to_seek_help=0.9)
    talk.say("What is FBSS?", faq__definition=0.9)
    assert talk.say("yes", affirm=0.9) == ["nothing_offered"]


def test_a_consultation_is_offered_at_most_once_in_four_turns(talk):
    topics = ["rfa", "pns", "scs", "adhesiolysis", "epidural_injection", "med_nsaids", "med_opioids", "medications"]
    offered = ["offer_consultation" in talk.say("…", **{f"faq__{topic}": 0.9}) for topic in topics]
    assert offered == [True, False, False, False, True, False, False, False]


def test_a_consultation_is_not_offered_again_after_a_no(talk):
    talk.say("…", faq__rfa=0.9)
    talk.say("no", deny=0.9)
    for topic in ["pns", "scs", "adhesiolysis", "epidural_injection", "med_nsaids"]:
        assert "offer_consultation" not in talk.say("…", **{f"faq__{topic}": 0.9})


@pytest.mark.parametrize(
    ("text", "feeling"),
    [
        ("It hurts so much, what treatments are there?", "pain"),
        ("I am fed up, what can be done?", "frustration"),
        ("I am scared, is there another operation?", "fear"),
    ],
)
def test_a_feeling_gets_a_word_before_the_answer_but_not_each_time(talk, text, feeling):
    assert talk.say(text, faq__treatments=0.9)[:2] == [f"sympathy/{feeling}", "faq/treatments"]
    assert not talk.say(text, faq__nonsurgical=0.9)[0].startswith("sympathy")


def test_spanish_is_answered_in_spanish_with_a_person(talk):
    assert talk.say("¿Cuánto dura la ablación?", language="es", not_in_source__numbers=0.9) == ["spanish"]


@pytest.mark.parametrize("topic", sorted(CATALOGUE.answers))
def test_more_on_a_topic_never_leads_to_another_fact_without_ground(talk, topic):
    talk.say("…", **{f"faq__{topic}": 0.9})
    talk.say("Tell me more", follow_up__more=0.9)
    for said in talk.last.says:
        if said.passages:
            assert set(said.passages) <= {passage.id for passage in CATALOGUE.passages_of(said.topic)}
