"""Messages as the gateway sends them, one of each kind that looks different."""

from __future__ import annotations

from typing import Any

from bot.safety.replies import safety_texts

Said = dict[str, Any]

CLARIFY: Said = {
    "text": "Which of these do you mean?",
    "kind": "clarify",
    "buttons": [
        {"title": "How long RFA lasts", "value": "How long does RFA last?", "topic": "rfa_duration"},
        {"title": "What RFA is", "value": "What is RFA?", "topic": "rfa"},
    ],
}
LIST: Said = {
    "text": "The page names these procedures:\n• Epidural steroid injections\n• Spinal cord stimulation (SCS)",
    "kind": "answer",
    "sources": [{"passage": "scs.0", "quote": "Spinal Cord Stimulation (SCS)"}],
}
EMERGENCY: Said = {"text": safety_texts()["emergency"].text, "kind": "emergency"}
OVERDOSE: Said = {"text": safety_texts()["overdose"].text, "kind": "emergency"}
CRISIS: Said = {"text": safety_texts()["crisis"].text, "kind": "crisis"}
ASK_EMERGENCY: Said = {
    "text": safety_texts()["ask_emergency"].text,
    "kind": "emergency",
    "buttons": [{"title": "I am getting help", "value": "I am getting help", "topic": None}],
}
STAFF: Said = {"text": "Good morning, how can I help?", "staff": {"name": "Ana Ruiz", "role": "Nurse"}}


def _choices(*titles: str) -> list[dict[str, Any]]:
    return [{"title": title, "value": title, "topic": None} for title in titles]


ASK_NAME: Said = {"text": "What is the name of the person who would come?", "kind": "booking", "asks": "name"}
ASK_CONTACT: Said = {
    "text": "How can the clinic reach you? Please give a phone number or an e-mail address.",
    "kind": "booking",
    "asks": "contact",
}
ASK_TIME: Said = {
    "text": "Which of these times would suit you? They are in the clinic's time (EST).",
    "kind": "booking",
    "asks": "time",
    "buttons": _choices(
        "Thu, Dec 3, 9:00 AM", "Thu, Dec 3, 9:40 AM", "Thu, Dec 3, 1:00 PM", "Fri, Dec 4, 8:30 AM", "Later times"
    ),
}
ASK_REASON: Said = {"text": "In a few words, what would you like help with?", "kind": "booking", "asks": "reason"}
ASK_CONFIRM: Said = {
    "text": "Please check what I have:\nName: Maria Example\nContact: (503) 555-0177\nTime: Thu, Dec 3, 9:40 AM\n"
    "Reason: Leg pain after a fusion\nShall I send this to the clinic?",
    "kind": "booking",
    "asks": "confirm",
    "buttons": _choices("Yes, book it", "Change something", "Stop booking"),
}
BOOKED: Said = {
    "text": "Thank you. Your appointment is on Thursday, December 3 at 9:40 AM.",
    "kind": "booking",
    "booking": {"reference": "K7QX-4MPD", "status": "confirmed"},
}
REQUESTED: Said = {
    "text": "Thank you. The office will call you back.",
    "kind": "booking",
    "booking": {"reference": "B2RT-9HNW", "status": "requested"},
}
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"

BOOKING_SCRIPT: dict[str, list[Said]] = {
    "Book a consultation": [ASK_NAME],
    "Maria Example": [ASK_CONTACT],
    "(503) 555-0177": [ASK_TIME],
    "Thu, Dec 3, 9:40 AM": [ASK_REASON],
    "Leg pain after a fusion": [ASK_CONFIRM],
    "Yes, book it": [BOOKED],
}
