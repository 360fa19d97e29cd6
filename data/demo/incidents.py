"""Incidents of the demo town's alarms, and the rows of alarms and of what was done about them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from data.demo.alarms import VERDICTS, Alarms
from data.demo.buildings import Buildings
from data.demo.clock import MINUTE, NEVER, moment, moment_or_none
from data.demo.devices import KINDS, Devices
from data.demo.land import Ints, Land, stream
from data.demo.rhythm import CAUSES, Cause
from data.domain.alarms import SYSTEM
from data.domain.incidents import INCIDENT_KINDS, WINDOW, Witness, confidence
from data.domain.words import AlarmKind, Verdict

DUTY: Final = "duty"
DEVICE: Final = "device"
#: People are sent to every real fire, and to some alarms that prove false.
SENT_ANYWAY: Final = 0.35
_REAL_NOTES: Final = ("现场确认着火，已扑救", "初起火情，住户已扑灭", "冒烟，已断电处置")
_TEST_NOTE: Final = "设备测试"
_DRILL_NOTE: Final = "消防演练"
_WINDOW_MS: Final = round(WINDOW.total_seconds() * 1000)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Incidents:
    """Incidents as rows, their timelines, and which incident (0: none) each alarm belongs to."""

    rows: tuple[Row, ...]
    history: tuple[Row, ...]
    of_alarm: Ints
    #: By index of the real fire.
    of_fire: dict[int, int]


def note_of(alarms: Alarms, index: int) -> str | None:
    """Return what a person wrote when closing an alarm, None if nobody did."""
    if alarms.verdict[index] < 0:
        return None
    verdict = VERDICTS[alarms.verdict[index]]
    cause: Cause = CAUSES[alarms.cause[index]]
    draw = int(alarms.note[index])
    if verdict is Verdict.TEST:
        return _TEST_NOTE
    if verdict is Verdict.DRILL:
        return _DRILL_NOTE
    if verdict is Verdict.REAL and cause.kind is AlarmKind.FIRE:
        return _REAL_NOTES[draw % len(_REAL_NOTES)]
    return cause.notes[draw % len(cause.notes)]


def make_incidents(
    alarms: Alarms, devices: Devices, buildings: Buildings, lands: Sequence[Land], seed: int
) -> Incidents:
    """Group the fire and pre-alarms of each building as the pipeline would have done."""
    rng = stream(seed, "incidents", len(alarms))
    groups = sorted(_groups(alarms, devices))
    of_alarm = np.zeros(len(alarms), dtype=np.int64)
    rows: list[Row] = []
    history: list[Row] = []
    of_fire: dict[int, int] = {}
    for number, members in enumerate(groups, start=1):
        of_alarm[list(members)] = number
        arrival = float(rng.lognormal(np.log(5.2), 0.35))
        sent = float(rng.random()) < SENT_ANYWAY
        row = _incident(number, members, alarms, devices, (arrival, sent))
        building = int(devices.building[alarms.device[members[0]]])
        row["building_id"] = buildings.ids[building] if building >= 0 else None
        row["community_code"] = lands[devices.land[alarms.device[members[0]]]].code
        rows.append(row)
        history.extend(_timeline(row, members, alarms))
        seen = [int(fire) for fire in alarms.fire[list(members)] if fire >= 0]
        if seen:  # an incident is at most one fire
            of_fire.setdefault(seen[0], number)
    return Incidents(tuple(rows), tuple(history), of_alarm, of_fire)


def _groups(alarms: Alarms, devices: Devices) -> Iterator[tuple[int, ...]]:
    """Yield the alarms that belong together, by the building and the time between them."""
    kinds = np.array([cause.kind in INCIDENT_KINDS for cause in CAUSES])
    which = np.flatnonzero(kinds[alarms.cause])
    device = alarms.device[which]
    # A device without a building has incidents of its own.
    place = np.where(devices.building[device] >= 0, devices.building[device], -1 - device)
    order = which[np.lexsort((alarms.raised[which], place))]
    places = np.sort(place)
    members: list[int] = []
    owner, ends, open_until = None, 0, 0
    for index, here in zip(order.tolist(), places.tolist(), strict=True):
        raised = int(alarms.raised[index])
        closed = int(alarms.closed[index])
        joins = here == owner and raised <= ends + _WINDOW_MS and raised < open_until
        if members and not joins:
            yield tuple(members)
            members, open_until = [], 0
        members.append(index)
        owner, ends = here, raised
        open_until = max(open_until, closed if closed != NEVER else 1 << 62)
    if members:
        yield tuple(members)


def _incident(
    number: int,
    members: tuple[int, ...],
    alarms: Alarms,
    devices: Devices,
    dispatch: tuple[float, bool],
) -> Row:
    index = np.array(members)
    fire = [i for i in members if CAUSES[alarms.cause[i]].kind is AlarmKind.FIRE]
    closed = alarms.closed[index]
    is_open = bool((closed == NEVER).any())
    acked = alarms.acked[index][alarms.acked[index] != NEVER]
    decisive = None if is_open else _decisive(members, alarms)
    verdict = (
        None
        if decisive is None or alarms.verdict[decisive] < 0
        else VERDICTS[alarms.verdict[decisive]]
    )
    first_ack = int(acked.min()) if len(acked) else NEVER
    arrived = first_ack + round(dispatch[0] * MINUTE)
    went = bool(fire) and not is_open and (verdict is Verdict.REAL or dispatch[1])
    went = went and arrived < int(closed.max())
    return {
        "id": number,
        "kind": AlarmKind.FIRE if fire else AlarmKind.PREALARM,
        "opened_at": moment(int(alarms.raised[index].min())),
        "last_at": moment(int(alarms.raised[index].max())),
        "acked_at": moment_or_none(first_ack),
        "arrived_at": moment(arrived) if went else None,
        "closed_at": None if is_open else moment(int(closed.max())),
        "closed_by": None if is_open else SYSTEM if verdict is None else DUTY,
        "verdict": verdict,
        "verdict_cause": None if decisive is None else note_of(alarms, decisive),
        "confidence": _confidence(members, alarms, devices),
        "demo": True,
    }


def _decisive(members: tuple[int, ...], alarms: Alarms) -> int:
    """Return the alarm whose verdict is the incident's: judged, fire first, the last closed."""
    return max(
        members,
        key=lambda i: (
            alarms.verdict[i] >= 0,
            CAUSES[alarms.cause[i]].kind is AlarmKind.FIRE,
            alarms.closed[i],
        ),
    )


def _confidence(members: tuple[int, ...], alarms: Alarms, devices: Devices) -> str:
    if len(members) == 1:
        return ""
    return confidence(
        [
            Witness(
                devices.ids[alarms.device[i]],
                KINDS[devices.kind[alarms.device[i]]],
                moment(int(alarms.raised[i])),
            )
            for i in members
        ]
    )


def _timeline(row: Row, members: tuple[int, ...], alarms: Alarms) -> Iterator[Row]:
    opened = moment(int(alarms.received[members[0]]))
    yield _entry(row["id"], opened, "opened", DEVICE)
    for member in members:
        at = moment(int(alarms.received[member]))
        yield _entry(row["id"], at, "alarm", DEVICE, str(member + 1))
    ended = "recovered" if row["closed_by"] == SYSTEM else "closed"
    for action, at, actor in (
        ("acknowledged", row["acked_at"], DUTY),
        ("arrived", row["arrived_at"], DUTY),
        (ended, row["closed_at"], row["closed_by"]),
    ):
        if at is not None:
            yield _entry(row["id"], at, action, actor)


def _entry(incident: int, at: object, action: str, actor: str, detail: str = "") -> Row:
    return {"incident_id": incident, "at": at, "action": action, "actor": actor, "detail": detail}


def alarm_rows(
    alarms: Alarms, of_alarm: Ints, devices: Devices, buildings: Buildings, lands: Sequence[Land]
) -> list[Row]:
    """Return the rows of the table ``alarm``; the id is the index plus one."""
    return [
        {
            "id": i + 1,
            "device_id": devices.ids[device],
            "building_id": buildings.ids[building] if building >= 0 else None,
            "community_code": lands[devices.land[device]].code,
            "incident_id": int(of_alarm[i]) or None,
            "message_id": f"demo-{i + 1}",
            "kind": CAUSES[alarms.cause[i]].kind,
            "cause": CAUSES[alarms.cause[i]].cause,
            "value": None if np.isnan(alarms.value[i]) else float(alarms.value[i]),
            "count": int(alarms.count[i]),
            "raised_at": moment(int(alarms.raised[i])),
            "received_at": moment(int(alarms.received[i])),
            "last_at": moment(int(alarms.last[i])),
            "cleared_at": moment_or_none(int(alarms.cleared[i])),
            "acked_at": moment_or_none(int(alarms.acked[i])),
            "acked_by": DUTY if alarms.acked[i] != NEVER else None,
            "closed_at": moment_or_none(int(alarms.closed[i])),
            "closed_by": DUTY if alarms.closed[i] != NEVER else None,
            "verdict": VERDICTS[alarms.verdict[i]] if alarms.verdict[i] >= 0 else None,
            "note": note_of(alarms, i),
            "demo": True,
        }
        for i, (device, building) in enumerate(
            zip(alarms.device.tolist(), devices.building[alarms.device].tolist(), strict=True)
        )
    ]


def history_rows(alarms: Alarms) -> dict[str, list[Any]]:
    """Return the columns of the table ``alarm_history``, by alarm and time."""
    number = np.arange(len(alarms)) + 1
    steps = (
        ("raised", alarms.received),
        ("repeated", np.where(alarms.count > 1, alarms.last, NEVER)),
        ("acknowledged", alarms.acked),
        ("cleared", alarms.cleared),
        ("closed", alarms.closed),
    )
    alarm = np.concatenate([number] * len(steps))
    action = np.repeat(np.arange(len(steps)), len(alarms))
    at = np.concatenate([times for _, times in steps])
    by_person = np.concatenate(
        [np.full(len(alarms), name == "acknowledged") for name, _ in steps[:-1]]
        + [alarms.closed != alarms.cleared]
    )
    came = np.flatnonzero(at != NEVER)
    order = came[np.lexsort((action[came], at[came], alarm[came]))]
    reasons = [note_of(alarms, i) or "" for i in range(len(alarms))]
    last = len(steps) - 1
    return {
        "alarm_id": alarm[order].tolist(),
        "at": [moment(ms) for ms in at[order].tolist()],
        "action": [steps[a][0] for a in action[order].tolist()],
        "actor": [DUTY if person else DEVICE for person in by_person[order].tolist()],
        "reason": [
            reasons[a - 1] if step == last else ""
            for a, step in zip(alarm[order].tolist(), action[order].tolist(), strict=True)
        ],
    }
