"""Any sequence of readings and commands, through the real pipeline, SQL and Redis.

No sequence loses a fire, closes one without a person, holds one back, or leaves Redis and SQL
telling different stories.
"""

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from redis import Redis
from sqlalchemy import func, select

from data.commands import Actor
from data.domain.devices import device_status
from data.domain.errors import AlarmStateError, NotFoundError
from data.domain.readings import Reading
from data.domain.response import Stage
from data.domain.rule_changes import Numbers, Override
from data.domain.words import AlarmKind, DeviceKind, FalseCause, Outcome, Reported, Role, Verdict
from data.embedded import EmbeddedRedis
from data.store import alarms
from data.store.database import Database
from data.store.incidents import outcome, response_of
from data.store.models import AlarmHistory, AlarmRow, Base, Device, DeviceState, Fire, Incident
from tests.lane import DUTY, Lane, build

DEVICES = ("S0", "S1", "S2", "H0", "P0", "C0")
#: Which one of those that are there, the open ones first (``pick``).
PICKS = st.integers(0, 7)
DEVICE_IDS = st.sampled_from(DEVICES)
VALUES: dict[str, tuple[dict[str, float], ...]] = {
    "S": (
        {"smoke_pct": 0.0},
        {"smoke_pct": 10.0},
        {"smoke_pct": 40.0},
        {"battery_pct": 5.0},
        {"battery_pct": 90.0},
        {"smoke_pct": 7.0, "temperature_c": 70.0},
    ),
    "H": ({"temperature_c": 20.0}, {"temperature_c": 58.0}, {"temperature_c": 90.0}),
    "P": ({"pressure_mpa": 0.05}, {"pressure_mpa": 0.3}),
    "C": ({"temperature_c": 20.0},),
}
#: At these values a fire must be open, whatever else is going on.
BURNING = {"smoke_pct": 15.0, "temperature_c": 65.0}
FIRE_CAUSE = {"smoke_pct": "smoke_fire", "temperature_c": "heat_fire"}
#: A Redis that is away.
NOWHERE = ("127.0.0.1", 1)


class AlarmLife(RuleBasedStateMachine):
    """Readings and people at one building; the truth is checked after each step."""

    #: Gives an empty database for one sequence.
    empty: ClassVar[Callable[[], AbstractContextManager[Database]]]
    redis_url: ClassVar[str]

    @initialize()
    def begin(self) -> None:
        self.opened = type(self).empty()
        self.database = self.opened.__enter__()
        build(self.database)
        self.redis = Redis.from_url(self.redis_url)
        self.redis.flushall()
        self.lane = Lane(self.database, self.redis)
        self.away = Lane(self.database, Redis(*NOWHERE, retry=None), self.lane.clock)
        self.lane.worker.step()
        #: Alarms that a person has given a verdict.
        self.judged: set[int] = set()
        self.fires: set[int] = set()
        self.clicks = itertools.count()
        self.last: tuple[Callable[[], Any], Any] | None = None

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.opened.__exit__(None, None, None)
            self.redis.close()

    # --- devices ------------------------------------------------------------------------------

    @rule(device=DEVICE_IDS, which=st.integers(0, 5), redis_is_away=st.booleans())
    def send(self, device: str, which: int, redis_is_away: bool) -> None:
        choices = VALUES[device[0]]
        values = choices[which % len(choices)]
        lane = self.away if redis_is_away else self.lane
        lane.pipeline.ingest([self.lane.read(device, **values)])
        self.must_burn(device, values)
        if redis_is_away:
            self.time_passes(3)

    @rule(device=st.sampled_from(["S0", "S1", "H0"]))
    def burn_and_recover(self, device: str) -> None:
        name = "smoke_pct" if device[0] == "S" else "temperature_c"
        self.lane.send(device, **{name: 90.0})
        self.must_burn(device, {name: 90.0})
        self.lane.clock.tick(5)
        self.lane.send(device, **{name: 0.0})

    @rule(device=DEVICE_IDS, said=st.sampled_from(list(Reported)))
    def say(self, device: str, said: Reported) -> None:
        self.lane.send(device, reported=said)

    @rule(device=DEVICE_IDS, seconds=st.integers(1, 600))
    def send_late(self, device: str, seconds: int) -> None:
        values = {"smoke_pct": 40.0} if device[0] == "S" else {"temperature_c": 90.0}
        now = self.lane.clock()
        message = f"late{next(self.clicks)}"
        reading = Reading(device, message, now - timedelta(seconds=seconds), now, None, values)
        self.lane.pipeline.ingest([reading])
        self.must_burn(device, values)

    @rule(seconds=st.sampled_from([1, 10, 31, 200, 301, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.lane.clock.tick(seconds)
        self.lane.worker.step()

    @rule(seconds=st.sampled_from([1, 10, 301]))
    def time_passes_without_a_worker(self, seconds: int) -> None:
        self.lane.clock.tick(seconds)

    @rule()
    def redis_is_wiped(self) -> None:
        self.redis.flushall()
        self.lane.worker.step()

    # --- people -------------------------------------------------------------------------------

    @rule(alarm=PICKS)
    def acknowledge(self, alarm: int) -> None:
        number = self.pick(AlarmRow, alarm)
        self.command(lambda who: self.lane.commands.acknowledge(number, who))

    @rule(alarm_ids=st.lists(PICKS, min_size=1, max_size=6))
    def acknowledge_many(self, alarm_ids: list[int]) -> None:
        numbers = [self.pick(AlarmRow, number) for number in alarm_ids]
        self.command(lambda who: self.lane.commands.acknowledge_many(numbers, who))

    @rule(
        alarm=PICKS,
        verdict=st.sampled_from(list(Verdict)),
        note=st.sampled_from(["", "x"]),
        cause=st.sampled_from([None, FalseCause.DUST]),
    )
    def close(self, alarm: int, verdict: Verdict, note: str, cause: FalseCause | None) -> None:
        number = self.pick(AlarmRow, alarm)
        with self.judging():
            self.command(lambda who: self.lane.commands.close(number, who, verdict, note, cause))

    @rule(alarm=PICKS)
    def confirm(self, alarm: int) -> None:
        number = self.pick(AlarmRow, alarm)
        self.command(lambda who: self.lane.commands.confirm(number, who))

    @rule(alarm=PICKS, minutes=st.sampled_from([1, 60, 480, 481]))
    def shelve(self, alarm: int, minutes: int) -> None:
        number = self.pick(AlarmRow, alarm)
        self.command(lambda who: self.lane.commands.shelve(number, who, minutes, "施工"))

    @rule(alarm=PICKS)
    def unshelve(self, alarm: int) -> None:
        number = self.pick(AlarmRow, alarm)
        self.command(lambda who: self.lane.commands.unshelve(number, who))

    @rule(device=DEVICE_IDS)
    def out_of_service(self, device: str) -> None:
        self.command(lambda who: self.lane.commands.out_of_service(device, who, "检修"))

    @rule(device=DEVICE_IDS)
    def back_in_service(self, device: str) -> None:
        self.command(lambda who: self.lane.commands.back_in_service(device, who, "修好"))

    @rule(incident=PICKS, stage=st.sampled_from(list(Stage)))
    def advance(self, incident: int, stage: Stage) -> None:
        number = self.pick(Incident, incident)
        self.command(lambda who: self.lane.commands.advance(number, stage, who, "沙塘站"))

    @rule(incident=PICKS, verdict=st.sampled_from(list(Verdict)))
    def close_incident(self, incident: int, verdict: Verdict) -> None:
        number = self.pick(Incident, incident)
        with self.judging():
            self.command(
                lambda who: self.lane.commands.close_incident(
                    number, who, verdict, "查明", FalseCause.DUST
                )
            )

    @rule(one=PICKS, other=PICKS)
    def merge(self, one: int, other: int) -> None:
        numbers = self.pick(Incident, one), self.pick(Incident, other)
        self.command(lambda who: self.lane.commands.merge(*numbers, who, ""))

    @rule(incident=PICKS, alarm_ids=st.lists(PICKS, min_size=1, max_size=3))
    def split(self, incident: int, alarm_ids: list[int]) -> None:
        number = self.pick(Incident, incident)
        numbers = [self.pick(AlarmRow, alarm) for alarm in alarm_ids]
        self.command(lambda who: self.lane.commands.split(number, numbers, who, ""))

    @rule(on=st.sampled_from([8.0, 12.0]), delay=st.sampled_from([0, 20]))
    def change_rule(self, on: float, delay: int) -> None:
        override = Override(DeviceKind.SMOKE, "smoke_high", Numbers(on, 5.0, delay, delay))
        self.lane.commands.change_rule(override, Actor("admin", Role.ADMIN), "试")

    @rule()
    def press_the_same_again(self) -> None:
        if self.last is not None:
            again, first = self.last
            assert again() == first

    # --- what must be true --------------------------------------------------------------------

    @invariant()
    def redis_and_sql_tell_the_same(self) -> None:
        picture = self.lane.present.snapshot()
        with self.database.reading() as session:
            assert picture["alarms"] == alarms.open_alarm_views(session)
            states = session.execute(
                select(Device, DeviceState)
                .join(DeviceState, DeviceState.device_id == Device.id)
                .order_by(Device.slot)
            ).all()
            open_alarms = alarms.open_alarms_of(session, DEVICES)
        there = self.lane.present.statuses()
        for device, state in states:
            assert there[device.slot] == state.status, device.id
            known = open_alarms.get(device.id, ())
            expected = device_status(known, stale=state.stale, disabled=device.disabled)
            assert state.status == expected, device.id

    @invariant()
    def no_fire_is_lost_held_or_closed_without_a_person(self) -> None:
        rows = {row.id: row for row in self.lane.rows(AlarmRow)}
        self.fires |= {i for i, row in rows.items() if is_fire(row)}
        for number in self.fires:
            row = rows[number]
            assert is_fire(row)
            assert row.shelved_until is row.suppressed_at is row.out_of_service_at is None
            if row.closed_at is not None:
                assert number in self.judged
                assert (row.closed_by, row.verdict is None) == ("duty", False)

    @invariant()
    def open_alarms_have_open_incidents_and_a_history(self) -> None:
        incidents = {row.id: row for row in self.lane.rows(Incident)}
        open_in: set[int] = set()
        for row in self.lane.rows(AlarmRow):
            if row.kind not in {AlarmKind.FIRE, AlarmKind.PREALARM}:
                assert row.incident_id is None
            elif row.closed_at is None:
                open_in.add(row.incident_id)
        assert all(incidents[number].closed_at is None for number in open_in)
        with self.database.reading() as session:
            lines = session.execute(
                select(AlarmHistory.action, func.count()).group_by(AlarmHistory.action)
            ).all()
        counted = {str(action): int(count) for action, count in lines}
        rows = self.lane.rows(AlarmRow)
        assert counted.get("raised", 0) == len(rows)
        assert counted.get("closed", 0) == sum(row.closed_at is not None for row in rows)

    @invariant()
    def an_incident_ends_by_a_person_or_says_that_it_recovered(self) -> None:
        rows = self.lane.rows(AlarmRow)
        for incident in self.lane.rows(Incident):
            if outcome(incident) is Outcome.RECOVERED:
                assert (incident.kind, incident.closed_by) == (AlarmKind.PREALARM, "system")
                assert response_of(incident).stage is Stage.NONE
            elif incident.closed_at is not None:
                assert incident.closed_by == "duty"
        confirmed = {
            row.incident_id for row in rows if row.confirmed_at and row.verdict is Verdict.REAL
        }
        real = {row.id for row in self.lane.rows(Incident) if row.verdict is Verdict.REAL}
        assert [fire.incident_id for fire in by_incident(self.lane)] == sorted(real & confirmed)

    # --- helpers ------------------------------------------------------------------------------

    def pick(self, model: type[AlarmRow | Incident], number: int) -> int:
        """Id of an open row if there is one, of a closed one for a large number, else unknown."""
        rows = sorted(self.lane.rows(model), key=lambda row: (row.closed_at is not None, -row.id))
        return rows[number % len(rows)].id if rows else 99

    def command(self, act: Callable[[Actor], Any]) -> None:
        """Press a button; what the alarm's life refuses is refused by name and changes nothing."""
        click = replace(DUTY, key=f"k{next(self.clicks)}")
        try:
            first = act(click)
        except (AlarmStateError, NotFoundError):
            return
        self.last = (lambda: act(click), first)

    @contextmanager
    def judging(self) -> Iterator[None]:
        """Note which alarms a person closes meanwhile."""
        before = self.closed()
        yield
        self.judged |= self.closed() - before

    def closed(self) -> set[int]:
        return {row.id for row in self.lane.rows(AlarmRow) if row.closed_at is not None}

    def must_burn(self, device: str, values: dict[str, float]) -> None:
        rows = {row.id: row for row in self.lane.rows(Device)}
        if rows[device].disabled or rows[device].kind not in {DeviceKind.SMOKE, DeviceKind.HEAT}:
            return
        still = {
            (row.device_id, row.cause) for row in self.lane.rows(AlarmRow) if row.closed_at is None
        }
        for name, value in values.items():
            if value >= BURNING.get(name, 1000.0):
                assert (device, FIRE_CAUSE[name]) in still


def is_fire(row: AlarmRow) -> bool:
    return row.kind is AlarmKind.FIRE or row.confirmed_at is not None


def by_incident(lane: Lane) -> list[Fire]:
    return sorted(lane.rows(Fire), key=lambda fire: fire.incident_id)


@pytest.mark.timeout(300)
def test_no_sequence_loses_a_fire_or_parts_redis_from_sql(
    embedded_redis: EmbeddedRedis, empty_database_file: Path, tmp_path: Path
) -> None:
    numbers = itertools.count()

    @contextmanager
    def copied() -> Iterator[Database]:
        path = tmp_path / f"{next(numbers)}.db"
        shutil.copy(empty_database_file, path)
        database = Database(f"sqlite:///{path}")
        yield database
        database.close()
        path.unlink()

    live(copied, embedded_redis.url, examples=40)


@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_no_sequence_does_so_on_postgresql(
    embedded_redis: EmbeddedRedis, postgres_database: Database
) -> None:
    @contextmanager
    def emptied() -> Iterator[Database]:
        # The audit goes on: the database lets nobody empty it.
        tables = [name for name in Base.metadata.tables if not name.startswith("audit")]
        names = ", ".join(f'"{name}"' for name in tables)
        with postgres_database.engine.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY")
        yield postgres_database

    live(emptied, embedded_redis.url, examples=6)


def live(
    empty_database: Callable[[], AbstractContextManager[Database]],
    redis_address: str,
    examples: int,
) -> None:
    """Try sequences, the same each time: a failure is a change of the code."""

    class Here(AlarmLife):
        empty, redis_url = staticmethod(empty_database), redis_address

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
