import pytest

from data.domain.views import HitKind
from data.domain.words import DeviceKind
from data.store.search import DETAIL, PREFIX, RESULTS, search
from tests.cast import SHATANG, build_cast, device


@pytest.fixture
def find(database):
    build_cast(database)

    def _find(text: str) -> list[tuple[str, str]]:
        with database.reading() as session:
            return [(hit.kind, hit.id) for hit in search(session, text)]

    return _find


def test_a_place_comes_before_a_building_of_its_name(find):
    assert find("沙塘") == [("community", SHATANG), ("work_point", "A"), ("building", "B2")]


def test_name_comes_before_address(database):
    build_cast(database)
    with database.reading() as session:
        hits = search(session, "学府路")
    assert [(hit.id, hit.rank) for hit in hits] == [("B1", PREFIX), ("B3", DETAIL), ("B2", DETAIL)]


def test_prefix_comes_before_the_middle(find, database):
    with database.writing() as session:
        session.add(device("X1", 10, DeviceKind.SMOKE, "备用燃气探测器"))
    assert find("燃气") == [("device", "G1"), ("device", "X1")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("b2", ("building", "B2")),
        ("SHATANG C", ("community", SHATANG)),
        ("350582005001", ("community", SHATANG)),
        ("厨房", ("device", "G1")),
        ("探测器 燃气", ("device", "G1")),
        ("消火栓 02", ("facility", "H2")),
    ],
)
def test_ids_english_codes_locations_and_several_words(find, text, found):
    assert find(text)[0] == found


def test_wildcards_mean_themselves(find):
    assert find("100%") == [("building", "B2")]
    assert find("%") == [("building", "B2")]
    assert find("_") == []
    assert find("/") == []
    assert find("'; DROP TABLE building; --") == []


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\ud800"])
def test_nothing_asked_nothing_found(find, text):
    assert find(text) == []


def test_a_facility_opens_its_device_or_its_community(database):
    build_cast(database)
    with database.reading() as session:
        hits = {hit.id: hit for hit in search(session, "消火栓")}
    assert hits["H1"].opens == ("device", "P1")
    assert (hits["H2"].opens, hits["H2"].kind) == (("community", SHATANG), HitKind.FACILITY)


def test_results_are_bounded(database):
    build_cast(database)
    with database.writing() as session:
        session.add_all(
            device(f"D{n:03}", 10 + n, DeviceKind.SMOKE, f"烟感 {n}") for n in range(60)
        )
    with database.reading() as session:
        assert len(search(session, "烟感")) == RESULTS
        assert len(search(session, "烟" * 500)) == 0
