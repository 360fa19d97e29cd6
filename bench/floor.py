"""The floor of an alarm's delay: a message of Redis pushed over a WebSocket to an empty page."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

import uvicorn
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bench.writer import FLOOR_CHANNEL

PAGE = """<!DOCTYPE html><title>floor</title><script>
const socket = new WebSocket(`ws://${location.host}/ws`);
socket.onmessage = (event) =>
  document.dispatchEvent(new CustomEvent("xt-alarms-painted", {detail: [Number(event.data)]}));
socket.onopen = () => (document.documentElement.dataset.ready = "true");
</script>"""

#: The same with what no live map can do without: twenty marks that pulse on a canvas of full size.
PULSE = (
    PAGE
    + """<body style="margin:0"><canvas></canvas><script>
const canvas = document.querySelector("canvas"), ctx = canvas.getContext("2d");
[canvas.width, canvas.height] = [innerWidth, innerHeight];
const marks = [...Array(20).keys()].map((i) => [90 + (i % 10) * 180, 300 + (i % 4) * 150]);
function frame(now) {
  for (const [x, y] of marks) {
    ctx.clearRect(x - 36, y - 36, 72, 72);
    ctx.strokeStyle = ctx.fillStyle = "#ff4d4f";
    ctx.beginPath();
    ctx.arc(x, y, 10 + 22 * ((now % 1600) / 1600), 0, 2 * Math.PI);
    ctx.stroke();
    ctx.fillRect(x - 7, y - 7, 14, 14);
  }
  setTimeout(() => requestAnimationFrame(frame), 50);
}
requestAnimationFrame(frame);
</script>"""
)

#: A page whose key "a" posts the number of the press; the others learn of it.
KEYS = (
    PAGE
    + """<script>
window.xtPresses = [];
addEventListener("keydown", ({key, timeStamp}) => {
  if (key !== "a") return;
  fetch("/press", {method: "POST", body: String(window.xtPresses.length)});
  window.xtPresses.push(performance.timeOrigin + timeStamp);
});
</script>"""
)

clients: set[WebSocket] = set()


async def page(_request: Request) -> HTMLResponse:
    """Return the empty page."""
    return HTMLResponse(PAGE)


async def pulse(_request: Request) -> HTMLResponse:
    """Return the page with pulsing marks."""
    return HTMLResponse(PULSE)


async def keys(_request: Request) -> HTMLResponse:
    """Return the page with a key."""
    return HTMLResponse(KEYS)


async def press(request: Request) -> Response:
    """Tell every client of a key that was pressed."""
    async with Redis.from_url(sys.argv[2]) as redis:
        await redis.publish(FLOOR_CHANNEL, await request.body())
    return Response()


async def connect(socket: WebSocket) -> None:
    """Keep one client until it leaves."""
    await socket.accept()
    clients.add(socket)
    with contextlib.suppress(WebSocketDisconnect):
        await socket.receive_text()
    clients.discard(socket)


async def push(redis_url: str) -> None:
    """Pass every message on to all."""
    async with Redis.from_url(redis_url) as redis, redis.pubsub() as channel:
        await channel.subscribe(FLOOR_CHANNEL)
        async for message in channel.listen():
            if message["type"] == "message":
                for client in list(clients):
                    await client.send_text(message["data"].decode())


@contextlib.asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """Listen to Redis for as long as the server runs."""
    task = asyncio.create_task(push(sys.argv[2]))
    yield
    task.cancel()


routes = [
    Route("/", page),
    Route("/pulse", pulse),
    Route("/keys", keys),
    Route("/press", press, methods=["POST"]),
    WebSocketRoute("/ws", connect),
    WebSocketRoute("/live/ws", connect),  # where readers look for it
]
app = Starlette(routes=routes, lifespan=lifespan)

if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
