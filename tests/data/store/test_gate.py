"""Devices that report and people who act at once, on a real PostgreSQL: nobody waits for ever."""

import contextlib
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from data.domain import errors
from data.domain.intake import DeviceMemory
from data.domain.response import Stage
from data.domain.words import AlarmKind, FalseCause, Status, Verdict
from data.store import alarms, gate, incidents, intake
from data.store.database import Database
from data.store.models import AlarmRow, Incident
from tests.data.commands.test_incidents import build_beside
from tests.lane import DUTY, Lane, build

pytestmark = pytest.mark.postgres

DEVICES = ("S0", "S1", "S2", "N0", "N1")
ROUNDS = 40


@pytest.fixture
def lane(postgres_database: Database, redis: Redis) -> Lane:
    build(postgres_database)
    lane = Lane(postgres_database, redis)
    lane.worker.heal()
    build_beside(lane)
    lane.worker.heal()
    return lane


def burn(lane: Lane, seed: int) -> None:
    """Let several detectors cry fire in one batch, and some of them recover."""
    chance = random.Random(seed)
    for _ in range(ROUNDS):
        among = chance.sample(DEVICES, 3)
        lane.pipeline.ingest([lane.read(name, smoke_pct=40.0) for name in among])
        lane.pipeline.ingest([lane.read(among[0], smoke_pct=chance.choice([0.0, 10.0]))])


def act(lane: Lane, seed: int) -> int:
    """Join, part, work on and end whatever is open; return how often it was carried out."""
    chance = random.Random(seed)
    done = 0
    for _ in range(ROUNDS):
        standing = [row.id for row in lane.rows(Incident) if row.closed_at is None] or [1]
        burning = [row.id for row in lane.rows(AlarmRow) if row.closed_at is None] or [1]
        command = chance.choice(commands(lane, standing, burning, chance))
        with contextlib.suppress(errors.AlarmStateError, errors.NotFoundError):
            command()
            done += 1
    return done


def commands(
    lane: Lane, standing: list[int], burning: list[int], chance: random.Random
) -> list[Callable[[], object]]:
    """What a person may do; most ends something, so that more can come."""
    one, other, alarm = chance.choice(standing), chance.choice(standing), chance.choice(burning)
    stage, does = chance.choice(list(Stage)[1:]), lane.commands
    return [
        lambda: does.merge(one, other, DUTY, ""),
        lambda: does.split(one, [alarm], DUTY, ""),
        lambda: does.acknowledge_many(burning, DUTY),
        lambda: does.confirm(alarm, DUTY),
        lambda: does.advance(one, stage, DUTY, "沙塘站"),
        lambda: does.out_of_service("N1", DUTY, "检修"),
        lambda: does.back_in_service("N1", DUTY, "修好"),
        *[lambda: does.close(alarm, DUTY, Verdict.FALSE, "", FalseCause.DUST)] * 3,
        *[lambda: does.close_incident(one, DUTY, Verdict.REAL, "已扑灭")] * 3,
    ]


@pytest.mark.timeout(120)
def test_whoever_joins_merges_splits_and_closes_at_once_loses_no_fire(lane: Lane) -> None:
    with ThreadPoolExecutor(5) as pool:
        people = [pool.submit(act, lane, seed) for seed in (1, 2, 3)]
        devices = [pool.submit(burn, lane, seed) for seed in (4, 5)]
        for work in devices:
            work.result()
        assert sum(work.result() for work in people) > ROUNDS
    rows, found = lane.rows(AlarmRow), {row.id: row for row in lane.rows(Incident)}
    assert len(rows) > ROUNDS / 2
    for alarm in rows:
        incident = found[alarm.incident_id]
        assert incident.merged_into is None
        if alarm.closed_at is None:
            assert incident.closed_at is None
        elif alarm.kind is AlarmKind.FIRE or alarm.confirmed_at is not None:
            assert (alarm.closed_by, alarm.verdict is None) == ("duty", False)
    burning = {alarm.incident_id for alarm in rows if alarm.closed_at is None}
    for incident in found.values():
        if incident.closed_at is None and incident.id not in burning:
            assert incidents.response_of(incident).stage is not Stage.NONE
    with lane.database.reading() as session:
        assert lane.present.snapshot()["alarms"] == alarms.open_alarm_views(session)


def test_an_alarm_that_joins_before_the_gate_is_closed_with_its_device(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane.send("S0", smoke_pct=40)
    enter, times = gate.enter, []

    def late(session: object) -> None:
        if not times:  # between the devices that are known and the gate
            times.append(1)
            threading.Thread(target=lane.send, args=("S1",), kwargs={"smoke_pct": 40}).start()
            wait_for(lambda: lane.count(AlarmRow) == 2)
        enter(session)  # type: ignore[arg-type]

    monkeypatch.setattr("data.commands.incidents.gate.enter", late)
    lane.commands.close_incident(1, DUTY, Verdict.REAL, "已扑灭")
    assert {row.closed_at is not None for row in lane.rows(AlarmRow)} == {True}
    assert lane.present.statuses()[:2] == bytes([Status.NORMAL, Status.NORMAL])


def test_who_waited_for_a_device_sees_what_the_other_wrote(lane: Lane) -> None:
    def second() -> DeviceMemory:
        with lane.database.writing() as session:
            return intake.load_devices(session, ["S0"], lane.clock())["S0"][1]

    with ThreadPoolExecutor(1) as pool:
        with lane.database.writing() as session:
            (_, memory) = intake.load_devices(session, ["S0"], lane.clock())["S0"]
            waiting = pool.submit(second)
            wait_for(lambda: waits(lane.database))
            intake.save_memories(session, {"S0": intake.next_version(memory)})
        assert waiting.result(5).version == memory.version + 1


def wait_for(happened: Callable[[], bool]) -> None:
    """Wait a few seconds at most."""
    pause = threading.Event()
    for _ in range(500):
        if happened():
            return
        pause.wait(0.01)
    raise AssertionError("it did not happen")


def waits(database: Database) -> bool:
    """Whether a session of this database waits for a lock."""
    with database.engine.connect() as connection:
        asked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return bool(connection.exec_driver_sql(asked).scalar())
