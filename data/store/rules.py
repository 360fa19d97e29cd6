"""The table of rules in force: the program's own with an admin's numbers from SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from data.domain.rule_changes import Numbers, Override, with_overrides
from data.domain.rules import RULES, Rules
from data.domain.words import DeviceKind
from data.store.models import RuleHistory, RuleOverride
from data.store.prepared import Prepared

#: Count and newest id of the history; both, since the ids of two changes may commit out of order.
Version = tuple[int, int | None]
#: Changes that the history shows.
HISTORY_SHOWN = 200


_VERSION: Final = Prepared(lambda _: select(func.count(), func.max(RuleHistory.__table__.c.id)))


class RuleBook:
    """The rules in force, read again when somebody changed them; safe to share between threads.

    Every process has its own. What tells it of a change is the history itself, asked inside the
    transaction that needs the rules, so that no reading is judged by rules that were changed
    before it came.
    """

    def __init__(self) -> None:
        self._held: tuple[Version, Rules] = ((0, None), RULES)

    def rules(self, session: Session) -> Rules:
        """Return the table in force."""
        version, rules = self._held
        count, newest = _VERSION.rows(session, {})[0]
        if (count, newest) != version:
            rules = read_rules(session)
            self._held = ((count, newest), rules)
        return rules


def read_rules(session: Session) -> Rules:
    """Return the table in force, from SQL."""
    rows = session.scalars(select(RuleOverride).execution_options(populate_existing=True))
    return with_overrides(
        Override(
            row.device_kind,
            row.cause,
            Numbers(row.on_value, row.off_value, row.on_delay_s, row.off_delay_s),
        )
        for row in rows
    )


def write_override(session: Session, override: Override) -> None:
    """Insert or replace the numbers of one rule."""
    session.merge(
        RuleOverride(
            device_kind=override.kind,
            cause=override.cause,
            on_value=override.numbers.on,
            off_value=override.numbers.off,
            on_delay_s=override.numbers.on_delay_s,
            off_delay_s=override.numbers.off_delay_s,
        )
    )


def drop_override(session: Session, kind: DeviceKind, cause: str) -> None:
    """Let a rule have the numbers of the program again."""
    session.execute(
        delete(RuleOverride).where(RuleOverride.device_kind == kind, RuleOverride.cause == cause)
    )


def note_change(
    session: Session, override: Override, before: Numbers, *, at: datetime, by: str, reason: str
) -> None:
    """Add a change to the history; ``override`` has the numbers after it."""
    session.add(
        RuleHistory(
            at=at,
            actor=by,
            device_kind=override.kind,
            cause=override.cause,
            before=before.as_dict(),
            after=override.numbers.as_dict(),
            reason=reason,
        )
    )


def history(session: Session) -> Sequence[RuleHistory]:
    """Return the newest changes, newest first."""
    return session.scalars(
        select(RuleHistory).order_by(RuleHistory.id.desc()).limit(HISTORY_SHOWN)
    ).all()
