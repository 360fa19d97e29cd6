"""What screens ask of the risk forecast: surfaces, buildings, places, why, and how good it was."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from callbacks.http.risk_book import HIGH, LOW, STEPS, quantised
from data.domain.risk.records import Raster
from data.live import keys
from data.risk.process import RiskProcess
from data.store.models import Fire, Hazard, RiskForecast
from tests.lane import T0
from tests.site import Site, close_site, make_site

COMMUNITY = "350582005001"
WEEK = "2026-05-25"
YESTERDAY = T0 - timedelta(days=1)


@pytest.fixture
def own_site(tmp_path: Path, redis_url: str) -> Iterator[Site]:
    site = make_site(tmp_path, redis_url)
    yield site
    close_site(site)


@pytest.fixture
def forecast_site(made_site: Site) -> Site:
    """That site; its present is there though another test may have wiped Redis."""
    if not made_site.services.redis.exists(keys.RISK):
        look(made_site)
    return made_site


def look(site: Site) -> None:
    RiskProcess(site.services.database, site.services.redis, site.clock).look()


@pytest.fixture(scope="module")
def made_site(site: Site) -> Site:
    """The site after its risk process has made the present and the weeks."""
    services = site.services
    with services.database.writing() as session:
        for weeks in range(1, 40):
            session.add(
                Fire(
                    at=T0 - timedelta(weeks=weeks),
                    building_id="B1",
                    community_code=COMMUNITY,
                    lon=118.5905,
                    lat=24.7605,
                    cause="unknown",
                )
            )
        session.add(Hazard(building_id="B1", kind="wiring", level=2, found_at=YESTERDAY))
    risk = RiskProcess(services.database, services.redis, site.clock)
    while risk.step():
        pass
    return site


def get(site: Site, path: str, name: str = "leader") -> Any:
    return site.client(name).get(f"/live/risk/{path}")


def surface(answer: Any) -> tuple[dict[str, Any], bytes]:
    line, _, cells = answer.content.partition(b"\n")
    return json.loads(line), cells


def test_the_surface_says_what_it_is_and_adds_up(forecast_site: Site) -> None:
    answer = get(forecast_site, "surface/now")
    head, cells = surface(answer)
    assert answer.headers["cache-control"] == "no-store"
    assert len(cells) == head["nx"] * head["ny"]
    assert head["week"] is None
    steps = np.frombuffer(cells, np.uint8).astype(float)
    values = head["low"] * (head["high"] / head["low"]) ** ((steps[steps > 0] - 1) / STEPS)
    # A step is 4.6 %; each cell is the sixteenth of a hectare.
    assert values.sum() / 16 == pytest.approx(head["expected"], rel=0.05)
    (west, south), (east, _), (_, north) = head["corners"]
    assert west < 118.5905 < east
    assert south < 24.7605 < north


def test_a_week_is_kept_for_ever_under_its_digest_only(forecast_site: Site) -> None:
    weeks = get(forecast_site, "weeks").json()["weeks"]
    week = next(one for one in weeks if one["week"] == WEEK)
    kept = get(forecast_site, f"surface/{WEEK}?v={week['version']}")
    assert "immutable" in kept.headers["cache-control"]
    assert surface(kept)[0]["week"] == WEEK
    other = get(forecast_site, f"surface/{WEEK}?v=older")
    assert other.headers["cache-control"] == "no-store"
    assert other.content == kept.content


def test_filters_leave_the_others_out(forecast_site: Site) -> None:
    def lit(query: str) -> int:
        _, cells = surface(get(forecast_site, f"surface/now?{query}"))
        return int((np.frombuffer(cells, np.uint8) > 1).sum())

    everything = lit("category=rental")
    assert everything > 0
    assert lit("system=smoke") == lit(f"community={COMMUNITY}") == everything
    assert lit("category=school") == lit("system=gas") == lit("community=nowhere") == 0
    some = get(forecast_site, "buildings/now?category=rental").json()
    assert (some["ids"], some["level"]) == (["B1"], [0])
    assert get(forecast_site, "buildings/now?category=school").json()["ids"] == []


def test_places_add_up_from_buildings(forecast_site: Site) -> None:
    told = get(forecast_site, "places/now").json()
    (community,) = told["communities"]
    (building,) = get(forecast_site, "buildings/now").json()["expected"]
    assert community["key"] == COMMUNITY
    assert community["expected"] == pytest.approx(building, rel=0.01)
    assert [one["key"] for one in told["categories"]] == ["rental"]
    assert [one["key"] for one in told["work_points"]] == ["A"]


def test_a_building_says_why_and_what_would_help(forecast_site: Site) -> None:
    told = get(forecast_site, "building/B1").json()
    total = sum(part["points"] for part in told["parts"]) + told["rest"]
    assert told["average"] * np.exp(total) == pytest.approx(told["expected"], rel=1e-3)
    shares = {one["action"]: one["share"] for one in told["lowering"]}
    assert 0 < shares["hazards"] < 1
    assert told["labels"]["do.hazards"] == "整改隐患"
    assert (told["rank"], told["buildings"]) == (1, 1)
    assert len(told["history"]) == 26
    assert told["history"][-1]["week"] == "2026-06-01"
    measures = get(forecast_site, f"measures/{COMMUNITY}").json()["measures"]
    assert "B1" in next(one for one in measures if one["action"] == "hazards")["buildings"]
    assert get(forecast_site, "measures/nowhere").json()["measures"] == []


def test_how_good_it_was_stands_beside_the_usual_maps(forecast_site: Site) -> None:
    told = get(forecast_site, "weeks").json()
    verdict = told["verdict"]
    assert verdict["events"] == 39
    assert set(verdict["hit"]) == {"model", "raw_counts", "kde_200", "kde_500", "oracle"}
    assert told["judged"] == 0  # all were made afterwards
    week = next(one for one in told["weeks"] if one["week"] == WEEK)
    assert (week["frozen"], week["score"]["events"]) == (False, 1)
    assert told["now"]["version"] == get(forecast_site, "now").json()["version"]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("surface/2026-05-26", 422, "no Monday"),
        ("surface/yesterday", 422, "named by its Monday"),
        ("surface/1999-01-04", 404, "no forecast of the week"),
        ("surface/now?category=castle", 422, "category"),
        ("surface/now?system=wind", 422, "system"),
    ],
)
def test_what_can_not_be_answered_is_said(
    forecast_site: Site, path: str, status: int, said: str
) -> None:
    answer = get(forecast_site, path)
    assert answer.status_code == status
    assert said in answer.text


def test_a_building_without_a_score_is_no_error(forecast_site: Site, own_site: Site) -> None:
    assert get(own_site, "building/B1").json() is None
    look(forecast_site)  # the other site's Redis is the same one, emptied
    assert get(forecast_site, "building/B999").json() is None


def test_without_a_forecast_and_without_redis_it_says_so(own_site: Site) -> None:
    assert get(own_site, "surface/now").status_code == 503
    assert get(own_site, "now").headers["retry-after"] == "10"
    assert get(own_site, "weeks").json()["weeks"] == []
    assert get(own_site, f"measures/{COMMUNITY}").status_code == 503


def test_a_damaged_forecast_is_told_and_spoils_no_other(forecast_site: Site) -> None:
    damaged = T0.date() - timedelta(weeks=50)  # nobody asked for it before: it is not kept read

    def write(body: bytes) -> bytes:
        with forecast_site.services.database.writing() as session:
            row = session.get(RiskForecast, damaged)
            assert row is not None
            before, row.body = row.body, body
            return before

    whole = write(b"x")
    answer = get(forecast_site, f"surface/{damaged}")
    assert answer.status_code == 500
    assert "was changed" in answer.text
    assert get(forecast_site, f"surface/{WEEK}").status_code == 200
    assert get(forecast_site, "weeks").status_code == 200
    write(whole)


def test_displays_see_it_and_strangers_do_not(forecast_site: Site) -> None:
    assert get(forecast_site, "surface/now", "display").status_code == 200
    assert forecast_site.client().get("/live/risk/weeks").status_code == 401
    assert forecast_site.client("display").get("/risk/").status_code in {303, 403}


def test_a_byte_is_a_step_of_logarithms() -> None:
    cells = np.array([[np.nan, 0.0, LOW / 16, HIGH / 16, 1e9]], dtype=np.float32)
    assert list(quantised(Raster(cells, 0.0, 0.0, 25.0))) == [0, 1, 1, 255, 255]


def test_the_present_is_read_again_when_it_changed(forecast_site: Site) -> None:
    before = get(forecast_site, "now").json()["version"]
    forecast_site.services.redis.delete(keys.RISK)
    assert get(forecast_site, "now").status_code == 503
    with forecast_site.services.database.writing() as session:
        session.add(Hazard(building_id="B1", kind="exit", level=2, found_at=YESTERDAY))
    look(forecast_site)
    assert get(forecast_site, "now").json()["version"] != before
