"""Commands on the table of rules; for admins."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from data.commands.base import Actor, Done, Order, Runner
from data.domain.differences import differences
from data.domain.errors import ReasonMissingError
from data.domain.rule_changes import Numbers, Override, check_numbers, find_rule
from data.domain.rules import RULES
from data.domain.words import DeviceKind, Role
from data.store import rules

ADMINS = frozenset({Role.ADMIN})


class RuleCommands(Runner):
    """Other numbers for a rule; every process judges by them from the next reading on."""

    def change_rule(self, override: Override, actor: Actor, reason: str) -> dict[str, Any]:
        """Give a rule other numbers.

        Raises
        ------
        NotAllowedError, NotFoundError, RuleError, ReasonMissingError
            If the actor is no admin, there is no such rule, it may not have these numbers, or no
            reason is given.
        """

        def work(session: Session, now: datetime) -> Done:
            rule = find_rule(RULES, override.kind, override.cause)
            check_numbers(rule, override.numbers)
            done = _note(session, override, actor, reason, now)
            rules.write_override(session, override)
            return done

        body = {"numbers": override.numbers.as_dict(), "reason": reason}
        return self._ruled(override, "rule.changed", actor, body, work)

    def reset_rule(self, kind: DeviceKind, cause: str, actor: Actor, reason: str) -> dict[str, Any]:
        """Give a rule the numbers of the program again; errors as in :meth:`change_rule`."""
        with self._noting_refusals(
            Order(actor, "rule.reset", f"rule:{kind}/{cause}"[:80], reason, roles=ADMINS)
        ):
            override = Override(kind, cause, Numbers.of(find_rule(RULES, kind, cause)))

        def work(session: Session, now: datetime) -> Done:
            done = _note(session, override, actor, reason, now)
            rules.drop_override(session, kind, cause)
            return done

        return self._ruled(override, "rule.reset", actor, {"reason": reason}, work)

    def _ruled(
        self, override: Override, action: str, actor: Actor, body: dict[str, Any], work: Any
    ) -> dict[str, Any]:
        subject = f"rule:{override.kind}/{override.cause}"[:80]
        order = Order(actor, action, subject, body["reason"], body, ADMINS)
        answer = {
            "device_kind": str(override.kind),
            "cause": override.cause,
            **override.numbers.as_dict(),
        }
        return dict(self._run(order, work, lambda *_: answer))


def _note(session: Session, override: Override, actor: Actor, reason: str, now: datetime) -> Done:
    if not reason.strip():
        raise ReasonMissingError("a rule is changed for a reason")
    before = Numbers.of(find_rule(rules.read_rules(session), override.kind, override.cause))
    rules.note_change(session, override, before, at=now, by=actor.name, reason=reason.strip())
    was, is_ = differences(before, override.numbers)
    return Done(before=was, after=is_)
