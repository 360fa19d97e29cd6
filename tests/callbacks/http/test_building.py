from callbacks.http.building import building_card
from data.store.drilldown_building import building_view
from tests.cast import build_cast, read_now


def test_card_says_what_matters_at_a_fire(database):
    build_cast(database)
    with database.reading() as session:
        card = building_card(building_view(session, "B1", read_now))
    assert (card["name"], card["storeys"], card["residents"]) == ("学府路 12 号", 4, 26)
    assert card["community"]["name_en"] == "Shatang Community"
    assert card["ebike"] == {"required": True, "present": False}
    assert card["hazards_open"] == 2
    assert [station["id"] for station in card["micro_stations"]] == ["M1", "M2", "M3"]
    hydrant = card["hydrants"][0]
    assert (hydrant["id"], hydrant["pressure_mpa"]) == ("H1", 0.3)
    assert 100 < hydrant["distance_m"] < 120
    assert {"role": "responsible", "label": "责任人 0001"} in card["people"]


def test_unknown_building_is_a_problem(site):
    answer = site.client("display").get("/live/building/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_building_needs_a_session(site):
    assert site.client().get("/live/building/B1").status_code == 401
