"""Commands on transmitters: 查岗."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from data.commands.base import Actor, Done, Order, Runner
from data.domain.errors import DutyCheckRunningError, NotFoundError
from data.live.wire import to_ms
from data.store import transmitters
from data.store.models import DutyCheck

#: How long a duty room has for its answer unless told (GB 26875.1: it sounds for 10 minutes).
MINUTES: Final = 10
MAX_MINUTES: Final = 60


class TransmitterCommands(Runner):
    """What the server of the transmitters then carries out; orders pass through SQL."""

    def duty_check(self, address: int, actor: Actor, minutes: int = MINUTES) -> dict[str, Any]:
        """Ask the duty room behind a transmitter whether somebody is there.

        Raises
        ------
        NotAllowedError, NotFoundError, DutyCheckRunningError
            If the role may not act, nobody registered such a transmitter, or one runs already.
        """
        asked: list[DutyCheck] = []

        def work(session: Session, now: datetime) -> Done:
            if transmitters.devices_of(session, [address]).get(address) is None:
                raise NotFoundError(f"there is no registered transmitter {address}")
            running = transmitters.newest_duty_checks(session, address, 1)
            if running and running[0].outcome is None:
                by, at = running[0].asked_by, running[0].asked_at
                raise DutyCheckRunningError(
                    f"{by} asked transmitter {address} already at {at.isoformat()}", by=by, at=at
                )
            check = DutyCheck(
                transmitter=address, asked_at=now, asked_by=actor.name, minutes=minutes
            )
            session.add(check)
            asked.append(check)
            return Done()

        order = Order(actor, "duty_check", f"transmitter:{address}", body={"minutes": minutes})
        return dict(self._run(order, work, lambda _session, _changes: as_json(asked[0])))


def as_json(check: DutyCheck) -> dict[str, Any]:
    """Return a duty check as programs are told of it; times in Unix milliseconds."""
    return {
        "id": check.id,
        "transmitter": check.transmitter,
        "asked_by": check.asked_by,
        "minutes": check.minutes,
        "operator": check.operator,
        "outcome": check.outcome,
        **{
            name: to_ms(getattr(check, name))
            for name in ("asked_at", "sent_at", "confirmed_at", "answered_at")
        },
    }
