import asyncio

import pytest
from starlette.responses import PlainTextResponse

from callbacks.http import security
from callbacks.http.security import (
    MAX_BODY_BYTES,
    BodyLimit,
    SecurityHeaders,
    content_security_policy,
    inline_script_hashes,
)
from tests.site import KEY, PAGE


def directives(policy):
    return {part.split()[0]: part.split()[1:] for part in policy.split("; ")}


@pytest.mark.parametrize("path", ["/", "/wall/", "/weekly/", "/login"])
def test_policy_covers_the_pages_own_scripts_and_nothing_else(site, path):
    client = site.client() if path == "/login" else site.client("admin")
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == 200
    policy = directives(answer.headers["content-security-policy"])
    hashes = {f"'{digest}'" for digest in inline_script_hashes(answer.text)}
    assert set(policy["script-src"]) == {"'self'", *hashes}
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["connect-src"] == ["'self'"]
    assert " on" + "click=" not in answer.text


def test_only_executed_inline_scripts_are_hashed():
    page = (
        '<script src="/a.js"></script><script type="application/json">{}</script>'
        '<script>run()</script><script type="module">go()</script>'
    )
    assert len(inline_script_hashes(page)) == 2
    # echo -n 'run()' | openssl dgst -sha256 -binary | base64
    assert inline_script_hashes("<script>run()</script>") == [security._digest("run()")]
    assert "unsafe-inline" not in directives(content_security_policy())["script-src"]


@pytest.mark.parametrize("path", ["/healthz", "/login", "/live/snapshot", "/nothing"])
def test_every_answer_carries_the_headers(site, path):
    headers = site.client().get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers


async def collect(app, scope, *messages):
    sent = []
    waiting = list(messages)

    async def receive():
        if waiting:
            return waiting.pop(0)
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await app(
        {"type": "http", "method": "POST", "path": "/", "headers": [], **scope}, receive, send
    )
    return sent


async def echo(scope, receive, send):
    message = await receive()
    await PlainTextResponse(str(len(message["body"])))(scope, receive, send)


async def test_https_asks_for_https_for_good():
    sent = await collect(SecurityHeaders(echo, https=True), {}, {"body": b""})
    assert dict(sent[0]["headers"])[b"strict-transport-security"].startswith(b"max-age=31536000")


async def test_body_in_pieces_arrives_whole():
    pieces = [{"body": b"a" * 600, "more_body": True}, {"body": b"b" * 400}]
    sent = await collect(BodyLimit(echo, limit=1000), {}, *pieces)
    assert sent[1]["body"] == b"1000"


async def test_body_that_grows_beyond_the_limit_is_refused_on_the_way():
    pieces = [{"body": b"a" * 600, "more_body": True}] * 50
    sent = await collect(BodyLimit(echo, limit=1000), {}, *pieces)
    assert sent[0]["status"] == 413


async def test_declared_size_is_refused_before_reading():
    sent = await collect(BodyLimit(echo), {"headers": [(b"content-length", b"10000000")]})
    assert sent[0]["status"] == 413


async def test_body_that_never_comes_is_given_up(monkeypatch):
    monkeypatch.setattr(security, "BODY_TIMEOUT_S", 0.01)
    sent = await collect(BodyLimit(echo), {}, {"body": b"a", "more_body": True})
    assert sent[0]["status"] == 408


async def test_half_a_body_reaches_nobody():
    pieces = [{"body": b"[", "more_body": True}, {"type": "http.disconnect"}]
    sent = await collect(BodyLimit(echo), {}, *pieces)
    assert sent[0]["status"] == 400


def test_ten_megabytes_of_readings_are_a_problem(site):
    headers = {"authorization": f"Bearer {KEY}"}
    answer = site.client().post("/api/v1/readings", content=b"[" * 10_000_000, headers=headers)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert str(MAX_BODY_BYTES) in answer.json()["detail"]
