"""Commands on transmitters: 查岗, and registering those and the parts that nobody knows."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from data.commands.base import Actor, Done, Order, Runner
from data.domain.errors import (
    AlreadyRegisteredError,
    DutyCheckRunningError,
    MisfitError,
    NotFoundError,
)
from data.domain.registration import (
    PART_INTERVAL_S,
    TRANSMITTER_INTERVAL_S,
    NewDevice,
    check_part,
    check_transmitter,
)
from data.domain.words import Role
from data.live.wire import to_ms
from data.store import registration, transmitters
from data.store.models import Device, DutyCheck, Transmitter, TransmitterPoint

#: How long a duty room has for its answer unless told (GB 26875.1: it sounds for 10 minutes).
MINUTES: Final = 10
MAX_MINUTES: Final = 60
#: Who says which device an address is.
REGISTRARS: Final = frozenset({Role.ADMIN})


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

    def register_transmitter(
        self, address: int, device: str | NewDevice, actor: Actor
    ) -> dict[str, Any]:
        """Say which device an unregistered transmitter is, or make one in a building.

        Raises
        ------
        NotAllowedError, NotFoundError, AlreadyRegisteredError, MisfitError
            If the actor is no admin, there is no such transmitter, device or building, somebody
            was first, or the device can't be this transmitter.
        """
        made: list[str] = []

        def work(session: Session, now: datetime) -> Done:
            if session.get(Transmitter, address) is None:
                raise NotFoundError(f"nobody has heard of transmitter {address}")
            if isinstance(device, NewDevice):
                device_id = f"GB-{address}"
                check_transmitter(device_id, device.kind, None)
                spot = registration.spot_of_building(session, device.building_id or "")
                _make(session, device_id, device, spot, TRANSMITTER_INTERVAL_S, now)
            else:
                device_id = device
                found = registration.device(session, device_id)
                taken = transmitters.owners(session).get(device_id)
                check_transmitter(device_id, found.kind, taken)
            if not registration.take_transmitter(session, address, device_id):
                raise AlreadyRegisteredError(f"transmitter {address} is registered already")
            made.append(device_id)
            new = [device_id] if isinstance(device, NewDevice) else ()
            return Done(new, before={"device": None}, after={"device": device_id})

        order = _registering(actor, f"transmitter:{address}", device)
        return dict(self._run(order, work, lambda *_: {"address": address, "device": made[0]}))

    def register_point(
        self, point_id: int, device: str | NewDevice, actor: Actor
    ) -> dict[str, Any]:
        """Say which device an unregistered part is, or make one where its transmitter stands.

        What the part says next is its device's. Alarms that stand at the transmitter stay there
        until somebody judges them; the answer says how many. Errors as above.
        """
        made: list[str] = []

        def work(session: Session, now: datetime) -> Done:
            point = session.get(TransmitterPoint, point_id)
            if point is None:
                raise NotFoundError(f"there is no part {point_id}")
            if isinstance(device, NewDevice):
                device_id = f"GB-{point.transmitter}-{point.number}"
                spot = registration.spot_of_transmitter(session, point.transmitter)
                check_part(device_id, device.kind)
                _make(session, device_id, device, spot, PART_INTERVAL_S, now)
            else:
                device_id = device
                check_part(device_id, registration.device(session, device_id).kind)
            if not registration.take_point(session, point_id, device_id):
                raise AlreadyRegisteredError(f"part {point_id} is registered already")
            made.append(device_id)
            new = [device_id] if isinstance(device, NewDevice) else ()
            return Done(new, before={"device": None}, after={"device": device_id})

        def answer(session: Session, _changes: object) -> dict[str, Any]:
            standing = registration.standing(session, point_id)
            return {"point": point_id, "device": made[0], "standing": standing}

        return dict(self._run(_registering(actor, f"point:{point_id}", device), work, answer))


def _make(
    session: Session,
    device_id: str,
    new: NewDevice,
    spot: registration.Spot,
    interval_s: int,
    now: datetime,
) -> None:
    if session.get(Device, device_id) is not None:
        raise MisfitError(f"there is a device {device_id} already: choose it")
    registration.add_device(session, device_id, new, spot, interval_s=interval_s, at=now)


def _registering(actor: Actor, subject: str, device: str | NewDevice) -> Order:
    if isinstance(device, NewDevice):
        body = {
            "kind": str(device.kind),
            "name": device.name,
            "location": device.location,
            "building": device.building_id,
        }
    else:
        body = {"device": device}
    return Order(actor, "address.registered", subject, body=body, roles=REGISTRARS)


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
