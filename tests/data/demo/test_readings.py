from datetime import timedelta

import pytest
from sqlalchemy import func, select

from data.demo import readings
from data.demo.clock import Clock
from data.demo.plan import Plan
from data.demo.readings import reading_columns
from data.domain.words import DeviceKind
from data.store.database import Database
from data.store.models import Device, ReadingHour
from tests.conftest import TOWN_NOW, TOWN_SEED


def test_working_devices_have_their_last_48_hours(town: Database) -> None:
    query = select(ReadingHour.device_id, func.count(func.distinct(ReadingHour.hour)))
    with town.reading() as session:
        hours = dict(session.execute(query.group_by(ReadingHour.device_id)).all())
        newest = session.scalar(select(func.max(ReadingHour.hour)))
        measuring = session.scalars(
            select(Device.id).where(
                Device.kind.not_in([DeviceKind.CAMERA, DeviceKind.TRANSMITTER]), ~Device.disabled
            )
        ).all()
    assert set(hours.values()) == {48}
    assert newest == TOWN_NOW - timedelta(hours=1)
    assert len(measuring) - 12 <= len(hours) <= len(measuring)  # a few are silent or broken


def test_an_hour_is_consistent(town: Database) -> None:
    with town.reading() as session:
        rows = session.scalars(select(ReadingHour).limit(5000)).all()
    for row in rows:
        mean = row.total / row.count
        assert row.low - 1e-6 <= mean <= row.high + 1e-6
    assert {row.count for row in rows} <= {20, 30}


def test_e_bikes_charge_at_night(town: Database) -> None:
    query = select(ReadingHour.hour, func.avg(ReadingHour.total / ReadingHour.count)).where(
        ReadingHour.value == "power_w", ReadingHour.device_id.startswith("XT-CHG")
    )
    with town.reading() as session:
        power = {
            hour.hour: mean for hour, mean in session.execute(query.group_by(ReadingHour.hour))
        }
    assert power[14] > 4 * power[21]  # 22 and 5 o'clock in Shanghai


def test_a_large_town_gets_one_day_of_some_buildings(
    plan: Plan, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "LARGE_TOWN", 100)
    monkeypatch.setattr(readings, "LARGE_DEVICES", 120)
    parts = list(reading_columns(plan.devices, clock, TOWN_SEED))
    ids = {device for part in parts for device in part["device_id"]}
    assert 60 < len(ids) < 180
    assert {len(set(part["hour"])) for part in parts} == {24}
