import asyncio
from collections.abc import Callable

import httpx
import pytest

from data.feeds.simulated import http as module
from data.feeds.simulated.http import PATH, FeedError, HttpGateway
from data.feeds.simulated.ledger import Total, Way

Answer = Callable[[httpx.Request], httpx.Response]
MESSAGES = [{"device_id": name, "message_id": "m1"} for name in ("a", "b")]
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


async def _post(server: Server, stop: asyncio.Event | None = None) -> tuple[bool, Total]:
    transport = httpx.MockTransport(server)
    async with httpx.AsyncClient(base_url="http://town", transport=transport) as client:
        gateway = HttpGateway(client, "a-key-of-sixteen", stop or asyncio.Event())
        return await gateway.post(MESSAGES), gateway.ledger.total(Way.HTTP)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT_S", 0.001)


async def test_a_batch_goes_out_with_the_key() -> None:
    server = Server(TAKEN)
    done, total = await _post(server)
    assert (done, total.confirmed) == (True, 2)
    request = server.requests[0]
    assert (request.method, request.url.path) == ("POST", PATH)
    assert request.headers["Authorization"] == "Bearer a-key-of-sixteen"


async def test_the_same_batch_is_kept_while_the_application_is_away() -> None:
    server = Server(httpx.ConnectError("gone"), httpx.Response(503), httpx.ReadTimeout(""), TAKEN)
    done, total = await _post(server)
    assert (done, total.confirmed) == (True, 2)
    assert len({request.content for request in server.requests}) == 1
    assert len(server.requests) == 4
    assert total == Total(messages=2, sends=8, confirmed=2)


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
    done, total = await _post(Server(httpx.Response(422, text="no reading was taken")))
    assert (done, total.confirmed, total.refused) == (False, 0, 2)


async def test_stopping_ends_the_waiting() -> None:
    stop = asyncio.Event()
    server = Server(httpx.Response(503, headers={"Retry-After": "30"}))
    task = asyncio.create_task(_post(server, stop))
    await asyncio.sleep(0.05)
    stop.set()
    done, _ = await asyncio.wait_for(task, 1.0)
    assert not done


async def test_a_bad_message_costs_only_itself() -> None:
    rejected = [{"index": 1, "error": "unknown device 'b'"}]
    body = {"accepted": 0, "duplicates": 1, "rejected": rejected}
    done, total = await _post(Server(httpx.Response(200, json=body)))
    assert done
    assert (total.confirmed, total.refused) == (1, 1)
