"""What can go wrong with accounts of staff and their sessions, apart from the database itself."""

from __future__ import annotations

from bot.errors import AssistantError


class StaffError(AssistantError):
    """Something that the administrator, or the person who signs in, can mend as the sentence says."""


class NoSuchAccount(StaffError):  # noqa: N818 - reads as what it says
    """There is no account of this name."""


class Refused(StaffError):  # noqa: N818 - reads as what it says
    """A name, a password or a code was wrong; the sentence does not tell which."""


class LockedOut(StaffError):  # noqa: N818 - reads as what it says
    """Too many wrong tries, by one account or from one address. ``seconds``: how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many wrong tries. Wait {seconds} seconds, then try again.")
        self.seconds = seconds
