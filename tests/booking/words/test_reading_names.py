"""Reading names, and for whom a visitor books."""

import pytest

from bot.booking.words.names import read_name
from bot.booking.words.relatives import read_for_whom

ASKED = {
    "Bo Ng": "Bo Ng", "Marguerite Dubois-Hale": "Marguerite Dubois-Hale", "O'Brien": "O'Brien", "O’Brien": "O'Brien",
    "José María de la Cruz": "José María de la Cruz", "tina": "Tina", "it's Tina": "Tina", "its tina": "Tina",
    "Tina here": "Tina", "T. Valdez": "T. Valdez", "t valdez": "T Valdez", "Valdez, Tina": "Tina Valdez",
    "Tina, mornings": "Tina", "May": "May", "may": "May", "Wednesday Addams": "Wednesday Addams",
    "wednesday addams": "Wednesday Addams", "mcdonald": "McDonald", "ronald macdonald": "Ronald MacDonald",
    "ana macias": "Ana Macias", "MARY MCCARTHY": "Mary McCarthy", "sean o'brien": "Sean O'Brien",
    "ludwig van beethoven": "Ludwig van Beethoven", "maria de la cruz": "Maria de la Cruz",
    "jean-luc picard": "Jean-Luc Picard", "d'angelo russell": "D'Angelo Russell", "DeShawn mcRae": "DeShawn mcRae",
    "AJ": "AJ", "JOHN SMITH": "John Smith", "robert downey iii": "Robert Downey III",
    "Dr. Ruth Amsel": "Dr. Ruth Amsel", "Mr. Chen": "Mr. Chen", "My Tran": "My Tran", "An Nguyen": "An Nguyen",
    "will smith": "Will Smith", "june carter": "June Carter", "april": "April", "王小明": "王小明",
    "Олена Шевченко": "Олена Шевченко", "Nguyễn Văn An": "Nguyễn Văn An", "sure, it's Tina Valdez": "Tina Valdez",
    "yes, Tina Valdez": "Tina Valdez", "Tina Valdez please": "Tina Valdez",
    "first name tina last name valdez": "Tina Valdez", "tina valdez my number is 312 555 0128": "Tina Valdez",
    "hi, I'm Tina": "Tina", "im tina valdez": "Tina Valdez", "Tina Valdez, (312) 555-0128": "Tina Valdez",
    "Ana Ruiz bo@example.com": "Ana Ruiz", "A. L. Reyes": "A. L. Reyes", "J.R.": "J.R.", "T. V.": "T. V.",
    "J.R. Smith": "J.R. Smith", "a. l.": "A. L.", "A.L.R.": "A.L.R.", "mary a. jones": "Mary A. Jones",
    "this is T. V.": "T. V.", "T. V. please": "T. V.", "Reyes, A. L.": "A. L. Reyes",
    "J. D. and my number is 404 555 0190": "J. D.", "I. M. Reyes": "I. M. Reyes",
}  # fmt: skip

INTRODUCED = {
    "my name's tina valdez": "Tina Valdez", "My name is Bo Ng and I need an appointment": "Bo Ng",
    "Name: Tina Valdez": "Tina Valdez", "put me down as T. Valdez": "T. Valdez",
    "this is for my dad, Earl Whitcomb": "Earl Whitcomb", "for my mother Ruth Amsel": "Ruth Amsel",
    "my wife's name is Ana Ruiz": "Ana Ruiz", "his name is earl whitcomb": "Earl Whitcomb",
    "Patient: Earl Whitcomb": "Earl Whitcomb", "call me Al": "Al", "this is Tina Valdez": "Tina Valdez",
    "Tina Valdez here": "Tina Valdez", "book it under ruth amsel": "Ruth Amsel",
    "hi this is Bo Ng 312 555 0128": "Bo Ng", "change the name to Tina Hale": "Tina Hale",
    "my last name should be Hale": "Hale", "it's spelled Valdes": "Valdes",
    "my name is A. L. Reyes": "A. L. Reyes", "my name is J.R.": "J.R.",
}  # fmt: skip

NO_NAMES = (
    "12345", "bo@example.com", "312-555-0128", "9:30", "yes", "no", "why", "why?", "who's asking", "I have back pain",
    "my back hurts", "not telling you", "prefer not to say", "next tuesday", "tuesday", "tuesday morning", "monday",
    "second", "the afternoon one", "i'm in pain", "I am hurting", "sciatica", "hello", "skip", "ok", "c", ".", "?",
    "", "my name is not important", "What is this", "call me at 3", "none of your business", "two",
    "I want to book an appointment", "Tina?", "stop", "CANCEL", "back pain", "this afternoon", "it's for my wife",
    "thank you", "I don't know", "12/1", "n/a", "test", "lower back", "can I talk to a person",
    "how long does it take", "L4", "L4 L5", "p.m.", "P.M.", "a.m.", "3 p.m.", "e.g.", "n.a.", "O.K.", "U.S.",
    "M.R.I.", "A.", "J R", "k.",
)  # fmt: skip

NOT_INTRODUCED = (
    "Bo Ng",
    "Wednesday Addams",
    "tina",
    "May",
    "it's worse",
    "I'm ready",
    "this is urgent",
    "this is it",
    "my dad is 80",
)


@pytest.mark.parametrize(("text", "name"), (ASKED | INTRODUCED).items())
def test_a_name_that_was_asked_for_is_read(text, name):
    assert read_name(text, asked=True) == name


@pytest.mark.parametrize(("text", "name"), INTRODUCED.items())
def test_a_name_that_is_introduced_is_read_unasked(text, name):
    assert read_name(text, asked=False) == name


@pytest.mark.parametrize("text", NO_NAMES)
def test_what_is_plainly_no_name_is_refused(text):
    assert read_name(text, asked=True) is None


@pytest.mark.parametrize("text", NOT_INTRODUCED)
def test_unasked_a_name_must_be_introduced(text):
    assert read_name(text, asked=False) is None


@pytest.mark.parametrize(
    ("text", "whom"),
    {
        "this is for my dad, Earl Whitcomb": "my dad",
        "For my Mother Ruth Amsel": "my mother",
        "I'm calling on behalf of my mother-in-law": "my mother-in-law",
        "my wife needs an appointment": "my wife",
        "My mom Ruth Amsel needs to be seen": "my mom",
        "my husband's name is Bo": "my husband",
        "Earl Whitcomb, he's my dad": "my dad",
        "its for a friend": "a friend",
        "I have to wait for my husband": None,
        "I care for my mother": None,
        "my mother had this too": None,
        "my wife says hi": None,
        "for my leg pain": None,
        "Tina Valdez": None,
    }.items(),
)
def test_for_whom_a_visitor_books(text, whom):
    assert read_for_whom(text) == whom
