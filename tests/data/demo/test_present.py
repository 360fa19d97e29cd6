from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.domain.devices import device_status, stale_at
from data.domain.readings import VALUE_RANGES
from data.domain.rules import judge
from data.domain.words import AlarmKind, Status
from data.store.alarms import to_record
from data.store.database import Database
from data.store.models import AlarmRow, Device, DeviceState, StatusChange
from tests.conftest import TOWN_DEVICES, TOWN_NOW

Known = dict[str, tuple[Device, DeviceState]]


@pytest.fixture(scope="module")
def known(town: Database) -> Known:
    query = select(Device, DeviceState).join(DeviceState, DeviceState.device_id == Device.id)
    with town.reading() as session:
        return {row.Device.id: (row.Device, row.DeviceState) for row in session.execute(query)}


@pytest.fixture(scope="module")
def still_open(town: Database) -> dict[str, list[AlarmRow]]:
    found: dict[str, list[AlarmRow]] = defaultdict(list)
    with town.reading() as session:
        for row in session.scalars(select(AlarmRow).where(AlarmRow.closed_at.is_(None))):
            found[row.device_id].append(row)
    return found


def test_every_status_is_what_the_rule_says(
    known: Known, still_open: dict[str, list[AlarmRow]]
) -> None:
    assert len(known) == TOWN_DEVICES
    for device, state in known.values():
        alarms = [to_record(row) for row in still_open.get(device.id, [])]
        expected = device_status(alarms, stale=state.stale, disabled=device.disabled)
        assert state.status == expected, device.id


def test_most_devices_are_normal_and_something_is_wrong_somewhere(known: Known) -> None:
    number = Counter(Status(state.status) for _, state in known.values())
    assert 0.96 < number[Status.NORMAL] / len(known) < 0.99
    assert {Status.STALE, Status.FAULT, Status.PREALARM, Status.DISABLED} <= set(number)
    assert number[Status.ALARM] <= 1


def test_open_alarms_are_few_and_fires_not_more_than_one(
    still_open: dict[str, list[AlarmRow]],
) -> None:
    kinds = Counter(row.kind for rows in still_open.values() for row in rows)
    assert kinds[AlarmKind.FIRE] <= 1
    assert 2 <= kinds[AlarmKind.PREALARM] <= 4
    assert sum(kinds.values()) < 12


def test_contacts_are_as_fresh_as_the_interval_except_for_silent_devices(known: Known) -> None:
    for device, state in known.values():
        if device.disabled:
            assert state.received_at is None
            assert not state.stale
            continue
        assert state.measured_at is not None
        assert state.received_at is not None
        assert state.measured_at < state.received_at < TOWN_NOW
        silent = stale_at(state.received_at, device.interval_s) <= TOWN_NOW
        assert silent == state.stale
        if not state.stale:
            assert TOWN_NOW - state.received_at <= timedelta(seconds=device.interval_s)


def test_last_values_agree_with_the_open_alarms(
    known: Known, still_open: dict[str, list[AlarmRow]]
) -> None:
    for device, state in known.values():
        for name, value in state.values.items():
            low, high = VALUE_RANGES[name]
            assert low <= value <= high
        found = {f.cause for f in judge(device.kind, state.values, None, frozenset()) if f.on}
        causes = {row.cause for row in still_open.get(device.id, [])}
        assert found <= causes or device.disabled, device.id
        # While a fire is on, the readings say nothing of the pre-alarm that came before it.
        covered = {"smoke_high"} if "smoke_fire" in found else set()
        assert causes - found <= {"reported_fault"} | covered, device.id


def test_status_changes_lead_to_the_present(town: Database, known: Known) -> None:
    last: dict[str, StatusChange] = {}
    with town.reading() as session:
        for change in session.scalars(select(StatusChange).order_by(StatusChange.id)):
            earlier = last.get(change.device_id)
            assert change.before == (earlier.after if earlier else 0) != change.after
            assert earlier is None or earlier.at <= change.at
            last[change.device_id] = change
    for device, state in known.values():
        change = last.get(device.id)
        assert state.status == (change.after if change else 0)
        if change is not None:
            assert state.since == change.at <= TOWN_NOW
