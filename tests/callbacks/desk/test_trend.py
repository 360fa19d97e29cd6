import pytest
from dash import dcc
from dash.exceptions import PreventUpdate

from callbacks.desk.trend import view_trend
from data.domain.drilldown import TrendSpan
from data.domain.figures import Tally
from data.domain.intake import DeviceMemory
from data.domain.words import DeviceKind, Status
from data.live.present import Changes, DeviceUpdate, Present
from data.store.database import Database
from layouts import ids
from tests.callbacks.desk.wire import ask
from tests.markup import text


@pytest.mark.parametrize("search", ["?device=S1", "?slot=0", "?building=B1"])
def test_trend_of_a_device_is_a_chart(services, search):
    chart = view_trend(services, search, TrendSpan.DAY, "zh")
    assert isinstance(chart, dcc.Graph)
    assert chart.id == ids.TREND_GRAPH
    assert len(chart.figure["data"][0]["x"]) == 24


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ("?device=E1", "最近 24 小时没有读数"),
        ("?device=S9", "没有找到"),
        ("?building=B9", "没有找到"),
    ],
)
def test_no_chart_is_explained(services, search, words):
    assert words in text(view_trend(services, search, TrendSpan.DAY, "zh"))


def test_nothing_to_draw_for_a_community(services):
    with pytest.raises(PreventUpdate):
        view_trend(services, "?community=350582005001", TrendSpan.DAY, "zh")


def test_a_missing_database_is_said(services, tmp_path):
    services.database = Database(f"sqlite:///{tmp_path / 'none' / 'x.db'}")
    assert "暂时无法读取" in text(view_trend(services, "?device=S1", TrendSpan.DAY, "zh"))
    services.database.close()


@pytest.mark.parametrize(("clicks", "status"), [(1, 200), (None, 204)])
def test_only_a_click_opens_it(app, clicks, status):
    answer = ask(
        app,
        [(ids.TREND_PANEL, "children")],
        [(ids.TREND_OPEN, "n_clicks", clicks), (ids.TREND_MONTH, "n_clicks", None)],
        state=((ids.URL, "search", "?device=S1"),),
        changed=f"{ids.TREND_OPEN}.n_clicks",
    )
    assert answer.status_code == status


def test_the_other_button_shows_a_month(app):
    answer = ask(
        app,
        [(ids.TREND_PANEL, "children")],
        [(ids.TREND_OPEN, "n_clicks", 1), (ids.TREND_MONTH, "n_clicks", 1)],
        state=((ids.URL, "search", "?device=S1"),),
        changed=f"{ids.TREND_MONTH}.n_clicks",
    )
    figure = answer.json["response"][ids.TREND_PANEL]["children"]["props"]["figure"]
    assert len(figure["data"][0]["x"]) == 6  # 30 hours of readings in six-hour steps
    assert figure["layout"]["xaxis"]["tickformat"] == "%m-%d"


def test_ten_minutes_are_drawn_where_they_are_known(services):
    noon = services.now().replace(minute=0, second=0)
    fine = Tally(int(noon.timestamp()), {"smoke_pct": (1, 5.0, 5.0, 5.0)})
    memory = DeviceMemory(Status.NORMAL, noon, version=10**6, hour=fine, fine=fine)
    update = DeviceUpdate("S1", 0, "B1", 60, memory, DeviceKind.SMOKE)
    Present(services.redis).tell(Changes(devices=(update,)), announce=False)
    figure = view_trend(services, "?device=S1", TrendSpan.DAY, "zh").figure
    assert figure["data"][2]["y"][-1] == 5
    assert "起每点 10 分钟，此前每点 1 小时" in figure["layout"]["title"]["text"]
    month = view_trend(services, "?device=S1", TrendSpan.MONTH, "en").figure
    assert month["layout"]["title"]["text"] == "6 hours a point"
