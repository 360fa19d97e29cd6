from data.domain.drilldown import IncidentHit
from data.domain.words import AlarmKind
from data.store.search import search
from layouts.search import search_results
from layouts.shown import Shown
from tests.cast import NOW, SHATANG, build_cast
from tests.markup import bound, links, text


def test_results_say_what_they_are_and_where_they_lead(database):
    build_cast(database)
    with database.reading() as session:
        hits = [*search(session, "沙塘"), *search(session, "燃气"), *search(session, "H2")]
    panel = search_results(hits, None, "沙塘", Shown("en", NOW))

    assert links(panel) == [
        f"/?community={SHATANG}",
        "/?work_point=A",
        "/?building=B2",
        "/?device=G1",
        f"/?community={SHATANG}",
    ]
    for words in ("Shatang Community", "Work point", "Rented house", "Gas", "Hydrant"):
        assert words in text(panel)
    assert bound(panel, "slot") == [3]


def test_nothing_found_is_said():
    assert text(search_results([], None, "xyz", Shown("zh", NOW))) == "没有找到“xyz”"


def test_an_incident_found_by_its_number_comes_first():
    hit = IncidentHit(17, AlarmKind.FIRE, NOW, "学府路 12 号", is_open=True)
    panel = search_results([], hit, "17", Shown("zh", NOW))
    assert links(panel) == ["/?incident=17"]
    assert "警情 17" in text(panel)
    assert "处置中" in text(panel)
