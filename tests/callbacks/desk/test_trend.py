import pytest
from dash import dcc
from dash.exceptions import PreventUpdate

from callbacks.desk.trend import view_trend
from data.store.database import Database
from layouts import ids
from tests.callbacks.desk.wire import ask
from tests.markup import text


@pytest.mark.parametrize("search", ["?device=S1", "?slot=0"])
def test_trend_of_a_device_is_a_chart(services, search):
    chart = view_trend(services, search, "zh")
    assert isinstance(chart, dcc.Graph)
    assert chart.id == ids.TREND_GRAPH
    assert len(chart.figure["data"][0]["x"]) == 24


@pytest.mark.parametrize(
    ("search", "words"), [("?device=E1", "最近 24 小时没有读数"), ("?device=S9", "没有找到")]
)
def test_no_chart_is_explained(services, search, words):
    assert words in text(view_trend(services, search, "zh"))


def test_nothing_to_draw_for_a_building(services):
    with pytest.raises(PreventUpdate):
        view_trend(services, "?building=B1", "zh")


def test_a_missing_database_is_said(services, tmp_path):
    services.database = Database(f"sqlite:///{tmp_path / 'none' / 'x.db'}")
    assert "暂时无法读取" in text(view_trend(services, "?device=S1", "zh"))
    services.database.close()


@pytest.mark.parametrize(("clicks", "status"), [(1, 200), (None, 204)])
def test_only_a_click_opens_it(app, clicks, status):
    answer = ask(
        app,
        [(ids.TREND_PANEL, "children")],
        [(ids.TREND_OPEN, "n_clicks", clicks)],
        state=((ids.URL, "search", "?device=S1"),),
        changed=f"{ids.TREND_OPEN}.n_clicks",
    )
    assert answer.status_code == status
