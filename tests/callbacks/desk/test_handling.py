import pytest
from dash.exceptions import PreventUpdate

from callbacks.desk.handling import view_handling
from data.domain.rights import rights_of
from data.domain.words import FalseCause, Role
from data.store.database import Database
from data.store.models import AlarmRow, Incident
from layouts import ids
from layouts.shown import Shown
from tests.callbacks.desk.wire import ask
from tests.cast import NOW
from tests.markup import bound, links, text

OFFICER = Shown("zh", NOW, rights_of(Role.DUTY))
LEADER = Shown("zh", NOW)


@pytest.fixture
def burning(services):
    with services.database.writing() as session:
        for number in (1, 2):
            session.get_one(AlarmRow, number).incident_id = 1
    return services


def test_a_building_shows_the_work_on_its_open_incident(burning):
    parts = view_handling(burning, "?building=B1", OFFICER)
    assert {"confirm", "dispatched", "note"} <= set(bound(parts, "act"))
    assert "/?incident=1" in links(parts)
    assert "call_site" in bound(parts, "check")


@pytest.mark.parametrize("search", ["?building=B1", "?incident=1"])
def test_who_only_looks_gets_nothing_to_press(burning, search):
    parts = view_handling(burning, search, LEADER)
    assert (bound(parts, "act"), bound(parts, "check")) == ([], [])
    for kept in ("核对清单", "电话核实现场", "119 移交单"):
        assert kept in text(parts)


def test_a_calm_building_shows_nothing(burning):
    assert view_handling(burning, "?building=B3", OFFICER) == []


@pytest.mark.parametrize(
    ("times", "form"),
    [
        ([], "dispatched"),
        (["dispatched_at"], "arrived"),
        (["dispatched_at", "arrived_at"], "controlled"),
        (["dispatched_at", "arrived_at", "controlled_at"], "ended"),
    ],
)
def test_each_stage_offers_the_next_one(burning, times, form):
    with burning.database.writing() as session:
        for name in times:
            setattr(session.get_one(Incident, 1), name, NOW)
    acts = set(bound(view_handling(burning, "?incident=1", OFFICER), "act"))
    stages = {"dispatched", "arrived", "controlled", "ended"}
    assert acts & stages == {form}
    assert ("close" in acts) is (times == [])  # never while somebody is out there


def test_all_forms_but_notes_and_photos_go_with_the_end(burning):
    with burning.database.writing() as session:
        row = session.get_one(Incident, 1)
        row.closed_at, row.closed_by = NOW, "duty"
        session.get_one(AlarmRow, 1).false_cause = FalseCause.COOKING
    parts = view_handling(burning, "?incident=1", OFFICER)
    assert bound(parts, "act") == ["note", "photo"]
    assert bound(parts, "check") == []
    assert "做饭油烟" in text(parts)


def test_a_split_offers_the_alarms_and_a_merge_the_others(burning):
    parts = view_handling(burning, "?incident=1", OFFICER)
    options = dict(zip(bound(parts, "act"), bound(parts, "incident"), strict=False))
    assert options["split"] == 1
    assert any('"id": 1' in option and "烟感 01" in option for option in bound(parts, "options"))


@pytest.mark.parametrize("search", ["", "?community=1", "?incident=99", "?device=S1"])
def test_nothing_else_is_asked_for_again(burning, search):
    with pytest.raises(PreventUpdate):
        view_handling(burning, search, OFFICER)


def test_while_the_database_is_away_the_panel_stays(burning, tmp_path):
    burning.database.close()
    burning.database = Database(f"sqlite:///{tmp_path / 'none' / 'x.db'}")
    with pytest.raises(PreventUpdate):
        view_handling(burning, "?incident=1", OFFICER)
    burning.database.close()


def test_the_browser_asks_for_the_part_alone(burning, app):
    request = ([(ids.HANDLING, "children")], [(ids.HANDLING_AGAIN, "data", 17)])
    state = ((ids.URL, "search", "?incident=1"),)
    changed = f"{ids.HANDLING_AGAIN}.data"
    answer = ask(app, *request, changed=changed, state=state)
    assert answer.status_code == 200
    assert "核对清单" in repr(answer.get_json())
    nobody = ([(ids.HANDLING, "children")], [(ids.HANDLING_AGAIN, "data", None)])
    assert ask(app, *nobody, changed=changed, state=state).status_code == 204
