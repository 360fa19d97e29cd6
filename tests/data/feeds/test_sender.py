import asyncio
from collections.abc import Callable

import httpx
import pytest

from data.feeds import sender as module
from data.feeds.sender import PATH, FeedError, Sender

Answer = Callable[[httpx.Request], httpx.Response]
TAKEN = httpx.Response(200, json={"accepted": 2, "duplicates": 0, "rejected": []})


class Server:
    """Answers with what it was given, one after the other; remembers what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


async def _post(server: Server, stop: asyncio.Event | None = None) -> tuple[bool, Sender]:
    transport = httpx.MockTransport(server)
    async with httpx.AsyncClient(base_url="http://town", transport=transport) as client:
        sender = Sender(client, "a-key-of-sixteen", stop or asyncio.Event())
        return await sender.post([{"device_id": "a"}, {"device_id": "b"}]), sender


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT_S", 0.001)


async def test_a_batch_goes_out_with_the_key() -> None:
    server = Server(TAKEN)
    done, sender = await _post(server)
    assert (done, sender.sent) == (True, 2)
    request = server.requests[0]
    assert (request.method, request.url.path) == ("POST", PATH)
    assert request.headers["Authorization"] == "Bearer a-key-of-sixteen"


async def test_the_same_batch_is_kept_while_the_application_is_away() -> None:
    server = Server(httpx.ConnectError("gone"), httpx.Response(503), httpx.ReadTimeout(""), TAKEN)
    done, sender = await _post(server)
    assert (done, sender.sent) == (True, 2)
    assert len({request.content for request in server.requests}) == 1
    assert len(server.requests) == 4


async def test_retry_after_is_respected() -> None:
    server = Server(httpx.Response(429, headers={"Retry-After": "1"}), TAKEN)
    loop = asyncio.get_running_loop()
    before = loop.time()
    await _post(server)
    assert loop.time() - before >= 1.0


async def test_a_refused_key_ends_it() -> None:
    with pytest.raises(FeedError, match="refuses the key"):
        await _post(Server(httpx.Response(401)))


async def test_a_refused_batch_is_dropped() -> None:
    done, sender = await _post(Server(httpx.Response(422, text="no reading was taken")))
    assert (done, sender.sent) == (False, 0)


async def test_stopping_ends_the_waiting() -> None:
    stop = asyncio.Event()
    server = Server(httpx.Response(503, headers={"Retry-After": "30"}))
    task = asyncio.create_task(_post(server, stop))
    await asyncio.sleep(0.05)
    stop.set()
    done, _ = await asyncio.wait_for(task, 1.0)
    assert not done
