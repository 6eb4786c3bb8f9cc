"""What crosses the boundary of this room: frozen records, no rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

Role = Literal["viewer", "reviewer", "admin"]
# How far a sign-in is: the password is right and a code is awaited, a second factor must be set up first, or complete.
Stage = Literal["code", "enrol", "complete"]

ROLES: Final[tuple[Role, ...]] = get_args(Role)  # each may do what those before it may


def is_at_least(role: Role, least: Role) -> bool:
    """Tell whether a role may do what another one may."""
    return ROLES.index(role) >= ROLES.index(least)


@dataclass(frozen=True)
class Account:
    """An account of staff. ``single_sign_on``: it signs in at the identity provider, and has no password here."""

    id: str
    name: str
    role: Role
    is_enabled: bool
    has_second_factor: bool
    single_sign_on: bool
    created_at: datetime


@dataclass(frozen=True)
class StaffSession:
    """A session as its requests see it. ``csrf`` is the token that every change carries."""

    account_id: str
    name: str
    role: Role
    stage: Stage
    csrf: str
    started_at: datetime
    seen_at: datetime

    def may(self, least: Role) -> bool:
        """Tell whether the sign-in is complete and the role is the one asked for, or one that may do more."""
        return self.stage == "complete" and is_at_least(self.role, least)
