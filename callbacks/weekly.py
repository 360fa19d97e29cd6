"""The leaders' week: the page of the week that the address names."""

from typing import TypedDict
from urllib.parse import parse_qs

from dash import Dash, Input, Output, State
from dash.development.base_component import Component

from callbacks.request import current_lang
from callbacks.services import Services
from data.domain.weeks import NoRecordError, Week, WeekError, parse_week, week_at, week_to_show
from data.store.weekly import read_days, read_week
from layouts import ids
from layouts.components import empty
from layouts.shown import Shown
from layouts.week_chart import week_chart
from layouts.weekly import week_body, week_error, week_picker, week_unknown


class WeekView(TypedDict):
    """What the page shows."""

    picker: list[Component]
    body: list[Component]


def view_week(services: Services, search: str, shown: Shown) -> WeekView:
    """Show the week of an address such as ``?week=2026-W47``; the last one without."""
    newest = week_at(shown.now)
    try:
        week = named_week(search, shown)
        body = _body(services, week, newest, shown)
    except WeekError as error:
        return {
            "picker": week_picker(newest, newest, shown),
            "body": week_error(str(error), newest, shown),
        }
    return {"picker": week_picker(week, newest, shown), "body": body}


def _body(services: Services, week: Week, newest: Week, shown: Shown) -> list[Component]:
    try:
        return week_body(read_week(services.database, week, shown.now), shown)
    except NoRecordError as unknown:
        return week_unknown(unknown, week, newest, shown)


def view_chart(services: Services, search: str, shown: Shown) -> Component:
    """Show the alarms of each day of the week that the address names."""
    _ = shown.translate
    try:
        week = named_week(search, shown)
        this, last = read_days(services.database, week, shown.now)
    except WeekError:
        return empty(_("没有这一周的周报"))
    return week_chart(week, this, last, shown)


def named_week(search: str, shown: Shown) -> Week:
    """Return the week that the query string names, or the one to read now.

    Raises
    ------
    WeekError
        If it names something else than a week.
    """
    named = parse_qs(search.lstrip("?"), keep_blank_values=True).get("week")
    return parse_week(named[0]) if named else week_to_show(shown.now)


def register(app: Dash, services: Services) -> None:
    """Attach the page's callbacks."""

    @app.callback(
        output={
            "picker": Output(ids.WEEK_PICKER, "children"),
            "body": Output(ids.WEEK_BODY, "children"),
        },
        inputs={"search": Input(ids.URL, "search")},
    )
    def on_address(search: str | None) -> WeekView:
        return view_week(services, search or "", Shown(current_lang(), services.now()))

    # Asked for when its place appears in the page, after the text: Plotly is fetched only then.
    @app.callback(
        Output(ids.WEEK_CHART, "children"),
        Input(ids.WEEK_CHART, "id"),
        State(ids.URL, "search"),
    )
    def on_chart(_place: str, search: str | None) -> Component:
        return view_chart(services, search or "", Shown(current_lang(), services.now()))
