from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.testclient import TestClient

from callbacks.http.problems import LastResort, Problem, install_problems
from data.domain.accounts import PasswordError
from data.domain.errors import (
    AlarmStateError,
    AlreadyAcknowledgedError,
    NotAllowedError,
    NotFoundError,
    ReadingError,
)


class Body(BaseModel):
    number: int


class SecretError(Exception):
    pass


RAISED = {
    "missing": NotFoundError("no such alarm"),
    "state": AlarmStateError("already closed"),
    "second": AlreadyAcknowledgedError(
        "kim was first", by="kim", at=datetime.fromtimestamp(1, UTC)
    ),
    "role": NotAllowedError("only duty officers"),
    "reading": ReadingError("out of range"),
    "password": PasswordError("too short"),
    "problem": Problem(429, "slowly", headers={"Retry-After": "3"}, extra={"limit": 5}),
}


@pytest.fixture
def client():
    app = FastAPI()
    install_problems(app)
    app.add_middleware(LastResort)

    @app.get("/raise/{name}")
    def raise_error(name: str):
        raise RAISED[name]

    @app.get("/broken")
    def broken():
        raise SecretError("the password is 1234")

    @app.post("/number")
    def number(body: Body):
        return body

    return TestClient(app)


@pytest.mark.parametrize(
    ("name", "status", "title"),
    [
        ("missing", 404, "Not Found"),
        ("state", 409, "Conflict"),
        ("role", 403, "Forbidden"),
        ("reading", 422, "Unprocessable Content"),
        ("password", 422, "Unprocessable Content"),
    ],
)
def test_domain_errors_answer_by_the_table(client, name, status, title):
    answer = client.get(f"/raise/{name}")
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body.pop("title").startswith(title.split()[0])
    assert body == {
        "type": "about:blank",
        "status": status,
        "detail": str(RAISED[name]),
        "error": type(RAISED[name]).__name__.removesuffix("Error"),
    }


def test_who_was_first_and_when_are_members_of_the_problem(client):
    body = client.get("/raise/second").json()
    assert (body["error"], body["by"], body["at"]) == ("AlreadyAcknowledged", "kim", 1_000)


def test_problem_brings_its_headers_and_members(client):
    answer = client.get("/raise/problem")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "3"
    assert answer.json()["limit"] == 5


def test_validation_names_place_and_reason(client):
    answer = client.post("/number", json={"number": "x"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "body.number"


def test_unknown_path_and_method_are_problems(client):
    assert client.get("/nothing").json()["status"] == 404
    assert client.get("/number").json()["status"] == 405


def test_unhandled_error_gives_a_reference_and_no_secret(client):
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert len(answer.json()["reference"]) == 8
    assert "1234" not in answer.text
