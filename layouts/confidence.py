"""Why an incident is believed, in words."""

import re
from collections import Counter
from typing import Final, NamedTuple

from data.domain.incidents import MANUAL
from data.domain.words import DeviceKind
from layouts import words
from layouts.shown import MINUTE, Shown

#: What :func:`data.domain.incidents.confidence` writes: ``smoke+heat/90``.
_WRITTEN: Final = re.compile(r"(?P<kinds>[a-z]+(?:\+[a-z]+)+)/(?P<seconds>\d+)")
_WORDS: Final = {str(kind): words.DEVICE_KIND[kind] for kind in DeviceKind}
#: Longer spans are told in minutes.
_IN_SECONDS: Final = 2 * MINUTE


class _Reports(NamedTuple):
    """What reported, in words, and the seconds between the first and the last."""

    kinds: str
    seconds: int

    @property
    def minutes(self) -> int:
        return -(-self.seconds // MINUTE)


def confidence_text(written: str, shown: Shown) -> str:
    """Return the reason in a few words; what is in words already stays as it is.

    Examples
    --------
    >>> from datetime import datetime, UTC
    >>> shown = Shown("zh", datetime(2026, 1, 1, tzinfo=UTC))
    >>> confidence_text("smoke+heat/90", shown)
    '独立感烟 + 感温，90 秒内'
    >>> confidence_text("smoke+smoke+manual/0", shown)
    '独立感烟 ×2 + 手动报警按钮，同时'
    """
    _ = shown.translate
    if written == MANUAL:
        return _("手动报警按钮按下")
    found = _read(written, shown)
    if found is None:
        return written
    if found.seconds == 0:
        return _("{kinds}，同时").format(kinds=found.kinds)
    if found.seconds <= _IN_SECONDS:
        return _("{kinds}，{n} 秒内").format(kinds=found.kinds, n=found.seconds)
    return _("{kinds}，{n} 分钟内").format(kinds=found.kinds, n=found.minutes)


def confidence_sentence(written: str, shown: Shown) -> str:
    """Return the reason as a sentence, also that there is none."""
    _ = shown.translate
    if not written:
        return _("只有一台设备报警，尚无其他设备佐证。")
    if written == MANUAL:
        return _("可信度高：有人按下手动报警按钮。")
    found = _read(written, shown)
    if found is None:
        return _("可信度高：{reason}。").format(reason=written)
    if found.seconds == 0:
        return _("可信度高：同时报警的有 {kinds}。").format(kinds=found.kinds)
    if found.seconds <= _IN_SECONDS:
        said = _("可信度高：{n} 秒内先后报警的有 {kinds}。")
        return said.format(kinds=found.kinds, n=found.seconds)
    said = _("可信度高：{n} 分钟内先后报警的有 {kinds}。")
    return said.format(kinds=found.kinds, n=found.minutes)


def _read(written: str, shown: Shown) -> _Reports | None:
    found = _WRITTEN.fullmatch(written)
    if found is None or not {MANUAL, *_WORDS}.issuperset(found["kinds"].split("+")):
        return None
    _ = shown.translate
    call_point = _("手动报警按钮")
    named = {kind: _(word) for kind, word in _WORDS.items()} | {MANUAL: call_point}
    counted = Counter(found["kinds"].split("+"))
    kinds = [f"{named[kind]} ×{n}" if n > 1 else named[kind] for kind, n in counted.items()]
    return _Reports(" + ".join(kinds), int(found["seconds"]))
