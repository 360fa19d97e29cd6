"""What a ledger says is safe, and what the database has of it: both must be the same."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select

from data.feeds.simulated.ledger import Entry, Ledger, Way
from data.feeds.transmitters.identities import message_id
from data.feeds.transmitters.received import Received
from data.feeds.transmitters.translate import translate
from data.store import intake, transmitters
from data.store.database import Database
from data.store.models import AlarmRow, ReadingHour, TransmitterEvent


@dataclass(frozen=True)
class Record:
    """Readings by device and value, events of transmitters by id."""

    readings: Counter[tuple[str, str]]
    events: frozenset[str]


def confirmed(database: Database, ledger: Ledger) -> Record:
    """What the ledger says is safe."""
    messages: dict[tuple[str, str], frozenset[str]] = {}
    events: set[str] = set()
    for entry in ledger.confirmed():
        if entry.way is Way.GB26875:
            said, noted = _of_frame(database, entry)
            messages |= said
            events |= noted
        else:
            key = (entry.source, entry.number)
            messages[key] = frozenset(entry.content["values"])
    readings = Counter(
        (device_id, value) for (device_id, _), values in messages.items() for value in values
    )
    return Record(readings, frozenset(events))


def recorded(database: Database, since: datetime) -> Record:
    """What the database has."""
    hour = since.replace(minute=0, second=0, microsecond=0)
    with database.reading() as session:
        counts = session.execute(
            select(ReadingHour.device_id, ReadingHour.value, func.sum(ReadingHour.count))
            .where(ReadingHour.hour >= hour)
            .group_by(ReadingHour.device_id, ReadingHour.value)
        )
        readings = Counter({(device, value): int(count) for device, value, count in counts})
        for device, memory in intake.load_updates(session, since):
            if memory.hour.start >= hour.timestamp():
                for value, (count, *_) in memory.hour.figures.items():
                    readings[device.id, value] += count
        events = session.scalars(
            select(TransmitterEvent.message_id).where(
                TransmitterEvent.message_id.is_not(None), TransmitterEvent.at >= since
            )
        ).all()
    assert len(events) == len(set(events))
    return Record(readings, frozenset(event for event in events if event))


def alarms_since(database: Database, since: datetime) -> list[AlarmRow]:
    """The alarms that were raised since a time, by our clock."""
    query = select(AlarmRow).where(AlarmRow.received_at >= since).order_by(AlarmRow.id)
    with database.reading() as session:
        return list(session.scalars(query))


def _of_frame(
    database: Database, entry: Entry
) -> tuple[dict[tuple[str, str], frozenset[str]], set[str]]:
    message = translate(entry.content)
    received = Received(message, datetime.now(UTC))
    said = {}
    with database.reading() as session:
        for one in message.said:
            place: Any = one.place
            if not one.values or place is None:
                continue
            address = transmitters.Address(
                message.source, place.system_type, place.system_address, place.part_address
            )
            point = transmitters.points_of(session, [address])[address]
            if point.device_id is not None:
                said[point.device_id, message_id(received, one)] = frozenset(one.values)
    return said, {message_id(received, one) for one in message.noted}
