from datetime import timedelta
from types import SimpleNamespace

import pytest
from dash import Dash

from callbacks import weekly
from callbacks.weekly import named_week, view_chart, view_week
from layouts import ids
from layouts.header import HeaderView
from layouts.shown import Shown
from layouts.weekly import weekly_page
from tests.callbacks.desk.wire import ask
from tests.data.store.weekrows import LATER, MONDAY, add, alarm, ground
from tests.markup import links, text

DAY = timedelta(days=1)


@pytest.fixture
def services(database):
    ground(database)
    add(database, alarm(MONDAY), alarm(MONDAY + DAY))
    return SimpleNamespace(database=database, now=lambda: LATER)


@pytest.fixture
def app(services):
    app = Dash("weekly", suppress_callback_exceptions=True)
    app.layout = weekly_page(HeaderView(label="领导", role="leader", lang="zh"))
    weekly.register(app, services)
    return app


def shown(lang="zh", now=LATER):
    return Shown(lang, now)


def test_named_week_is_shown(services):
    view = view_week(services, "?week=2026-W47", shown())
    assert "2026 年第 47 周" in text(view["body"])
    assert "共报警 2 条" in text(view["body"])
    assert "/weekly/?week=2026-W46" in links(view["picker"])


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "search",
    [
        "?week=",
        "?week=2026-W60",
        "?week=2027-W40",
        "?week=%00",
        "?week=' OR 1=1",
        "?week=" + "9" * 5000,
        "?week=0001-W01",
    ],
)
def test_week_that_is_none_gets_a_clear_panel(services, search, lang):
    view = view_week(services, search, shown(lang))
    assert view["body"][0].className == "error-state"
    assert links(view["body"]) == ["/weekly/?week=2026-W51"]


def test_week_before_the_first_record_is_unknown_and_not_empty(services):
    view = view_week(services, "?week=2020-W01", shown())
    assert "没有这一周的数据" in text(view["body"])
    assert "没有发生火灾" not in text(view["body"])
    assert "/weekly/?week=2020-W02" in links(view["picker"])


def test_without_a_name_the_latest_week_is_read(services):
    assert str(named_week("", shown(now=MONDAY + timedelta(hours=9)))) == "2026-W46"
    assert str(named_week("", shown(now=MONDAY + 2 * DAY))) == "2026-W47"


def test_chart_counts_each_day(services):
    graph = view_chart(services, "?week=2026-W47", shown())
    assert [bars["y"] for bars in graph.figure["data"]] == [[], [1, 1, 0, 0, 0, 0, 0]]


def test_chart_of_no_week_is_a_sentence(services):
    assert "没有这一周" in text(view_chart(services, "?week=x", shown()))


def test_address_fills_picker_and_body(app):
    answer = ask(
        app,
        [(ids.WEEK_PICKER, "children"), (ids.WEEK_BODY, "children")],
        [(ids.URL, "search", "?week=2026-W47")],
        changed=f"{ids.URL}.search",
        lang="en",
    )
    assert answer.status_code == 200
    told = answer.get_data(as_text=True)
    assert "Week 47, 2026" in told
    assert ids.WEEK_CHART in told


def test_chart_is_asked_for_by_its_place(app):
    answer = ask(
        app,
        [(ids.WEEK_CHART, "children")],
        [(ids.WEEK_CHART, "id", ids.WEEK_CHART)],
        state=((ids.URL, "search", "?week=2026-W47"),),
        changed=f"{ids.WEEK_CHART}.id",
    )
    assert answer.status_code == 200
    assert '"Graph"' in answer.get_data(as_text=True)
