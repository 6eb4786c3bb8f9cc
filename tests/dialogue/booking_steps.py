"""The steps in which a consultation is booked: what is asked for, an answer to each, and what is shown of them."""

BOOK = "book_consultation"
ASKING = {
    "name": "ask_consultation_form_patient_name",
    "contact": "ask_consultation_form_contact",
    "time": "ask_time",
    "reason": "ask_consultation_form_reason",
    "confirm": "ask_confirmed",
}
ANSWERS = {
    "name": "Ann Lee",
    "contact": "404 555 0190",
    "time": "2",
    "reason": "pain since my fusion",
    "confirm": "yes",
}
MONDAY = "Monday, November 23, 1:00 PM EST"  # the second time that is offered


def up_to(chat, detail):
    """Book until this detail is asked for."""
    chat.say("I want to book a consultation", BOOK)
    for asked, answer in ANSWERS.items():
        if asked == detail:
            break
        chat.say(answer)
    assert asks(chat) == detail


def asks(chat):
    return chat.said[-1].asks


def summary(chat):
    lines = [line.split(": ", 1) for line in chat.text.splitlines() if ": " in line]
    return {name.lower(): value for name, value in lines}
