"""Why an incident is believed, in words."""

import re
from typing import Final

from data.domain.words import DeviceKind
from layouts import words
from layouts.shown import Shown

#: What :func:`data.domain.incidents.confidence` writes: ``smoke+heat/90``.
_WRITTEN: Final = re.compile(r"(?P<kinds>[a-z]+(?:\+[a-z]+)+)/(?P<seconds>\d+)")
_KINDS: Final = frozenset(str(kind) for kind in DeviceKind)


def confidence_text(written: str, shown: Shown) -> str:
    """Return the reason in words; what is in words already stays as it is.

    Examples
    --------
    >>> from datetime import datetime, UTC
    >>> confidence_text("smoke+heat/90", Shown("zh", datetime(2026, 1, 1, tzinfo=UTC)))
    '独立感烟 + 感温，90 秒内'
    """
    found = _WRITTEN.fullmatch(written)
    if found is None or not _KINDS.issuperset(found["kinds"].split("+")):
        return written
    _ = shown.translate
    kinds = " + ".join(_(words.DEVICE_KIND[DeviceKind(kind)]) for kind in found["kinds"].split("+"))
    return _("{kinds}，{n} 秒内").format(kinds=kinds, n=found["seconds"])
