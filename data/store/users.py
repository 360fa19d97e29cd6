"""Accounts, their sessions and the audit rows of signing in and out."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, func, or_, select, update
from sqlalchemy.orm import Session

from data.domain.accounts import (
    Account,
    AccountExistsError,
    SessionView,
    SignedIn,
    check_password,
    session_end,
)
from data.domain.audit import Result
from data.domain.errors import NotAllowedError, NotFoundError
from data.domain.words import Role
from data.store.database import Database
from data.store.guard import reading
from data.store.management import Audit, User, UserSession
from data.store.passwords import hash_password, matches

TOKEN_BYTES = 32
NAME_LENGTH = 24
BROWSER_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request came from, for the audit."""

    address: str = ""
    browser: str = ""


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just made; ``token`` goes into the cookie and is not kept."""

    token: str
    signed_in: SignedIn


def token_hash(token: str) -> str:
    """Return the SHA-256 under which a token is stored; 32 random bytes need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


class Users:
    """Repository of accounts and sessions; every change writes its audit row with it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, role: Role, label: str, password: str, now: datetime) -> Account:
        """Add an account.

        Raises
        ------
        AccountExistsError
            If the name is taken.
        PasswordError
            If the password is too short or too long.
        NotAllowedError
            For a display, which is paired and has no password.
        """
        if role is Role.DISPLAY:
            raise NotAllowedError("a display is not added but paired")
        row = User(
            name=name,
            role=role,
            label=label,
            password_hash=hash_password(check_password(password)),
            created_at=now,
        )
        with self._database.writing() as session:
            if session.scalar(select(User.id).where(User.name == name)) is not None:
                raise AccountExistsError(f"there is already an account {name!r}")
            session.add(row)
            session.flush()
            _audit(session, now, name, "account-added", detail={"role": str(role)})
            return _account(row)

    def accounts(self) -> list[Account]:
        """Return every account by name."""
        with self._database.reading() as session:
            return [_account(row) for row in session.scalars(select(User).order_by(User.name))]

    def reset_password(self, name: str, password: str, now: datetime) -> None:
        """Set a new password and end the account's sessions.

        Raises
        ------
        NotFoundError
            If there is no such account.
        """
        hashed = hash_password(check_password(password))
        with self._database.writing() as session:
            user = _find(session, name)
            user.password_hash = hashed
            _end_sessions(session, user.id, now)
            _audit(session, now, name, "password-reset")

    def disable(self, name: str, now: datetime) -> None:
        """Close an account and end its sessions; the rows stay for the audit."""
        with self._database.writing() as session:
            user = _find(session, name)
            user.disabled_at = now
            _end_sessions(session, user.id, now)
            _audit(session, now, name, "account-disabled")

    def fits(self, name: str, password: str) -> bool:
        """Return whether this password opens the account; as slow for an unknown name."""
        with self._database.reading() as session:
            found = session.scalar(
                select(User.password_hash).where(User.name == name, User.disabled_at.is_(None))
            )
        return matches(found, password)

    def sign_in(self, name: str, password: str, now: datetime, client: Client) -> NewSession | None:
        """Open a session, or return ``None`` after writing the failure down."""
        fits = self.fits(name, password)
        with self._database.writing() as session:
            # A display has no password: it is paired (data.store.displays).
            people = select(User).where(User.name == name, User.role != Role.DISPLAY)
            user = session.scalar(people) if fits else None
            if user is None:
                _audit(session, now, name[:NAME_LENGTH], "sign-in-failed", client)
                return None
            _audit(session, now, name, "sign-in", client)
            return open_session(session, user, now, client)

    def find_session(self, hashed: str, now: datetime) -> SignedIn | None:
        """Return who holds a session that is neither revoked, ended nor of a closed account."""
        with self._database.reading() as session:
            row = session.execute(_valid(now).where(UserSession.token_hash == hashed)).first()
        return None if row is None else _signed_in(row)

    def valid_sessions(self, hashes: Collection[str], now: datetime) -> set[str]:
        """Return those of some sessions that hold.

        Raises
        ------
        StoreUnavailableError
            If the database does not answer.
        """
        query = _valid(now).where(UserSession.token_hash.in_(hashes))
        with reading(self._database) as session:
            return {row.UserSession.token_hash for row in session.execute(query)}

    def renew(self, hashed: str, role: Role, now: datetime) -> None:
        """Move the end of a session that is being used."""
        with self._database.writing() as session:
            session.execute(
                update(UserSession)
                .where(UserSession.token_hash == hashed, UserSession.revoked_at.is_(None))
                .values(expires_at=session_end(role, now))
            )

    def sign_out(self, signed_in: SignedIn, now: datetime, client: Client) -> None:
        """End one session because its holder asked for it."""
        with self._database.writing() as session:
            session.execute(
                update(UserSession)
                .where(UserSession.token_hash == signed_in.token_hash)
                .values(revoked_at=now)
            )
            _audit(session, now, signed_in.name, "sign-out", client)

    def sessions(self, now: datetime, name: str | None = None) -> list[SessionView]:
        """Return the open sessions, newest first; of one account if named."""
        query = _valid(now).order_by(UserSession.created_at.desc())
        if name is not None:
            query = query.where(User.name == name)
        with self._database.reading() as session:
            return [_session_view(row) for row in session.execute(query)]

    def revoke(self, name: str, now: datetime, *, prefix: str = "") -> int:
        """End the account's open sessions whose hash starts with ``prefix``; return how many."""
        with self._database.writing() as session:
            ended = _end_sessions(session, _find(session, name).id, now, prefix)
            _audit(session, now, name, "sessions-revoked", detail={"sessions": ended})
            return ended

    def count(self) -> int:
        """Return how many accounts there are, closed ones included."""
        with self._database.reading() as session:
            return session.scalar(select(func.count()).select_from(User)) or 0


def _find(session: Session, name: str) -> User:
    user = session.scalar(select(User).where(User.name == name))
    if user is None:
        raise NotFoundError(f"there is no account {name!r}")
    return user


def open_session(session: Session, user: User, now: datetime, client: Client) -> NewSession:
    """Open a session of an account in a transaction."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = UserSession(
        token_hash=token_hash(token),
        user_id=user.id,
        csrf=secrets.token_urlsafe(TOKEN_BYTES),
        created_at=now,
        expires_at=session_end(user.role, now),
        address=client.address,
        browser=client.browser[:BROWSER_LENGTH],
    )
    session.add(row)
    signed_in = SignedIn(
        user.id, user.name, user.label, user.role, row.token_hash, row.csrf, row.expires_at
    )
    return NewSession(token, signed_in)


def _end_sessions(session: Session, user_id: int, now: datetime, prefix: str = "") -> int:
    open_ones = session.scalars(
        select(UserSession).where(
            UserSession.user_id == user_id,
            UserSession.revoked_at.is_(None),
            UserSession.token_hash.startswith(prefix, autoescape=True),
        )
    ).all()
    for row in open_ones:
        row.revoked_at = now
    return len(open_ones)


def _valid(now: datetime) -> Select[UserSession, User]:
    return (
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.revoked_at.is_(None),
            User.disabled_at.is_(None),
            or_(UserSession.expires_at.is_(None), UserSession.expires_at > now),
        )
    )


def _signed_in(row: Row[UserSession, User]) -> SignedIn:
    held, user = row
    return SignedIn(
        user.id, user.name, user.label, user.role, held.token_hash, held.csrf, held.expires_at
    )


def _session_view(row: Row[UserSession, User]) -> SessionView:
    held, user = row
    return SessionView(
        held.token_hash, user.name, held.created_at, held.expires_at, held.address, held.browser
    )


def _account(row: User) -> Account:
    return Account(row.id, row.name, row.role, row.label, row.created_at, row.disabled_at)


def _audit(
    session: Session,
    now: datetime,
    actor: str,
    action: str,
    client: Client | None = None,
    detail: dict[str, object] | None = None,
) -> None:
    client = client or Client()
    session.add(
        Audit(
            at=now,
            actor=actor[:NAME_LENGTH],
            action=action,
            subject=actor[:NAME_LENGTH],
            address=client.address,
            result=Result.REFUSED if action.endswith("-failed") else Result.DONE,
            detail=detail or {},
        )
    )
