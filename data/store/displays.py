"""Displays in SQL: screens that wait with a code, and the accounts and sessions they become.

A display is an account with the role display whose password hash fits nothing, with one session
that has no end; closing the account ends its open streams as anybody's.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from data.domain.displays import (
    CODE_LIFE,
    OPEN_AT_ALL,
    OPEN_PER_ADDRESS,
    CodeError,
    Display,
    TooManyCodesError,
    Waiting,
    check_place,
    new_code,
    read_code,
)
from data.domain.errors import NotFoundError
from data.domain.words import Role
from data.store.database import Database
from data.store.management import Audit, DisplayPairing, User, UserSession
from data.store.users import TOKEN_BYTES, Client, NewSession, open_session, token_hash

#: No Argon2 hash: no password fits it.
NO_PASSWORD: Final = "!"  # noqa: S105 - none


class Displays:
    """What a screen that waits asks for; it has no session yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, now: datetime, client: Client) -> Waiting:
        """Give a screen a code.

        Raises
        ------
        TooManyCodesError
            If too many wait, of its address or at all.
        """
        secret, code = secrets.token_urlsafe(TOKEN_BYTES), new_code()
        expires = now + CODE_LIFE
        with self._database.writing() as session:
            session.execute(delete(DisplayPairing).where(DisplayPairing.expires_at <= now))
            _check_room(session, client.address)
            row = DisplayPairing(code=code, expires_at=expires, address=client.address)
            row.secret_hash = token_hash(secret)
            session.add(row)
        return Waiting(secret, code, expires)

    def waiting(self, secret: str, now: datetime) -> Waiting | None:
        """Return the screen's code while it waits."""
        with self._database.reading() as session:
            row = session.get(DisplayPairing, token_hash(secret))
        if row is None or row.expires_at <= now:
            return None
        return Waiting(secret, row.code, row.expires_at)

    def fetch(self, secret: str, now: datetime, client: Client) -> NewSession | None:
        """Return the screen's session, once, after an admin has entered its code."""
        with self._database.writing() as session:
            taken = session.scalar(
                delete(DisplayPairing)
                .where(
                    DisplayPairing.secret_hash == token_hash(secret),
                    DisplayPairing.user_id.is_not(None),
                    DisplayPairing.expires_at > now,
                )
                .returning(DisplayPairing.user_id)
            )
            user = None if taken is None else session.get(User, taken)
            if user is None or user.disabled_at is not None:
                return None
            session.add(
                Audit(
                    at=now,
                    actor=user.name,
                    action="sign-in",
                    subject=user.name,
                    address=client.address,
                    detail={"place": user.label},
                )
            )
            return open_session(session, user, now, client)


def pair(session: Session, typed: str, place: str, now: datetime) -> Display:
    """Make the account of the screen that shows a code; it fetches its session itself.

    Raises
    ------
    PlaceError, CodeError
        If the place has no name, or no screen waits with this code.
    """
    place = check_place(place)
    row = session.scalar(
        select(DisplayPairing)
        .where(
            DisplayPairing.code == read_code(typed),
            DisplayPairing.expires_at > now,
            DisplayPairing.user_id.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        raise CodeError("no screen waits with this code")
    user = User(
        name=f"display-{secrets.token_hex(4)}",
        role=Role.DISPLAY,
        label=place,
        password_hash=NO_PASSWORD,
        created_at=now,
    )
    session.add(user)
    session.flush()
    row.user_id = user.id
    return Display(user.id, user.name, place, now, row.address, "")


def revoke(session: Session, display_id: int, now: datetime) -> Display:
    """Close a display and end its session.

    Raises
    ------
    NotFoundError
        If there is no such display, or it is closed already.
    """
    found = [one for one in listed(session) if one.id == display_id]
    if not found:
        raise NotFoundError(f"there is no display {display_id}")
    session.get_one(User, display_id).disabled_at = now
    for row in session.scalars(select(UserSession).where(UserSession.user_id == display_id)):
        row.revoked_at = row.revoked_at or now
    return found[0]


def listed(session: Session) -> Sequence[Display]:
    """Return the displays that are not closed, by place."""
    rows = session.execute(
        select(User, UserSession.address, UserSession.browser)
        .outerjoin(UserSession, UserSession.user_id == User.id)
        .where(User.role == Role.DISPLAY, User.disabled_at.is_(None))
        .order_by(User.label, User.id)
    )
    return [
        Display(user.id, user.name, user.label, user.created_at, address or "", browser or "")
        for user, address, browser in rows
    ]


def _check_room(session: Session, address: str) -> None:
    count = select(func.count()).select_from(DisplayPairing)
    here = session.scalar(count.where(DisplayPairing.address == address)) or 0
    if here >= OPEN_PER_ADDRESS or (session.scalar(count) or 0) >= OPEN_AT_ALL:
        raise TooManyCodesError("too many screens wait for a code; try again in ten minutes")
