import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from callbacks.http.numbers import MAX_KEY, AlarmId
from callbacks.http.problems import install_problems


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    install_problems(app)

    @app.post("/alarms/{alarm_id}")
    def command(alarm_id: AlarmId) -> int:
        return alarm_id

    return TestClient(app)


def test_every_key_of_the_database_passes(client: TestClient) -> None:
    assert [client.post(f"/alarms/{key}").json() for key in (1, MAX_KEY)] == [1, MAX_KEY]


@pytest.mark.parametrize("key", ["0", "-1", str(MAX_KEY + 1), "9" * 40, "1e3", "x"])
def test_what_can_be_no_key_is_a_problem(client: TestClient, key: str) -> None:
    answer = client.post(f"/alarms/{key}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "alarm_id" in answer.json()["detail"]
