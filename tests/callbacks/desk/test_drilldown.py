from dataclasses import replace

import pytest
from redis import Redis

from callbacks.desk.drilldown import view_drilldown
from data.store.database import Database
from layouts import ids
from layouts.shown import Shown
from tests.callbacks.desk.wire import ask
from tests.cast import NOW, SHATANG
from tests.markup import bound, text

ZH = Shown("zh", NOW)


@pytest.mark.parametrize(
    ("search", "view", "key"),
    [
        ("", "subdistrict", ""),
        (None, "subdistrict", ""),
        ("?nonsense=1", "subdistrict", ""),
        ("?work_point=A", "work_point", "A"),
        (f"?community={SHATANG}", "community", SHATANG),
        ("?building=B1", "building", "B1"),
        ("?device=S1", "device", "S1"),
        ("?slot=0", "device", "S1"),
        (f"?community={SHATANG}&building=B1&device=E1", "device", "E1"),
    ],
)
def test_address_selects(services, search, view, key):
    panel = view_drilldown(services, search, ZH)
    assert (bound(panel, "view")[0], bound(panel, "id")[0]) == (view, key)


@pytest.mark.parametrize(
    "search",
    [
        "?building=B9",
        "?device=%00",
        "?device=%ED%A0%80",
        "?community=' OR 1=1 --",
        "?work_point=" + "A" * 9000,
        "?slot=99999999999999999999",
        "?slot=-1",
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_unknown_ids_get_a_friendly_panel(services, search, lang):
    panel = view_drilldown(services, search, Shown(lang, NOW))
    assert bound(panel, "view") == ["error"]


def test_live_values_come_from_redis(services):
    assert "17.3 %" in text(view_drilldown(services, "?building=B1", ZH))


def test_without_redis_the_facts_are_shown_without_values(services):
    services.redis = Redis(port=1, socket_connect_timeout=0.2)
    panel = view_drilldown(services, "?building=B1", ZH)
    assert "应建未建" in text(panel)
    assert "17.3" not in text(panel)


def test_without_the_database_the_panel_says_so(services, tmp_path):
    services.database = Database(f"sqlite:///{tmp_path / 'none' / 'x.db'}")
    assert "暂时无法读取数据" in text(view_drilldown(services, "?building=B1", ZH))
    services.database.close()


def test_the_address_bar_drives_the_panel(app):
    for lang, word in (("zh", "应建未建"), ("en", "Required, missing")):
        answer = ask(
            app,
            [(ids.DRILLDOWN, "children")],
            [(ids.URL, "search", "?building=B1")],
            changed=f"{ids.URL}.search",
            lang=lang,
        )
        assert answer.status_code == 200
        assert word in answer.get_json()["response"][ids.DRILLDOWN]["children"].__repr__()


def test_a_telephone_is_whole_for_those_who_call(services):
    here = f"?community={SHATANG}"
    masked = view_drilldown(services, here, ZH)
    assert "0595-00000003" not in str(masked.to_plotly_json())
    assert "059******0003" in text(masked)
    whole = view_drilldown(services, here, replace(ZH, may_call=True))
    assert "0595-00000003" in text(whole)
