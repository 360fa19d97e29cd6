"""What the address bar says is selected."""

from typing import Final, NamedTuple
from urllib.parse import parse_qs

from data.domain.text import printable

#: The most detailed one counts when an address names several.
KINDS: Final = ("slot", "device", "incident", "building", "community", "work_point")
MAX_LENGTH: Final = 64


class Selection(NamedTuple):
    """A kind and the id of one of that kind."""

    kind: str
    key: str


WHOLE: Final = Selection("subdistrict", "")


def parse_selection(search: str | None) -> Selection | None:
    """Return what ``?building=B1`` selects; None for the whole sub-district.

    Examples
    --------
    >>> parse_selection("?community=350582005001&building=B1")
    Selection(kind='building', key='B1')
    """
    try:
        fields = parse_qs((search or "").removeprefix("?"), max_num_fields=20)
    except ValueError:
        return None
    for kind in KINDS:
        if kind in fields:
            return Selection(kind, printable(fields[kind][0])[:MAX_LENGTH])
    return None
