import pytest
from starlette.datastructures import Headers

from callbacks.http.paths import comes_from_here, local_referer, safe_next


@pytest.mark.parametrize("target", ["/", "/weekly/?week=2026-W47", "/?building=B1", "/wall/"])
def test_safe_next_keeps_paths_of_this_site(target):
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        " /weekly/",
        "/\t/evil.example",
        "/\r\nset-cookie:a=b",
        "/login?next=/",
        "/logout",
        "/language/en",
        "/" + "a" * 3000,
    ],
)
def test_safe_next_refuses_everything_else(target):
    assert safe_next(target) == "/"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "http://here:8050", "host": "here:8050"}, True),
        ({"origin": "http://evil", "host": "here:8050"}, False),
        ({"origin": "null", "host": "here:8050"}, False),
        ({"host": "here:8050"}, None),
    ],
)
def test_comes_from_here(headers, expected):
    assert comes_from_here(Headers(headers)) is expected


def test_local_referer_only_of_this_site():
    assert (
        local_referer(Headers({"referer": "http://h/?building=B1", "host": "h"})) == "/?building=B1"
    )
    assert local_referer(Headers({"referer": "http://evil/", "host": "h"})) is None
    assert local_referer(Headers({"host": "h"})) is None
