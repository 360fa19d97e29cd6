"""Whom we believe where a request comes from: the proxies of the settings, nobody unless told."""

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from callbacks.http.serve import configuration
from data.errors import StartError
from data.settings import Settings, load_settings

SAID = {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}


def seen(proxies: str, sender: str) -> tuple[str, str]:
    """Address and scheme that the application sees of a request that says it was forwarded."""
    app = FastAPI()

    @app.get("/")
    def who(request: Request) -> list[str]:
        assert request.client is not None
        return [request.client.host, request.url.scheme]

    config = configuration(app, Settings(_env_file=None, trusted_proxies=proxies).proxies)
    config.load()
    address, scheme = (
        TestClient(config.loaded_app, client=(sender, 1)).get("/", headers=SAID).json()
    )
    return address, scheme


@pytest.mark.parametrize(
    ("proxies", "sender", "address"),
    [
        ("", "127.0.0.1", "127.0.0.1"),
        ("", "10.0.0.5", "10.0.0.5"),
        ("127.0.0.1", "127.0.0.1", "203.0.113.7"),
        ("127.0.0.1", "10.0.0.5", "10.0.0.5"),
        ("192.0.2.1, 10.0.0.0/8", "10.0.0.5", "203.0.113.7"),
    ],
)
def test_only_trusted_proxies_are_believed(proxies: str, sender: str, address: str) -> None:
    scheme = "https" if address != sender else "http"
    assert seen(proxies, sender) == (address, scheme)


def test_what_is_no_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XT_TRUSTED_PROXIES", "the-proxy")
    with pytest.raises(StartError, match=r"XT_TRUSTED_PROXIES .*must be addresses or networks"):
        load_settings({})
