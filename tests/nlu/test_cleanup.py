"""Clean-up mends what is misspelt, leaves alone what is not, and knows where each word stood."""

import itertools
import re
import string
import time

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.knowledge.catalogue import load_catalogue
from bot.nlu.cleanup import LONGEST, Cleaner, shared_cleaner

ENGLISH = sorted(
    word
    for word in shared_cleaner()._frequencies
    if word.isascii() and word.isalpha() and word not in shared_cleaner()._shorthand
)
SUBJECT = sorted(word for word in shared_cleaner()._subject if word not in shared_cleaner()._shorthand)
TYPED = st.text(alphabet=string.ascii_letters + string.digits + " .,?!'-/:;()\n", max_size=200)
# Parts of messages that the clean-up treats in ways of their own.
SCRAPS = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            ["<b>", "</b>", "&amp;", "&#39;", "w/", "w/o", "😭", "👨‍👩‍👧", "don’t", "sooooo", "gabapenten", " ", "\x00"]
        ),
    ),
    max_size=12,
).map("".join)


def clean(text):
    return shared_cleaner().clean(text).text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("gabapenten", "gabapentin"),
        ("gabapentn", "gabapentin"),
        ("pregablin", "pregabalin"),
        ("stimulater", "stimulator"),
        ("stimulatr", "stimulator"),
        ("epidurel", "epidural"),
        ("Epidurral", "epidural"),
        ("siatica", "sciatica"),
        ("sciattica", "sciatica"),
        ("laminektomy", "laminectomy"),
        ("laminectemy", "laminectomy"),
        ("ablasion", "ablation"),
        ("radiofrequensy", "radiofrequency"),
        ("cortizone", "cortisone"),
        ("apointment", "appointment"),
        ("surgury", "surgery"),
        ("herneated", "herniated"),
        ("numbnes", "numbness"),
        ("adhesiolisis", "adhesiolysis"),
        ("sholder", "shoulder"),
    ],
)
def test_misspellings_of_the_subject_are_mended(written, meant):
    assert clean(written) == meant
    assert clean(f"what about {written}, then?") == f"what about {meant} , then ?"


@settings(max_examples=200)
@given(word=st.sampled_from(SUBJECT), place=st.integers(0, 40), data=st.data())
def test_a_word_of_the_subject_with_a_letter_wrong_becomes_a_known_word_or_stays(word, place, data):
    place %= len(word)
    letter = data.draw(st.sampled_from(["", *string.ascii_lowercase]))
    written = word[:place] + letter + word[place + data.draw(st.integers(0, 1)) :]
    assume(written not in shared_cleaner()._shorthand)
    assume(not re.search(r"(\w)\1\1", written))  # a letter three times is squeezed
    assert clean(written) == written or clean(written) in shared_cleaner()._known


@pytest.mark.parametrize(
    "word",
    [
        "peeing", "wetting", "loosening", "infusions", "reschedule", "stimulation", "ablations", "numb", "moody",
        "nerve", "never", "surgery's", "Maria", "Kowalski", "L5-S1", "RFA", "mobic", "neurontin", "nsaids",
        "esketamine", "reherniation", "rhizotomy", "kyphoplasty", "x-ray", "mother-in-law", "T12", "50mg",
    ],
)  # fmt: skip
def test_what_is_not_misspelt_stays(word):
    assert clean(word) == word


@settings(max_examples=300)
@given(word=st.sampled_from(ENGLISH))
def test_english_words_stay(word):
    assert clean(word) == word
    assert clean(word.title()) == word.title()


def test_no_word_of_the_document_is_changed():
    for line in load_catalogue().source.splitlines():
        for word in shared_cleaner().clean(line).words:
            written = line[word.start : word.end]
            assert not written.isalpha() or word.text == written


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cud u tel me abt rfa pls", "could you tel me about rfa please"),
        ("idk y my meds dont work 2day", "I do not know why my medications do not work today"),
        ("Don't", "do not"),
        ("don’t", "do not"),
        ("I can't", "I cannot"),
        ("w/ or w/o surgery", "with or without surgery"),
        ("ac/dc w/e", "ac / dc w / e"),
        ("resched my appt 4 tmrw", "reschedule my appointment 4 tomorrow"),
    ],
)
def test_shorthand_is_written_out(written, meant):
    assert clean(written) == meant


def test_what_shorthand_stands_for_is_plain():
    assert [meant for meant in shared_cleaner()._shorthand.values() if clean(meant) != meant] == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sooo baaaad", "so bad"),
        ("goood", "good"),
        ("neeeed sleeeep", "need sleep"),
        ("weeeell", "well"),
        ("PAINNNN", "pain"),
        ("plzzz", "please"),
        ("stimulaterrr", "stimulator"),
        ("noooooo!!!!!!", "no !!!"),
        ("aaa", "a"),
        ("xzzzq", "xzq"),
    ],
)
def test_repeated_letters_are_taken_for_emphasis(written, meant):
    assert clean(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("<b>hi</b> there<br/>", "hi there"),
        ("<a href='x'>RFA</a><!-- note -->", "RFA"),
        ("pain is 3 <5 and 7> 6", "pain is 3 < 5 and 7 > 6"),
        ("I <3 my doctor > all", "I < 3 my doctor > all"),
        ("back &amp; neck", "back & neck"),
        ("don&#39;t &quot;stop&quot;", 'do not " stop "'),
        ("AT&T; &", "AT &T; &"),
        ("ｅｐｉｄｕｒａｌ 𝗽𝗮𝗶𝗻 ⓜⓔ", "epidural pain me"),
        ("zero\u200bwidth\x00 pa\xadin", "zero width pa in"),
        ("\u202eback\u202c", "back"),
        ("my_leg__hurts", "my _ leg __ hurts"),
        ("´x", "\u0301 x"),
        ("боль RFA 痛み", "боль RFA 痛み"),
    ],
)
def test_markup_and_odd_characters_are_made_plain(written, meant):
    assert clean(written) == meant


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\x07", "\u200b\ufeff", "<br><p>", "\ud800"])
def test_nothing_to_read_gives_no_words(text):
    assert shared_cleaner().clean(text).words == ()


def test_emoji_become_their_names():
    assert clean("help 🚨") == "help police car light"
    assert clean("😭😭") == "loudly crying face"
    assert "crying" in clean("hurts!!😭").split()


def test_of_a_long_message_the_end_is_read():
    text = "start " + "pain " * LONGEST + "what is RFA?"
    cleaned = shared_cleaner().clean(text)
    assert cleaned.text.endswith("pain what is RFA ?")
    assert "start" not in cleaned.text
    assert text[slice(*cleaned.original_span(len(cleaned.text) - 5, len(cleaned.text)))] == "RFA?"
    assert cleaned.words[0].start >= len(text) - LONGEST


@pytest.mark.parametrize(
    "piece", ["&", "!", "<", "<a", "&a", "&#", "a'", "😭", "x ", "w/", "_", "\u0301", "aab", "<a &lt;"]
)
def test_long_messages_of_any_kind_take_no_time(piece):
    started = time.monotonic()
    clean(piece * 10_000)
    assert time.monotonic() - started < 2


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(st.text(), SCRAPS, TYPED))
@example(text="İ̇ ﷺ½ ™ ´ ﬁ \U0001f468\u200d")
@example(text="&nbsp;&zwj;&#0;&lt;b&gt;&bogus;")
@example(text="::\u00b8")
def test_any_text_is_cleaned_and_each_word_stands_in_it(text):
    cleaned = shared_cleaner().clean(text)
    assert cleaned == shared_cleaner().clean(text)
    assert cleaned.text == " ".join(word.text for word in cleaned.words)
    assert cleaned.text == " ".join(cleaned.text.split())
    assert all(word.text for word in cleaned.words)
    places = [place for word in cleaned.words for place in (word.start, word.end)]
    assert places == sorted(places)
    assert all(0 <= word.start < word.end <= len(text) for word in cleaned.words)
    assert all(first.end <= second.start for first, second in itertools.pairwise(cleaned.words))


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(SCRAPS, TYPED), start=st.integers(0, 300), length=st.integers(1, 300))
def test_any_span_of_the_clean_text_maps_into_the_original(text, start, length):
    cleaned = shared_cleaner().clean(text)
    first, last = cleaned.original_span(start, start + length)
    assert 0 <= first <= last <= len(text)
    if start < len(cleaned.text) and cleaned.text[start : start + length].strip():
        assert first < last


@settings(max_examples=100, deadline=None)
@given(text=st.one_of(SCRAPS, TYPED))
def test_each_word_maps_to_where_it_stood(text):
    cleaned = shared_cleaner().clean(text)
    position = 0
    for word in cleaned.words:
        assert cleaned.text[position : position + len(word.text)] == word.text
        assert cleaned.original_span(position, position + len(word.text)) == (word.start, word.end)
        position += len(word.text) + 1


def test_a_span_outside_the_clean_text_is_empty():
    cleaned = shared_cleaner().clean("back pain")
    assert cleaned.original_span(50, 60) == (0, 0)
    assert cleaned.original_span(4, 5) == (0, 0)  # between two words


@settings(max_examples=200, deadline=None)
@given(words=st.lists(st.text(alphabet=string.ascii_letters, min_size=1, max_size=14), max_size=10))
@example(words=["plzzz", "stimulaterrr", "cuzzz", "gabapenten"])
def test_cleaning_clean_words_changes_nothing(words):
    once = clean(" ".join(words))
    assert clean(once) == once


@settings(max_examples=200, deadline=None)
@given(words=st.lists(st.sampled_from(ENGLISH + SUBJECT), max_size=10))
def test_a_text_of_known_words_is_left_as_it_is(words):
    assert clean(" ".join(words)) == " ".join(words)


def test_another_cleaner_cleans_alike():
    text = "gabapenten n siatica plzzz 😭 <b>stimulater</b> abt laminektomy"
    assert Cleaner().clean(text) == shared_cleaner().clean(text)
