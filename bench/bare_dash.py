"""The floor of a cold load: Dash and an empty Leaflet map, on Dash's own server."""

import logging
import sys

import dash_leaflet as dl
from dash import Dash

app = Dash(__name__, compress=False)
app.layout = dl.Map(center=[24.77, 118.6], zoom=14, style={"height": "100vh"})

if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app.run(port=int(sys.argv[1]))
