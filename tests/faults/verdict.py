"""The ledger beside the database, and the picture beside both."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from sqlalchemy import func, select

from data.live import keys
from data.live.present import Present, PresentMissingError
from data.store import intake
from data.store.database import Database
from data.store.models import AlarmRow, Device, DeviceState, ReadingHour, TransmitterPoint
from tests.faults.ledger import Ledger, Message

READINGS = "temperature_c"


@dataclass(frozen=True)
class Verdict:
    """What became of the messages of a phase."""

    sent: int
    confirmed: int
    recorded: int
    lost: int
    doubled: int
    examples: tuple[str, ...] = ()


def recorded_alarms(database: Database) -> Counter[Message]:
    """Return how often each message had an effect, under every name that it may have."""
    found: Counter[Message] = Counter()
    query = select(
        AlarmRow.message_id, AlarmRow.device_id, AlarmRow.count, TransmitterPoint
    ).outerjoin(TransmitterPoint, TransmitterPoint.id == AlarmRow.point_id)
    with database.reading() as session:
        for message_id, device_id, count, point in session.execute(query):
            found[Message("id", message_id)] += count
            if point is None:
                found[Message("part", device_id)] += count
            else:
                found[Message("point", f"{point.transmitter}/{point.part_address}")] += count
    return found


def recorded_readings(database: Database) -> Counter[Message]:
    """Return how many readings of each device were recorded, in hours and in that which runs."""
    query = (
        select(ReadingHour.device_id, func.sum(ReadingHour.count))
        .where(ReadingHour.value == READINGS)
        .group_by(ReadingHour.device_id)
    )
    with database.reading() as session:
        found = Counter({Message("reading", device): n for device, n in session.execute(query)})
        for device, memory in intake.load_updates(session, datetime.now(UTC)):
            number, *_ = memory.hour.figures.get(READINGS, (0,))
            found[Message("reading", device.id)] += number
    return found


def judge(ledger: Ledger, database: Database, before: Counter[Message]) -> Verdict:
    """Compare the ledger with the database; ``before``: the readings of earlier phases."""
    there = recorded_alarms(database)
    there.update(recorded_readings(database) - before)
    recorded, lost, doubled = (Counter[Message]() for _ in range(3))
    for message, sent in ledger.sent.items():
        recorded[message] = min(there[message], sent)
        lost[message] = max(ledger.confirmed[message] - there[message], 0)
        doubled[message] = max(there[message] - sent, 0)
    return Verdict(
        ledger.sent.total(),
        ledger.confirmed.total(),
        recorded.total(),
        lost.total(),
        doubled.total(),
        tuple(f"lost {message}" for message in +lost)[:5]
        + tuple(f"doubled {message}" for message in +doubled)[:5],
    )


def differences(database: Database, redis: Redis) -> list[str]:
    """Return where the picture is not what SQL says."""
    try:
        shown = Present(redis).snapshot()
        hashes = _devices_in_redis(redis)
    except PresentMissingError as error:
        return [str(error)]
    with database.reading() as session:
        open_alarms = session.execute(
            select(AlarmRow.id, AlarmRow.version).where(AlarmRow.closed_at.is_(None))
        )
        alarms = {row.id: row.version for row in open_alarms}
        states = session.execute(
            select(Device.id, Device.slot, DeviceState.status, DeviceState.version).join(
                DeviceState, DeviceState.device_id == Device.id
            )
        ).all()
    return [
        *_alarms_that_differ(alarms, {view["id"]: view["version"] for view in shown["alarms"]}),
        *_devices_that_differ(states, redis.get(keys.STATUS) or b"", hashes),
    ]


def _devices_in_redis(redis: Redis) -> dict[str, tuple[int, int]]:
    found: Any = list(redis.scan_iter(match=keys.device("*"), count=5000))
    pipe: Any = redis.pipeline(transaction=False)
    for key in found:
        pipe.hmget(key, "status", "version")
    prefix = len(keys.device(""))
    return {
        key.decode()[prefix:]: (int(status), int(version))
        for key, (status, version) in zip(found, pipe.execute(), strict=True)
        if status is not None
    }


def _alarms_that_differ(wanted: dict[int, int], shown: dict[int, int]) -> Iterator[str]:
    for alarm in wanted.keys() | shown.keys():
        if wanted.get(alarm) != shown.get(alarm):
            yield f"alarm {alarm}: version {wanted.get(alarm)} in SQL, {shown.get(alarm)} shown"


def _devices_that_differ(
    states: Any, statuses: Any, hashes: dict[str, tuple[int, int]]
) -> Iterator[str]:
    for device, slot, status, version in states:
        if slot >= len(statuses) or statuses[slot] != status:
            yield f"{device}: status {status} in SQL, not on the map"
        if hashes.get(device) != (status, version):
            yield f"{device}: {(status, version)} in SQL, {hashes.get(device)} in Redis"
