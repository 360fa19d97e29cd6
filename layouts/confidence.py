"""Why an incident is believed, in words."""

import re
from typing import Final

from data.domain.incidents import MANUAL
from data.domain.words import DeviceKind
from layouts import words
from layouts.shown import Shown

#: What :func:`data.domain.incidents.confidence` writes: ``smoke+heat/90``.
_WRITTEN: Final = re.compile(r"(?P<kinds>[a-z]+(?:\+[a-z]+)+)/(?P<seconds>\d+)")
_WORDS: Final = {str(kind): words.DEVICE_KIND[kind] for kind in DeviceKind}


def confidence_text(written: str, shown: Shown) -> str:
    """Return the reason in words; what is in words already stays as it is.

    Examples
    --------
    >>> from datetime import datetime, UTC
    >>> confidence_text("smoke+heat/90", Shown("zh", datetime(2026, 1, 1, tzinfo=UTC)))
    '独立感烟 + 感温，90 秒内'
    """
    found = _WRITTEN.fullmatch(written)
    if found is None or not {MANUAL, *_WORDS}.issuperset(found["kinds"].split("+")):
        return written
    _ = shown.translate
    call_point = _("手动报警按钮")
    named = {kind: _(word) for kind, word in _WORDS.items()} | {MANUAL: call_point}
    kinds = " + ".join(named[kind] for kind in found["kinds"].split("+"))
    return _("{kinds}，{n} 秒内").format(kinds=kinds, n=found["seconds"])
