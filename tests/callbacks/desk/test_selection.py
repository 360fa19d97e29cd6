import pytest

from callbacks.desk.selection import Selection, parse_selection


@pytest.mark.parametrize(
    ("search", "selection"),
    [
        ("?building=B1", Selection("building", "B1")),
        ("?device=a%26b", Selection("device", "a&b")),
        ("?building=B1&building=B2", Selection("building", "B1")),
        ("?building=", None),
        ("", None),
        (None, None),
        ("?" + "a=1&" * 50, None),
    ],
)
def test_the_most_detailed_counts(search, selection):
    assert parse_selection(search) == selection
