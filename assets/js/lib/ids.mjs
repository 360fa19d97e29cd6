/**
 * Ids of the page's elements: the same names and values as `layouts/ids.py`.
 * `tests/layouts/test_browser_ids.py` holds the two equal.
 */

// Every page
export const URL = "url";
export const MAP = "map";
export const MAP_FRAME = "map-frame";
export const HEADER_CLOCK = "header-clock";
export const HEADER_DATA_AGE = "header-data-age";
export const STREAM_LOST = "stream-lost";

// Duty desk
export const QUEUE_LIST = "queue-list";
export const QUEUE_COUNT = "queue-count";
export const QUEUE_KIND = "queue-kind";
export const QUEUE_FILTER = "queue-filter";
export const QUEUE_FLOOD = "queue-flood";
export const QUEUE_WORK = "queue-work";
export const QUEUE_DOCK = "queue-dock";
export const KPI_STRIP = "kpi-strip";
export const SEARCH_INPUT = "search-input";
export const SEARCH_RESULTS = "search-results";
export const LAYERS_MENU = "layers-menu";
export const BASEMAP_MENU = "basemap-menu";
export const BASEMAP_LAYER = "basemap-layer";
export const DRILLDOWN = "drilldown";
export const HANDLING = "handling";
export const HANDLING_AGAIN = "handling-again";
export const TREND_OPEN = "trend-open";
export const TREND_MONTH = "trend-month";
export const TREND_GRAPH = "trend-graph";
export const TREND_PANEL = "trend-panel";
export const FLY_OFFER = "fly-offer";
export const HELP_DIALOG = "help-dialog";

// Wall
export const WALL = "wall";
export const WALL_COUNT = "wall-count";
export const WALL_MORE = "wall-more";
export const WALL_WEEK = "wall-week";
export const WALL_ALARMS = "wall-alarms";
export const WALL_TAKEOVER = "wall-takeover";
export const WALL_VIEW_NAME = "wall-view-name";
export const WALL_TODAY = "wall-today";
export const WALL_STATUS = "wall-status";
export const WALL_COMMUNITIES = "wall-communities";

// Risk
export const RISK_TOOLS = "risk-tools";
export const RISK_LEGEND = "risk-legend";
export const RISK_SIDE = "risk-side";
export const RISK_TIME = "risk-time";

// Week
export const WEEK_PICKER = "week-picker";
export const WEEK_BODY = "week-body";
export const WEEK_CHART = "week-chart";
export const WEEK_CHART_GRAPH = "week-chart-graph";

// Feeds
export const FEEDS_STATE = "feeds-state";
export const FEEDS_SOURCES = "feeds-sources";
export const FEEDS_TRANSMITTERS = "feeds-transmitters";
export const FEEDS_STRANGERS = "feeds-strangers";
export const FEEDS_LETTERS = "feeds-letters";

// Audit
export const AUDIT_STATE = "audit-state";
export const AUDIT_FILTER = "audit-filter";
export const AUDIT_PLACE = "audit-place";

// Displays
export const DISPLAYS_PAIR = "displays-pair";
export const DISPLAYS_PLACE = "displays-place";

// History
export const HISTORY_FILTER = "history-filter";
export const HISTORY_EXPORT = "history-export";
export const HISTORY_PLACE = "history-place";

/** Id of the table of a tab. @param {string} tab alarms or incidents */
export const historyGrid = (tab) => `history-grid-${tab}`;

/**
 * Id of one figure of the KPI strip.
 * @param {string} name online, fire, prealarm, fault, stale or rate
 */
export const kpi = (name) => `kpi-${name}`;
