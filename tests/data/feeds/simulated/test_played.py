"""Every scenario against the real application: what was confirmed is there, and nothing else."""

import contextlib
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import select

from data.domain.words import AlarmKind
from data.embedded import free_port
from data.feeds.simulated.ledger import Way
from data.feeds.simulated.mischief import ALL, Fault
from data.feeds.simulated.scenario import Mend, Step
from data.feeds.simulated.scenarios import SCENARIOS
from data.feeds.simulated.show import Manner, Played, perform, show_totals
from data.feeds.simulated.where import where_is
from data.settings import Settings
from data.store.database import Database
from data.store.models import AlarmFlood, AlarmRow, DeviceState, Gateway, Incident
from tests.brokers import run_mosquitto
from tests.recorded import Record, alarms_since, confirmed, recorded
from tests.servers import Application, run_application, wait_for

SPEED = 60.0


@dataclass
class Theatre:
    """A running application and its database."""

    application: Application
    settings: Settings
    database: Database
    console: Console

    @property
    def said(self) -> str:
        text: Any = self.console.file
        return str(text.getvalue())

    def states(self, device_ids: Sequence[str]) -> Counter[bool]:
        """How many of some devices are stale."""
        query = select(DeviceState.stale).where(DeviceState.device_id.in_(device_ids))
        with self.database.reading() as session:
            return Counter(session.scalars(query))

    def rows(self, model: type[Any], *where: Any) -> list[Any]:
        with self.database.reading() as session:
            return list(session.scalars(select(model).where(*where)))


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory, scene_file: Path) -> Iterator[Theatre]:
    """The application with all three ways in, without its simulator."""
    with open_theatre(tmp_path_factory.mktemp("theatre"), scene_file) as opened:
        yield opened


@contextlib.contextmanager
def open_theatre(place: Path, scene_file: Path, **more: str) -> Iterator[Theatre]:
    """Run the application and a broker."""
    folder, brokers, gb_port = place / "application", place / "broker", free_port()
    folder.mkdir()
    brokers.mkdir()
    with run_mosquitto(brokers) as broker:
        url = f"mqtt://127.0.0.1:{broker.port}"
        ways = {"XT_GB26875_PORT": str(gb_port), "XT_MQTT_URL": url}
        with run_application(folder, town=scene_file, **ways, **more) as running:
            settings = Settings(
                _env_file=None,
                port=running.port,
                data_dir=folder / "var",
                gb26875_port=gb_port,
                mqtt_url=url,
            )
            database = Database(running.database_url)
            console = Console(file=io.StringIO(), width=150)
            yield Theatre(running, settings, database, console)
            database.close()


Watch = Callable[[Step, Sequence[str]], None]


async def play(
    theatre: Theatre,
    name: str,
    *,
    faults: frozenset[Fault] = frozenset(),
    watch: Watch = lambda _step, _devices: None,
) -> tuple[Played, datetime]:
    """Play a scenario fast; everything was confirmed, and is in the database once."""
    since = datetime.now(UTC)
    before = recorded(theatre.database, since)
    manner = Manner(SPEED, seed=5, faults=faults, worse=10.0)
    where = where_is(theatre.settings)
    played = await perform(SCENARIOS[name], theatre.settings, where, manner, theatre.console, watch)
    assert played.is_whole

    wanted = confirmed(theatre.database, played.ledger)

    def found() -> Record:
        now = recorded(theatre.database, since)
        return Record(now.readings - before.readings, now.events)

    with contextlib.suppress(AssertionError):  # told in full below
        wait_for(lambda: found() == wanted, 15)
    last = found()
    assert (last.readings - wanted.readings, wanted.readings - last.readings) == (Counter(),) * 2
    assert last.events == wanted.events
    return played, since


def by_cause(alarms: Sequence[AlarmRow]) -> Counter[str]:
    return Counter(alarm.cause for alarm in alarms)


@pytest.mark.timeout(300)
async def test_a_quiet_day_raises_nothing_whatever_goes_wrong_on_the_way(theatre: Theatre) -> None:
    # In a storm more messages come between a reading and its repetition than are remembered: the
    # statistics of an hour then count it twice.
    played, since = await play(theatre, "quiet-day", faults=ALL - {Fault.STORMS})
    assert alarms_since(theatre.database, since) == []
    totals = {way: played.ledger.total(way) for way in Way}
    assert all(total.messages for total in totals.values())
    assert sum(total.sends for total in totals.values()) > sum(
        total.messages for total in totals.values()
    )


@pytest.mark.timeout(300)
async def test_a_fire_is_one_incident_that_others_bear_out_and_stays(theatre: Theatre) -> None:
    played, since = await play(theatre, "fire-in-sanheyi")
    alarms = alarms_since(theatre.database, since)
    cast = played.cast
    house = {alarm.building_id for alarm in alarms if alarm.device_id in cast["first"]}
    (incident,) = theatre.rows(
        Incident, Incident.building_id.in_(house), Incident.opened_at >= since
    )
    assert incident.kind is AlarmKind.FIRE
    assert incident.confidence.startswith("electrical+smoke+manual/")
    assert incident.closed_at is None
    fires = [a for a in alarms if a.kind is AlarmKind.FIRE and a.building_id in house]
    assert by_cause(fires) == Counter(
        smoke_fire=1 + len(cast["upstairs"]),
        heat_fire=len(cast["heat"]) + 1,
        reported_fire=len(cast["heat"]),
        manual_fire=1,
    )
    assert {alarm.incident_id for alarm in fires} == {incident.id}
    assert all(alarm.closed_at is None for alarm in fires)
    recovered = [alarm for alarm in fires if alarm.cause != "manual_fire"]
    assert all(alarm.cleared_at is not None for alarm in recovered)
    assert {alarm.device_id for alarm in alarms} >= set(cast["neighbour"])
    scenario = SCENARIOS["fire-in-sanheyi"]
    told = (scenario.zh, f"?building={house.pop()}", *(step.zh for step in scenario.steps))
    assert all(words in theatre.said for words in told)


@pytest.mark.timeout(300)
async def test_a_storm_is_a_flood_in_which_every_alarm_is_there_once(theatre: Theatre) -> None:
    played, since = await play(
        theatre, "false-alarm-storm", faults=frozenset({Fault.DUPLICATES, Fault.LINES})
    )
    alarms = alarms_since(theatre.database, since)
    cast = played.cast
    assert Counter(alarm.device_id for alarm in alarms if alarm.cause == "smoke_high") == (
        Counter([*cast["crowd"]])
    )
    assert Counter(alarm.device_id for alarm in alarms if alarm.kind is AlarmKind.FIRE) == (
        Counter(cast["worst"])
    )
    shaky = [alarm for alarm in alarms if alarm.device_id in cast["shaky"]]
    assert all(alarm.cause == "reported_fault" for alarm in shaky)
    assert {alarm.device_id for alarm in shaky if alarm.chattering_at} == set(cast["shaky"])
    wait_for(lambda: theatre.rows(AlarmFlood, AlarmFlood.began_at >= since) != [])


def silence(theatre: Theatre, during: list[Counter[bool]]) -> Watch:
    """Note who is stale before it is mended, once everybody has fallen silent."""

    def watch(step: Step, devices: Sequence[str]) -> None:
        if isinstance(step.does, Mend):
            wait_for(lambda: theatre.states(devices)[False] == 0)
            during.append(theatre.states(devices))

    return watch


@pytest.mark.timeout(300)
async def test_a_power_cut_turns_a_community_stale_and_back(theatre: Theatre) -> None:
    during: list[Counter[bool]] = []
    played, since = await play(theatre, "power-cut", watch=silence(theatre, during))
    everybody = played.cast["all"]
    assert during == [Counter({True: len(everybody)})]
    wait_for(lambda: theatre.states(everybody)[True] == 0)
    faults = [
        alarm
        for alarm in alarms_since(theatre.database, since)
        if alarm.device_id in {*played.cast["panels"], *played.cast["mains"]}
    ]
    assert by_cause(faults)["reported_fault"] == len(played.cast["panels"] + played.cast["mains"])
    assert all(alarm.cleared_at is not None for alarm in faults)


@pytest.mark.timeout(300)
async def test_a_lost_gateway_delivers_late_what_it_kept(theatre: Theatre) -> None:
    during: list[Counter[bool]] = []
    played, since = await play(theatre, "gateway-lost", watch=silence(theatre, during))
    behind = played.cast["behind"]
    assert during == [Counter({True: len(behind)})]
    wait_for(lambda: theatre.states(behind)[True] == 0)
    (fire,) = [a for a in alarms_since(theatre.database, since) if a.kind is AlarmKind.FIRE]
    assert fire.device_id in played.cast["witness"]
    assert (fire.received_at - fire.raised_at).total_seconds() > 3
    assert played.ledger.total(Way.MQTT).messages > 0


@pytest.mark.timeout(300)
async def test_beside_the_town_s_simulator_devices_change_hands_and_go_back(
    tmp_path: Path, scene_file: Path
) -> None:
    during: list[Counter[bool]] = []
    with open_theatre(tmp_path, scene_file, XT_SIMULATE="1") as theatre:

        def watch(step: Step, devices: Sequence[str]) -> None:
            if isinstance(step.does, Mend):
                wait_for(lambda: theatre.states(devices)[False] == 0)
                during.append(theatre.states(devices))

        def online() -> set[str]:
            return {gateway.name for gateway in theatre.rows(Gateway, Gateway.online)}

        wait_for(lambda: "every device reported" in theatre.application.output, 30)
        wait_for(lambda: len(online()) > 10, 30)
        before = online()
        manner = Manner(SPEED, seed=5)
        played = await perform(
            SCENARIOS["gateway-lost"],
            theatre.settings,
            where_is(theatre.settings),
            manner,
            theatre.console,
            watch,
        )
        behind = played.cast["behind"]
        assert played.is_whole
        assert during == [Counter({True: len(behind)})]
        wait_for(lambda: online() >= before)
        gone = datetime.now(UTC)
        fresh = (DeviceState.received_at > gone, DeviceState.device_id.in_(behind))
        wait_for(lambda: len(theatre.rows(DeviceState, *fresh)) == len(behind), 20)


def test_totals_are_told_for_each_way_that_was_taken() -> None:
    from data.feeds.simulated.ledger import Ledger

    ledger = Ledger()
    entry = ledger.open(Way.HTTP, "S1", "m1", {})
    ledger.sent(entry)
    ledger.confirm(entry)
    console = Console(file=io.StringIO(), width=120)
    show_totals(console, ledger)
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert "HTTP" in said
    assert "MQTT" not in said
