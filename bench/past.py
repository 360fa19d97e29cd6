"""A demo town with a long past: an SQLite file of any size, made in minutes by bulk inserts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from sqlalchemy import Text, func, insert, literal, select
from sqlalchemy.orm import Session

from bench.harness import report
from data.demo.generate import generate_town
from data.demo.write import Writer, prepare
from data.domain.rules import RULES
from data.domain.words import AlarmKind, DeviceKind, Verdict
from data.reference.load import load_reference
from data.store.database import Database
from data.store.migrate import upgrade
from data.store.models import AlarmRow, Device, Incident, IncidentHistory, ReadingHour

NOW: Final = datetime(2026, 11, 22, 4, tzinfo=UTC)
PAST_S: Final = 104 * 7 * 86_400
#: Of all alarms, those that are fires and pre-alarms and so belong to incidents.
IN_INCIDENTS: Final = 0.6
MEMBERS: Final = 2
#: A few bad places give most of the alarms: index = n * u ** SKEW.
SKEW: Final = 2.5
TREND_DAYS: Final = 30
SEED: Final = 7
#: Where the file is kept if nothing else is said.
PAST_FILE: Final = Path("var/bench/past.db")

Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Fleet:
    """The devices that can raise an alarm, those of one building side by side."""

    ids: Sequence[str]
    kinds: Sequence[DeviceKind]
    buildings: Sequence[str | None]
    communities: Sequence[str]
    #: Where each building begins in the lists, and how many devices it has.
    starts: Ints
    counts: Ints


def make_past(path: Path, devices: int, alarms: int) -> Database:
    """Return the town of this file, made anew if the file is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    database = Database(f"sqlite:///{path}")
    there = path.exists()
    upgrade(database.url)
    if there:
        return database
    started = time.monotonic()
    with database.writing() as session:
        load_reference(session)
    generate_town(database, devices=devices, now=NOW, progress=lambda *_: None)
    with database.writing() as session:
        prepare(session)
        _fill(session, alarms)
    report("made the past", seconds=round(time.monotonic() - started, 1), **_sizes(database, path))
    return database


def _sizes(database: Database, path: Path) -> dict[str, int]:
    with database.reading() as session:
        counts = {
            model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Device, AlarmRow, Incident)
        }
    return {**counts, "megabytes": path.stat().st_size // 1_000_000}


def _fill(session: Session, alarms: int) -> None:
    have = session.scalar(select(func.count()).select_from(AlarmRow)) or 0
    missing = max(0, alarms - have)
    fleet = _fleet(session)
    rng = np.random.default_rng(SEED)
    first = 1 + (session.scalar(select(func.max(Incident.id))) or 0)
    writer = Writer(session)
    within = round(missing * IN_INCIDENTS / MEMBERS) * MEMBERS
    opened, device = _incidents(writer, fleet, within // MEMBERS, first, rng)
    numbers = np.repeat(np.arange(first, first + within // MEMBERS), MEMBERS)
    raised = np.repeat(opened, MEMBERS) + np.tile([0, 40], within // MEMBERS)
    incident_kinds = {AlarmKind.FIRE, AlarmKind.PREALARM}
    _alarms(writer, fleet, (device, raised, numbers.tolist()), incident_kinds, rng)
    loose = missing - within
    chosen = (len(fleet.ids) * rng.random(loose) ** SKEW).astype(np.int64)
    raised = np.sort(rng.integers(86_400, PAST_S, loose))
    other = {AlarmKind.FAULT, AlarmKind.SUPERVISORY}
    _alarms(writer, fleet, (chosen, raised, [None] * loose), other, rng)
    _timelines(session, first)
    _long_trends(session, writer, fleet)


def _fleet(session: Session) -> Fleet:
    rows = session.execute(
        select(Device.id, Device.kind, Device.building_id, Device.community_code)
        .where(Device.building_id.is_not(None))
        .order_by(Device.building_id, Device.id)
    ).all()
    rows = [row for row in rows if RULES[row.kind]]
    ids, kinds, buildings, communities = zip(*rows, strict=True)
    _names, starts, counts = np.unique(buildings, return_index=True, return_counts=True)
    return Fleet(ids, kinds, buildings, communities, starts, counts)


def _incidents(
    writer: Writer, fleet: Fleet, count: int, first: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Write closed incidents; return when each began (s before now) and its alarms' devices."""
    building = (len(fleet.starts) * rng.random(count) ** SKEW).astype(np.int64)
    ago = np.sort(rng.integers(86_400, PAST_S, count))
    start, size = fleet.starts[building], fleet.counts[building]
    member = np.stack([start, start + np.minimum(1, size - 1)], axis=1).ravel()
    opened = [NOW - timedelta(seconds=int(s)) for s in ago]
    fire = rng.random(count) < 0.2
    verdicts = rng.choice([*Verdict], count, p=[0.05, 0.85, 0.05, 0.05])
    writer.columns(
        Incident,
        {
            "id": list(range(first, first + count)),
            "building_id": [fleet.buildings[i] for i in start],
            "community_code": [fleet.communities[i] for i in start],
            "kind": [AlarmKind.FIRE if f else AlarmKind.PREALARM for f in fire],
            "opened_at": opened,
            "last_at": [at + timedelta(seconds=40) for at in opened],
            "acked_at": [at + timedelta(seconds=55) for at in opened],
            "closed_at": [at + timedelta(minutes=9) for at in opened],
            "closed_by": ["duty"] * count,
            "verdict": [Verdict(v) for v in verdicts],
            "verdict_cause": ["做饭油烟"] * count,
        },
    )
    return ago, member


def _alarms(
    writer: Writer,
    fleet: Fleet,
    which: tuple[Ints, Ints, Sequence[int | None]],
    kinds: set[AlarmKind],
    rng: np.random.Generator,
) -> None:
    """Write closed alarms: devices, seconds before now, incidents."""
    device, ago, incident = which
    rules = {kind: [r for r in RULES[kind] if r.kind in kinds] or RULES[kind] for kind in RULES}
    draw = rng.integers(0, 12, len(device))
    chosen = [
        rules[fleet.kinds[i]][n % len(rules[fleet.kinds[i]])]
        for i, n in zip(device.tolist(), draw.tolist(), strict=True)
    ]
    raised = [NOW - timedelta(seconds=int(s)) for s in ago]
    verdicts = rng.choice([*Verdict], len(device), p=[0.05, 0.85, 0.05, 0.05])
    prefix = "i" if incident and incident[0] is not None else "l"
    writer.columns(
        AlarmRow,
        {
            "device_id": [fleet.ids[i] for i in device],
            "building_id": [fleet.buildings[i] for i in device],
            "community_code": [fleet.communities[i] for i in device],
            "incident_id": list(incident),
            "message_id": [f"{prefix}{n}" for n in range(len(device))],
            "kind": [rule.kind for rule in chosen],
            "cause": [rule.cause for rule in chosen],
            "value": [float(rule.on) for rule in chosen],
            "raised_at": raised,
            "received_at": raised,
            "last_at": raised,
            "cleared_at": [at + timedelta(minutes=4) for at in raised],
            "acked_at": [at + timedelta(seconds=55) for at in raised],
            "acked_by": ["duty"] * len(raised),
            "closed_at": [at + timedelta(minutes=9) for at in raised],
            "closed_by": ["duty"] * len(raised),
            "verdict": [Verdict(v) for v in verdicts],
            "note": ["做饭油烟"] * len(raised),
        },
    )


def _timelines(session: Session, first: int) -> None:
    """Give every added incident the timeline that the pipeline would have written."""
    incident, history = Incident, IncidentHistory
    steps = (
        ("opened", "device", incident.opened_at),
        ("acknowledged", "duty", incident.acked_at),
        ("closed", "duty", incident.closed_at),
    )
    columns = ["incident_id", "at", "action", "actor", "detail"]
    for action, actor, at in steps:
        found = select(incident.id, at, literal(action), literal(actor), literal(""))
        session.execute(insert(history).from_select(columns, found.where(incident.id >= first)))
    found = select(
        AlarmRow.incident_id,
        AlarmRow.raised_at,
        literal("alarm"),
        literal("device"),
        AlarmRow.id.cast(Text),
    )
    session.execute(
        insert(history).from_select(columns, found.where(AlarmRow.incident_id >= first))
    )


def _long_trends(session: Session, writer: Writer, fleet: Fleet) -> None:
    """Give the first building's devices 30 days of hours; all have their last 48."""
    end = NOW.replace(minute=0) - timedelta(days=2)
    hours = [end - timedelta(hours=n + 1) for n in range(24 * (TREND_DAYS - 2))]
    for device_id in fleet.ids[: int(fleet.counts[0])]:
        found = select(ReadingHour.value).where(ReadingHour.device_id == device_id).distinct()
        for value in session.scalars(found).all():
            low = np.random.default_rng(SEED).normal(20, 3, len(hours))
            writer.columns(
                ReadingHour,
                {
                    "device_id": [device_id] * len(hours),
                    "hour": hours,
                    "value": [value] * len(hours),
                    "count": [20] * len(hours),
                    "total": (20 * low + 10).tolist(),
                    "low": low.tolist(),
                    "high": (low + 1).tolist(),
                },
            )
