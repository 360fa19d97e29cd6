"""How every command is carried out: one transaction with its audit, its key and its outbox note."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from data.commands.changes import settle_devices
from data.domain.audit import Result
from data.domain.errors import DomainError, NotAllowedError
from data.domain.words import Role
from data.live.present import Changes, Present
from data.store import commands
from data.store.database import Database
from data.store.models import Audit

#: Who may act on alarms; everybody else only looks.
MAY_ACT = frozenset({Role.DUTY, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who commands, from where, and the key of the click, so that a repeat has no second effect."""

    name: str
    role: Role
    address: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """A command as the audit keeps it; ``body`` is what was asked for besides the subject."""

    actor: Actor
    action: str
    subject: str
    reason: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    roles: frozenset[Role] = MAY_ACT


@dataclass(frozen=True, slots=True)
class Done:
    """What a command changed; ``why`` goes into the history of a device whose status changed."""

    devices: Iterable[str] = ()
    alarms: Iterable[int] = ()
    why: str = ""
    incidents: Iterable[int] = ()
    #: What is different now, as it was and as it is.
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


#: Does the work inside the transaction.
Work = Callable[[Session, datetime], Done]
#: Says what the command is answered with, as JSON can carry it.
Answer = Callable[[Session, Changes], Any]


class Runner:
    """Carries out commands; safe to share between threads."""

    def __init__(self, database: Database, present: Present, now: Callable[[], datetime]) -> None:
        self._database = database
        self._present = present
        self._now = now

    def _run(self, order: Order, work: Work, answer: Answer) -> Any:
        """Carry out a command, or return the first answer if this click was carried out before.

        One that is refused is written down as well.
        """
        with self._noting_refusals(order):
            if order.actor.role not in order.roles:
                raise NotAllowedError(f"the role {order.actor.role} may not do this")
            return self._carry_out(order, work, answer)

    @contextmanager
    def _noting_refusals(self, order: Order) -> Iterator[None]:
        try:
            yield
        except DomainError as error:
            row = _audit(order, self._now(), Done())
            row.result, row.detail = Result.REFUSED, {**order.body, "error": str(error)}
            with self._database.writing() as session:
                session.add(row)
            raise

    def _carry_out(self, order: Order, work: Work, answer: Answer) -> Any:
        actor, now = order.actor, self._now()
        print_ = commands.fingerprint(order.action, order.subject, dict(order.body))
        with self._database.writing() as session:
            if actor.key:
                first = commands.claim(session, actor.name, actor.key, print_, now)
                if first is not None:
                    return first
            done = work(session, now)
            changes = settle_devices(
                session, done.devices, done.alarms, now, done.why, done.incidents
            )
            session.add(_audit(order, now, done))
            given = answer(session, changes)
            if actor.key:
                commands.answer(session, actor.name, actor.key, given)
        self._present.tell_if_there(changes)
        return given


def _audit(order: Order, now: datetime, done: Done) -> Audit:
    return Audit(
        at=now,
        actor=order.actor.name,
        action=order.action,
        subject=order.subject,
        address=order.actor.address,
        reason=order.reason,
        detail=dict(order.body),
        before=dict(done.before),
        after=dict(done.after),
    )
