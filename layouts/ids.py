"""Every component id of the application, in one place.

Fixed ids are constants ``<AREA>_<WHAT>``; repeated components use the builder functions, which
return a pattern-matching id. The browser modules read the same ids from ``assets/js/lib/ids.mjs``,
which a test holds against this file. Ids marked *live* are empty containers that the browser
fills from the live stream; no callback may write to them.
"""

from typing import Final

# Every page
URL: Final = "url"
MAP: Final = "map"
MAP_FRAME: Final = "map-frame"  # around the map; data-basemap names the chosen basemap
HEADER_CLOCK: Final = "header-clock"  # live: Asia/Shanghai wall clock
HEADER_DATA_AGE: Final = "header-data-age"  # live: 数据正常 0.4s | 数据中断
STREAM_LOST: Final = "stream-lost"  # live: the large 数据中断 notice, hidden while data flows

# Duty desk
QUEUE_LIST: Final = "queue-list"  # live: rows of open alarms
QUEUE_COUNT: Final = "queue-count"  # live
QUEUE_KIND: Final = "queue-kind"  # live: filter buttons by alarm kind
QUEUE_FILTER: Final = "queue-filter"  # live: text and community
QUEUE_FLOOD: Final = "queue-flood"  # live: the banner while a flood lasts
QUEUE_WORK: Final = "queue-work"  # live: incidents that are not over though their alarms are
QUEUE_DOCK: Final = "queue-dock"  # live: the form of the alarm that is judged
KPI_STRIP: Final = "kpi-strip"  # live: one element per KPI, see kpi()
SEARCH_INPUT: Final = "search-input"
SEARCH_RESULTS: Final = "search-results"
LAYERS_MENU: Final = "layers-menu"  # live: checkboxes that switch map layers
BASEMAP_MENU: Final = "basemap-menu"
BASEMAP_LAYER: Final = "basemap-layer"
DRILLDOWN: Final = "drilldown"
HANDLING: Final = "handling"  # what is going on there: alarms, incident, response
HANDLING_AGAIN: Final = "handling-again"  # the browser counts up when something changed there
TREND_OPEN: Final = "trend-open"
TREND_MONTH: Final = "trend-month"
TREND_PANEL: Final = "trend-panel"
TREND_GRAPH: Final = "trend-graph"
FLY_OFFER: Final = "fly-offer"  # live: "a new fire at …, show it" when the officer is busy
HELP_DIALOG: Final = "help-dialog"  # live: keyboard shortcuts

# Wall
WALL: Final = "wall"
WALL_COUNT: Final = "wall-count"  # live
WALL_MORE: Final = "wall-more"  # live: which page of the incidents is shown
WALL_WEEK: Final = "wall-week"  # live: the week's figures as a view
WALL_ALARMS: Final = "wall-alarms"  # live
WALL_TAKEOVER: Final = "wall-takeover"  # live: building card of the fire that took the wall over
WALL_VIEW_NAME: Final = "wall-view-name"  # live
WALL_TODAY: Final = "wall-today"  # live: alarms by hour
WALL_STATUS: Final = "wall-status"  # live: devices by status
WALL_COMMUNITIES: Final = "wall-communities"

# Risk
RISK_TOOLS: Final = "risk-tools"  # live: what is shown, of which buildings
RISK_LEGEND: Final = "risk-legend"  # live
RISK_SIDE: Final = "risk-side"  # live: how good it is, ranking, the chosen place
RISK_TIME: Final = "risk-time"  # live: the slider over the weeks

# Week
WEEK_PICKER: Final = "week-picker"
WEEK_BODY: Final = "week-body"
WEEK_CHART: Final = "week-chart"
WEEK_CHART_GRAPH: Final = "week-chart-graph"

# Feeds
FEEDS_STATE: Final = "feeds-state"  # live: how old the page is, and why
FEEDS_SOURCES: Final = "feeds-sources"  # live: gateways, keys, topics
FEEDS_TRANSMITTERS: Final = "feeds-transmitters"  # live
FEEDS_STRANGERS: Final = "feeds-strangers"  # live: what nobody registered
FEEDS_LETTERS: Final = "feeds-letters"  # live: messages that were set aside

# Audit
AUDIT_STATE: Final = "audit-state"  # live: whether it is whole
AUDIT_FILTER: Final = "audit-filter"  # live: the form of the filters
AUDIT_PLACE: Final = "audit-place"  # live: the rows

# Displays
DISPLAYS_PAIR: Final = "displays-pair"  # live: the form that lets a screen in
DISPLAYS_PLACE: Final = "displays-place"  # live: the screens

# History
HISTORY_FILTER: Final = "history-filter"  # live: the form of the filters
HISTORY_EXPORT: Final = "history-export"  # live: buttons and progress of the files
HISTORY_PLACE: Final = "history-place"  # data-tab names the tab that is shown


def history_grid(tab: str) -> str:
    """Id of the table of a tab: alarms, incidents."""
    return f"history-grid-{tab}"


def history_status(tab: str) -> str:
    """Id of the line above a tab's table."""
    return f"history-status-{tab}"


def kpi(name: str) -> str:
    """Id of one figure of the KPI strip (online, fire, prealarm, fault, stale, rate)."""
    return f"kpi-{name}"
