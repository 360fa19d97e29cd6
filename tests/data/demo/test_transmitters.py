import pytest
from sqlalchemy import func, select

from data.demo import transmitters as module
from data.demo.transmitters import FIRST_ADDRESS, needs_addresses, register_transmitters
from data.domain.words import BuildingCategory, DeviceKind
from data.store.database import Database
from data.store.models import Building, Device, Transmitter, TransmitterPoint
from tests.conftest import TOWN_NOW


def test_every_demo_transmitter_has_an_address_and_the_parts_of_its_building(
    town_database: Database,
) -> None:
    with town_database.writing() as session:
        assert needs_addresses(session)
        transmitters, parts = register_transmitters(session, TOWN_NOW)
    with town_database.reading() as session:
        assert not needs_addresses(session)
        ours = select(func.count()).where(Device.kind == DeviceKind.TRANSMITTER)
        assert session.scalar(ours) == transmitters == 15
        rows = session.execute(
            select(TransmitterPoint, Device, Transmitter)
            .join(Device, Device.id == TransmitterPoint.device_id)
            .join(Transmitter, Transmitter.address == TransmitterPoint.transmitter)
        ).all()
        assert len(rows) == parts > 5
        for point, device, transmitter in rows:
            panel = session.get_one(Device, transmitter.device_id)
            assert panel.building_id == device.building_id
            assert point.transmitter > FIRST_ADDRESS
            assert device.location.startswith(point.description)


def test_the_numbers_of_a_panel_count_up_from_one(town_database: Database) -> None:
    with town_database.writing() as session:
        register_transmitters(session, TOWN_NOW)
        systems = session.execute(
            select(
                func.count(),
                func.min(TransmitterPoint.part_address),
                func.max(TransmitterPoint.part_address),
            ).group_by(TransmitterPoint.transmitter, TransmitterPoint.system_type)
        ).all()
    assert all((least, most) == (1, count) for count, least, most in systems)


def test_in_a_large_town_some_are_chosen_all_over_it(
    town_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 6)
    with town_database.writing() as session:
        assert register_transmitters(session, TOWN_NOW)[0] == 5
        slots = session.scalars(
            select(Device.slot)
            .join(Transmitter, Transmitter.device_id == Device.id)
            .order_by(Device.slot)
        ).all()
    assert slots[-1] - slots[0] > 200


def test_an_address_table_of_somebody_else_is_left_alone(town_database: Database) -> None:
    with town_database.writing() as session:
        session.add(Transmitter(address=889, device_id=None, first_at=TOWN_NOW))
    with town_database.reading() as session:
        assert not needs_addresses(session)


def test_without_a_town_there_is_nothing_to_register(database: Database) -> None:
    with database.writing() as session:
        assert not needs_addresses(session)
        assert register_transmitters(session, TOWN_NOW) == (0, 0)


def test_a_three_in_one_building_has_a_panel(town_database: Database) -> None:
    query = (
        select(func.count())
        .select_from(Device)
        .join(Building, Building.id == Device.building_id)
        .where(
            Device.kind == DeviceKind.TRANSMITTER,
            Building.category == BuildingCategory.THREE_IN_ONE,
        )
    )
    with town_database.reading() as session:
        assert (session.scalar(query) or 0) > 0
