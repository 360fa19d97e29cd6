"""The usual Dash way: ``dl.GeoJSON`` of all devices, sent anew each second by ``dcc.Interval``.

Circle markers on Leaflet's canvas, which is the fastest that this way has.
"""

import logging
import sys
from typing import Any

import dash_leaflet as dl
import orjson
from dash import Dash, Input, Output, dcc, html
from redis import Redis
from sqlalchemy import select

from data.live import keys
from data.store.database import Database
from data.store.models import Device

COLOURS = ["#3d8b7a", "#5d6c7a", "#868e96", "#ffd43b", "#ff922b", "#ff4d4f"]
#: Makes the markers, and says like the application when alarms are painted.
POINTS = """<script>
let asked = false, ids = [];
const told = () => {
  asked = false;
  document.dispatchEvent(new CustomEvent("xt-alarms-painted", {detail: ids}));
  ids = [];
};
window.bench = {points: {mark: (feature, latlng) => {
  ids.push(...(feature.properties.alarms ?? []));
  if (!asked) {
    asked = true;
    requestAnimationFrame(() => {
      document.documentElement.dataset.ready = "true";
      const channel = new MessageChannel();  // Leaflet's canvas draws in this frame, after us
      channel.port1.onmessage = told;
      channel.port2.postMessage(0);
    });
  }
  return L.circleMarker(latlng, {radius: 4, weight: 1, color: feature.properties.colour});
}}};
</script>"""


def load_points(database_url: str) -> list[tuple[float, float]]:
    """Return longitude and latitude of every device, by slot."""
    database = Database(database_url)
    with database.reading() as session:
        rows = session.execute(select(Device.lon, Device.lat).order_by(Device.slot))
        points = [(row.lon, row.lat) for row in rows]
    database.close()
    return points


def collection(points: list[tuple[float, float]], redis: Any) -> dict[str, Any]:
    """Return all devices with their present status as GeoJSON."""
    status = redis.get(keys.STATUS)
    alarms: dict[int, list[int]] = {}
    for raw in redis.hvals(keys.ALARMS):
        alarm = orjson.loads(raw)
        alarms.setdefault(alarm["slot"], []).append(alarm["id"])
    features = []
    for slot, (lon, lat) in enumerate(points):
        properties: dict[str, Any] = {"colour": COLOURS[status[slot]]}
        if slot in alarms:
            properties["alarms"] = alarms[slot]
        geometry = {"type": "Point", "coordinates": [lon, lat]}
        features.append({"type": "Feature", "geometry": geometry, "properties": properties})
    return {"type": "FeatureCollection", "features": features}


def create_app(database_url: str, redis_url: str) -> Dash:
    """Return the application."""
    points, redis = load_points(database_url), Redis.from_url(redis_url)
    app = Dash(__name__, compress=False)
    app.index_string = app.index_string.replace("<footer>", f"{POINTS}<footer>")
    layer = dl.GeoJSON(id="devices", pointToLayer={"variable": "bench.points.mark"})
    style = {"height": "100vh"}
    view = {"center": [24.77, 118.6], "zoom": 14, "preferCanvas": True, "style": style}
    app.layout = html.Div([dl.Map(layer, **view), dcc.Interval(id="tick", interval=1000)])

    @app.callback(Output("devices", "data"), Input("tick", "n_intervals"))
    def send_all(_n: int | None) -> dict[str, Any]:
        return collection(points, redis)

    return app


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    create_app(sys.argv[2], sys.argv[3]).run(port=int(sys.argv[1]))
