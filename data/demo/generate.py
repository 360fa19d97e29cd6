"""A believable demo town with two years behind it, the same for the same seed, devices and hour."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.demo.alarms import live_through, raise_alarms
from data.demo.buildings import building_rows
from data.demo.clock import Clock, make_clock, moment
from data.demo.devices import device_rows
from data.demo.fires import fire_rows, make_fires
from data.demo.incidents import alarm_rows, history_rows, make_incidents
from data.demo.inspections import hazard_columns, inspection_columns, make_visits
from data.demo.land import DemoError, read_lands
from data.demo.plan import Plan, make_plan, read_places
from data.demo.present import change_rows, changes, last_contact, merged, open_alarms, state_rows
from data.demo.programme import programme_rows
from data.demo.readings import reading_columns
from data.demo.streets import street_rows
from data.demo.write import Writer, advance_sequences, prepare
from data.domain.weeks import SHANGHAI
from data.feeds.fleet import TOWN_SEED
from data.store.database import Database
from data.store.geometry import touch_geometry_version
from data.store.models import (
    AlarmHistory,
    AlarmRow,
    Building,
    ContextFeature,
    Device,
    DeviceState,
    Facility,
    Fire,
    Grid,
    Hazard,
    Incident,
    IncidentHistory,
    Inspection,
    Meta,
    Person,
    ProgrammeTask,
    ReadingHour,
    StatusChange,
)

DEFAULT_SEED: Final = 350582005
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class TownSummary:
    """How many rows of each sort the town has."""

    communities: int
    streets: int
    buildings: int
    devices: int
    people: int
    alarms: int
    open_alarms: int
    incidents: int
    fires: int
    inspections: int
    hazards: int
    reading_hours: int


def generate_town(
    database: Database,
    *,
    devices: int,
    seed: int = DEFAULT_SEED,
    now: datetime,
    progress: Progress,
) -> TownSummary:
    """Make the demo town in one transaction: all of it or nothing.

    The same database, seed, number of devices and hour of ``now`` give the same town, row by row.
    Only the present (device states and the alarms open now) is told relative to ``now`` itself,
    so that it is fresh when it is first looked at.

    Parameters
    ----------
    devices
        Exactly so many are made; buildings are about a fifth of them.
    now
        The present, with a time zone; history covers the 104 weeks before its full hour.
    progress
        Called with the name of what is being made and how much of everything is done, 0 to 1.

    Raises
    ------
    DemoError
        If the reference data is missing, or devices are already there.
    """
    clock = make_clock(now)
    with database.writing() as session:
        prepare(session)
        _must_be_empty(session)
        plan = make_plan(
            read_lands(session),
            read_places(session),
            devices,
            seed,
            lambda name, share: progress(name, 0.3 * share),
        )
        progress("写入建筑与设备", 0.3)
        writer = Writer(session)
        _write_places(writer, plan, clock)
        progress("报警历史", 0.45)
        happened = _write_alarms(writer, plan, clock, seed)
        progress("检查与隐患", 0.7)
        visited = _write_visits(writer, plan, clock, seed)
        progress("读数", 0.8)
        hours = _write_readings(writer, plan, clock, seed)
        _finish(session, devices, seed, clock)
    progress("完成", 1.0)
    return TownSummary(
        len(plan.lands),
        len(plan.streets),
        len(plan.buildings),
        len(plan.devices),
        len(plan.people.rows),
        *happened,
        *visited,
        hours,
    )


def _must_be_empty(session: Session) -> None:
    if session.scalar(select(func.count()).select_from(Device)):
        raise DemoError("there are devices already: the demo town needs an empty database")


def _write_readings(writer: Writer, plan: Plan, clock: Clock, seed: int) -> int:
    parts = reading_columns(plan.devices, clock, seed)
    return sum(writer.columns(ReadingHour, columns) for columns in parts)


def _write_places(writer: Writer, plan: Plan, clock: Clock) -> None:
    buildings, facilities = plan.buildings, plan.facilities
    writer.rows(ContextFeature, street_rows(plan.streets, plan.water))
    writer.rows(Grid, plan.grids.rows)
    writer.rows(Person, plan.people.rows)
    rows = building_rows(buildings, plan.lands, plan.grids.of_building, plan.people.responsible)
    writer.rows(Building, rows)
    writer.rows(Device, device_rows(plan.devices, buildings, plan.lands, clock.first_day))
    writer.rows(Facility, [*facilities.hydrants, *facilities.stations])
    today = moment(clock.end).astimezone(SHANGHAI).date()
    writer.rows(ProgrammeTask, programme_rows(today))


def _write_alarms(writer: Writer, plan: Plan, clock: Clock, seed: int) -> tuple[int, int, int, int]:
    """Write alarms, incidents, fires, device states; return the numbers of the summary."""
    lands, buildings, devices = plan.lands, plan.buildings, plan.devices
    fires = make_fires(buildings, devices, clock, seed)
    past = live_through(raise_alarms(devices, fires, clock, seed), clock, seed)
    present = open_alarms(devices, past, clock, seed)
    alarms = merged(past, present)
    incidents = make_incidents(alarms, devices, buildings, lands, seed)
    writer.rows(Incident, incidents.rows)
    writer.rows(AlarmRow, alarm_rows(alarms, incidents.of_alarm, devices, buildings, lands))
    writer.columns(AlarmHistory, history_rows(alarms))
    writer.rows(IncidentHistory, incidents.history)
    writer.rows(Fire, fire_rows(fires, incidents.of_fire, buildings, lands))
    contact = last_contact(devices, clock, seed)
    found = changes(alarms, devices, contact, clock)
    writer.columns(StatusChange, change_rows(found, devices))
    states = state_rows(devices, contact, alarms, found, clock, seed)
    writer.rows(DeviceState, states)
    return len(alarms), len(present), len(incidents.rows), len(fires)


def _write_visits(writer: Writer, plan: Plan, clock: Clock, seed: int) -> tuple[int, int]:
    visits = make_visits(plan.buildings, clock, seed)
    columns = inspection_columns(visits, plan.buildings, plan.grids, plan.people.officer)
    inspections = writer.columns(Inspection, columns)
    return inspections, writer.columns(Hazard, hazard_columns(visits, plan.buildings))


def _finish(session: Session, devices: int, seed: int, clock: Clock) -> None:
    advance_sequences(session, (AlarmRow, Incident, Inspection))
    facts = {
        TOWN_SEED: str(seed),
        "demo_devices": str(devices),
        "demo_made_at": moment(clock.end).isoformat(),
    }
    for key, value in facts.items():
        session.merge(Meta(key=key, value=value))
    touch_geometry_version(session)
