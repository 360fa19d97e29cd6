"""Commands by the key of their click: a repeat gets the first answer and changes nothing."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from data.domain.errors import RepeatedKeyError
from data.store.dialect import insert_into
from data.store.models import Command

#: A browser repeats a click within seconds; a day is plenty.
KEPT: Final = timedelta(days=1)


def fingerprint(action: str, subject: str, body: Any) -> str:
    """Return what tells one command from another under the same key."""
    return hashlib.sha256(orjson.dumps([action, subject, body])).hexdigest()


def claim(session: Session, actor: str, key: str, print_: str, at: datetime) -> Any:
    """Take a key for a command; return the first answer if it was carried out before.

    A second transaction with the same key waits here until the first has ended.

    Raises
    ------
    RepeatedKeyError
        If the key was used for another command.
    """
    insert = insert_into(session, Command).on_conflict_do_nothing()
    values = {"actor": actor, "key": key, "at": at, "fingerprint": print_, "answer": {}}
    if session.scalar(insert.values(values).returning(Command.key)) is not None:
        return None
    row = session.execute(
        select(Command.fingerprint, Command.answer).where(
            Command.actor == actor, Command.key == key
        )
    ).one()
    if row.fingerprint != print_:
        raise RepeatedKeyError("this idempotency key was used for another command")
    return row.answer["answer"]


def answer(session: Session, actor: str, key: str, given: Any) -> None:
    """Keep the answer in the same transaction as what it tells of."""
    session.execute(
        update(Command)
        .where(Command.actor == actor, Command.key == key)
        .values(answer={"answer": given})
    )


def forget(session: Session, now: datetime) -> None:
    """Delete keys that nobody repeats any more."""
    session.execute(delete(Command).where(Command.at < now - KEPT))
