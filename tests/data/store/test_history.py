import random
from datetime import date, timedelta

import pytest

from data.domain.history import HistoryFilter, HistoryQuery, Judged, Order, SortKey, Tab
from data.domain.words import AlarmKind, BuildingCategory, DeviceKind, Verdict
from data.store import history, history_outline
from data.store.history import count_rows, read_all, read_page
from data.store.history_outline import Outline
from data.store.models import AlarmRow, Incident
from tests.cast import HOUYANG, NOW, SHATANG, build_cast
from tests.statements import statements

MANY = 30


@pytest.fixture(params=["database", pytest.param("postgres_database", marks=pytest.mark.postgres)])
def past(request):
    """The cast and 30 closed alarms of the gas detector in B2, two in each minute."""
    database = request.getfixturevalue(request.param)
    build_cast(database)
    with database.writing() as session:
        for number in range(MANY):
            at = NOW - timedelta(days=1, minutes=number // 2)
            session.add(
                AlarmRow(
                    id=100 + number,
                    device_id="G1",
                    building_id="B2",
                    community_code=SHATANG if number % 3 else HOUYANG,
                    message_id=f"g{number}",
                    kind=AlarmKind.PREALARM if number % 2 else AlarmKind.FAULT,
                    cause="gas_leak",
                    raised_at=at,
                    received_at=at,
                    last_at=at,
                    closed_at=NOW,
                    closed_by="duty",
                    verdict=Verdict.FALSE if number % 5 else Verdict.REAL,
                )
            )
    return database


def ids_of(database, tab=Tab.ALARMS, order=Order(), start=0, limit=100, **wanted):  # noqa: B008
    query = HistoryQuery(tab, HistoryFilter(**wanted), order)
    with database.reading() as session:
        total = count_rows(session, tab, query.filter)
        rows, _outline = read_page(session, query, start, limit, Outline(total))
        return [row.id for row in rows]


def test_newest_first_and_later_ids_before_earlier_ones(past):
    assert ids_of(past)[:7] == [3, 2, 1, 101, 100, 103, 102]


def test_pages_from_both_ends_make_the_whole(past):
    whole = ids_of(past)
    assert len(whole) == MANY + 3
    pages = [ids_of(past, start=start, limit=5) for start in range(0, 40, 5)]
    assert [key for page in pages for key in page] == whole


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"kind": AlarmKind.FIRE}, 1),
        ({"kind": AlarmKind.PREALARM}, 16),
        ({"community": HOUYANG}, 10),
        ({"category": BuildingCategory.RENTAL}, 30),
        ({"device_kind": DeviceKind.SMOKE}, 2),
        ({"verdict": Judged.REAL}, 6),
        ({"verdict": Judged.NONE}, 2),
        ({"verdict": Judged.RECOVERED}, 1),
        ({"verdict": Judged.MERGED}, 0),
        ({"since": date(2026, 11, 22)}, 3),
        ({"until": date(2026, 11, 21)}, 30),
        ({"text": "100%"}, 30),
        ({"text": "_"}, 0),
        ({"text": "烟感 学府"}, 2),
        ({"text": "烟感 沙塘"}, 0),
        ({"kind": AlarmKind.PREALARM, "community": HOUYANG, "verdict": Judged.FALSE}, 4),
        ({"category": BuildingCategory.RENTAL, "device_kind": DeviceKind.GAS, "text": "沙塘"}, 30),
    ],
)
def test_filters_of_alarms_whichever_index_is_used(past, wanted, count, monkeypatch):
    assert len(ids_of(past, **wanted)) == count
    monkeypatch.setattr(history, "FEW", -1)
    assert len(ids_of(past, **wanted)) == count
    assert sum(len(part) for part in read_all(past, Tab.ALARMS, HistoryFilter(**wanted))) == count


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({}, 13),
        ({"category": BuildingCategory.THREE_IN_ONE}, 13),
        ({"category": BuildingCategory.RENTAL}, 0),
        ({"verdict": Judged.NONE}, 1),
        ({"since": date(2026, 11, 20), "until": date(2026, 11, 20)}, 1),
        ({"text": "学府"}, 13),
        ({"text": "烟感"}, 0),
        ({"device_kind": DeviceKind.CHARGER}, 1),
        ({"device_kind": DeviceKind.GAS}, 0),
    ],
)
def test_filters_of_incidents(past, wanted, count, monkeypatch):
    with past.writing() as session:
        session.get_one(AlarmRow, 2).incident_id = 1
    assert len(ids_of(past, Tab.INCIDENTS, **wanted)) == count
    monkeypatch.setattr(history, "FEW", -1)
    for one_by_one in (-1, 100):
        monkeypatch.setattr(history, "ONE_BY_ONE", one_by_one)
        assert len(ids_of(past, Tab.INCIDENTS, **wanted)) == count


@pytest.mark.parametrize("few", [-1, 20_000])
def test_incidents_without_a_verdict_are_open_recovered_or_merged(past, few, monkeypatch):
    monkeypatch.setattr(history, "FEW", few)
    with past.writing() as session:
        for number, into in ((2, None), (3, 1)):
            row = session.get_one(Incident, number)
            row.verdict, row.merged_into = None, into
    found = {
        str(judged): set(ids_of(past, Tab.INCIDENTS, verdict=judged))
        for judged in (Judged.NONE, Judged.RECOVERED, Judged.MERGED)
    }
    assert found == {"none": {1}, "recovered": {2}, "merged": {3}}


def test_sorted_by_kind_and_by_community(past):
    by_kind = ids_of(past, order=Order(SortKey.KIND, descending=False))
    assert by_kind[:2] == [128, 126]  # of equals the oldest first, as the order goes
    assert by_kind[14:17] == [100, 3, 1]
    by_place = ids_of(past, order=Order(SortKey.COMMUNITY))
    assert by_place[:3] == [100, 103, 106]


@pytest.mark.parametrize("near", [1, 10**6])
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("key", SortKey)
def test_pages_in_any_order_make_the_whole(past, key, descending, near, monkeypatch):
    """However a page is reached: from an end, from marks of other pages, after a look."""
    monkeypatch.setattr(history, "FEW", -1)
    monkeypatch.setattr(history_outline, "NEAR", near)
    order = Order(key, descending)
    whole = ids_of(past, order=order)
    outline = Outline(len(whole))
    starts = [*range(0, len(whole), 4)]
    random.Random(3).shuffle(starts)
    query = HistoryQuery(order=order)
    with past.reading() as session:
        for start in starts:
            rows, outline = read_page(session, query, start, 4, outline)
            assert [row.id for row in rows] == whole[start : start + 4]
    assert outline.marks


def test_scrolling_goes_on_from_the_last_row_whatever_comes(past, monkeypatch):
    monkeypatch.setattr(history, "FEW", -1)
    with past.reading() as session:
        rows, outline = read_page(session, HistoryQuery(), 0, 3, Outline(33))
    assert [row.id for row in rows] == [3, 2, 1]
    with past.writing() as session:
        session.get_one(AlarmRow, 100).raised_at = NOW + timedelta(hours=1)
    with past.reading() as session:
        rows, _outline = read_page(session, HistoryQuery(), 3, 2, outline)
    assert [row.id for row in rows] == [101, 103]


def test_order_within_equals_goes_with_the_order(past):
    rising = ids_of(past, order=Order(descending=False))
    assert rising == ids_of(past)[::-1]


def test_records_carry_their_names(past):
    with past.reading() as session:
        (fire,), _outline = read_page(
            session, HistoryQuery(filter=HistoryFilter(kind=AlarmKind.FIRE)), 0, 10, Outline(1)
        )
        (incident,), _outline = read_page(
            session,
            HistoryQuery(Tab.INCIDENTS, HistoryFilter(verdict=Judged.NONE)),
            0,
            10,
            Outline(1),
        )
    assert (fire.device_name, fire.building_name, fire.community.name_en) == (
        "烟感 01",
        "学府路 12 号",
        "Shatang Community",
    )
    assert (incident.id, incident.alarms, incident.category) == (
        1,
        0,
        BuildingCategory.THREE_IN_ONE,
    )


def test_everything_in_steps_without_a_gap_or_a_double(past, monkeypatch):
    monkeypatch.setattr(history, "EXPORT_STEP", 3)
    parts = list(read_all(past, Tab.ALARMS, HistoryFilter()))
    assert max(map(len, parts)) == 3
    assert [row.id for part in parts for row in part] == ids_of(past)


@pytest.mark.parametrize("tab", Tab)
def test_thirty_rows_take_as_many_statements_as_one(past, tab):
    def sent(limit):
        with past.reading() as session, statements(past) as found:
            read_page(session, HistoryQuery(tab), 0, limit, Outline(1000))
        return len(found)

    assert sent(1) == sent(MANY)
    assert sent(MANY) == 1


def test_a_page_behind_the_end_is_empty(past):
    assert ids_of(past, start=1000) == []
