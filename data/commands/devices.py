"""Commands on devices: out of service and back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from data.commands.base import Actor, Done, Order, Runner
from data.domain.alarms import Action, Alarm, Step, put_back, take_out
from data.domain.errors import (
    AlreadyOutOfServiceError,
    InServiceError,
    NotFoundError,
    ReasonMissingError,
)
from data.live.wire import to_ms
from data.store import alarms, gate, intake, steps
from data.store.intake import KnownDevice


class DeviceCommands(Runner):
    """Taking a device out of service is for as long as its repair takes; a shelf ends by itself."""

    def out_of_service(self, device_id: str, actor: Actor, reason: str) -> dict[str, Any]:
        """Take a device out of service: it raises nothing, its open alarms are held.

        Raises
        ------
        NotAllowedError, NotFoundError, ReasonMissingError
            If the role may not act, there is no such device, or no reason is given.
        AlreadyOutOfServiceError, FireStandsError
            If somebody was first, or a fire stands at the device: a person judges it first.
        """
        return self._serve(device_id, actor, reason, out=True)

    def back_in_service(self, device_id: str, actor: Actor, reason: str) -> dict[str, Any]:
        """Put a device back; its alarms go on where they are. Errors as in `out_of_service`."""
        return self._serve(device_id, actor, reason, out=False)

    def _serve(self, device_id: str, actor: Actor, reason: str, *, out: bool) -> dict[str, Any]:
        action = Action.OUT_OF_SERVICE if out else Action.BACK_IN_SERVICE

        def work(session: Session, now: datetime) -> Done:
            _check(session, device_id, reason, now, out=out)
            intake.set_service(
                session, device_id, out=out, at=now, by=actor.name, reason=reason.strip()
            )
            changed = _hold(session, device_id, take_out if out else put_back, now)
            for alarm in changed:
                steps.record(session, Step(action, alarm, actor.name, now, reason))
            held = [alarm.id for alarm in changed]
            was, is_ = {"disabled": not out}, {"disabled": out, "alarms": held}
            return Done([device_id], held, str(action), before=was, after=is_)

        order = Order(
            actor, f"device.{action}", f"device:{device_id}"[:80], reason, {"reason": reason}
        )
        return dict(self._run(order, work, lambda session, _: _service(session, device_id)))


def _check(session: Session, device_id: str, reason: str, now: datetime, *, out: bool) -> None:
    known = intake.load_devices(session, [device_id], now)
    if not known:
        raise NotFoundError(f"there is no device {device_id!r}")
    device: KnownDevice = known[device_id][0]
    if not reason.strip():
        raise ReasonMissingError("taking a device out of service or putting it back needs a reason")
    if device.disabled is not out:
        return
    if not out:
        raise InServiceError(f"device {device_id} is in service")
    service = intake.service_of(session, device_id)
    by, at = service["disabled_by"], service["disabled_at"]
    who = f" by {by} at {at.isoformat()}" if by else ""
    raise AlreadyOutOfServiceError(
        f"device {device_id} was already taken out of service{who}", by=by, at=at
    )


def _hold(
    session: Session, device_id: str, transition: Callable[..., Alarm], now: datetime
) -> list[Alarm]:
    """Return the device's open alarms after the transition; those put back that were held."""
    gate.enter(session)
    open_alarms = alarms.open_alarms_of(session, [device_id]).get(device_id, ())
    if transition is put_back:
        open_alarms = tuple(a for a in open_alarms if a.out_of_service_at is not None)
    return [transition(alarm, at=now) for alarm in open_alarms]


def _service(session: Session, device_id: str) -> dict[str, Any]:
    service = intake.service_of(session, device_id)
    return {**service, "disabled_at": to_ms(service["disabled_at"])}
