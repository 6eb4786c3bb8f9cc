"""What can go wrong with the appointment book, apart from the database itself. Each says what the visitor can do."""

from __future__ import annotations

from bot.errors import AssistantError


class BookingError(AssistantError):
    """Something about appointments that the visitor or staff can mend; nothing was written."""


class SlotTaken(BookingError):  # noqa: N818 - reads as what it says
    """Someone else has the time, or holds it."""

    def __init__(self) -> None:
        super().__init__("That time has just been taken; please choose another one.")


class NotOffered(BookingError):  # noqa: N818 - reads as what it says
    """The time is past, too soon, too far ahead, or not in the clinic's hours (any more)."""

    def __init__(self) -> None:
        super().__init__("That time is not offered any more; please choose another one.")


class NoSuchAppointment(BookingError):  # noqa: N818 - reads as what it says
    """There is none, or the contact is not its own: which of the two is not told."""

    def __init__(self) -> None:
        super().__init__("No appointment was found for this reference and contact; please check both.")


class TooManyTries(BookingError):  # noqa: N818 - reads as what it says
    """Reference and contact were tried wrongly too often; the next try is possible within an hour."""

    def __init__(self) -> None:
        super().__init__("That was tried too often; please try again in an hour, or contact the clinic.")


class AppointmentOver(BookingError):  # noqa: N818 - reads as what it says
    """The appointment is past, or does not stand any more, so that it cannot be changed."""

    def __init__(self) -> None:
        super().__init__(
            "This appointment is past or has been cancelled, so it cannot be changed; please book a new one."
        )


class NoTimeYet(BookingError):  # noqa: N818 - reads as what it says
    """A request without a time cannot be confirmed or have taken place."""

    def __init__(self) -> None:
        super().__init__("This request has no time yet; move it to one, or cancel it.")


class NotOverYet(BookingError):  # noqa: N818 - reads as what it says
    """Whether somebody came is known only once the appointment has begun."""

    def __init__(self) -> None:
        super().__init__("The appointment has not begun yet; say what became of it afterwards, or cancel it.")


class NotWaiting(BookingError):  # noqa: N818 - reads as what it says
    """Nothing is left to do about it: it was handled, or does not stand any more."""

    def __init__(self) -> None:
        super().__init__("This is not in the queue any more; look at the list of appointments.")


class NoSuchConversation(BookingError):  # noqa: N818 - reads as what it says
    """The conversation was erased meanwhile."""

    def __init__(self) -> None:
        super().__init__("The conversation was erased, so nothing was booked; please begin a new one.")
