"""For whom and when something is shown, and how numbers and times are written for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from data.domain.alarms import DEVICE, SYSTEM
from data.domain.views import Place
from data.domain.weeks import SHANGHAI
from data.domain.words import DeviceKind
from layouts import words
from layouts.i18n import Lang, Translator, translator

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Shown:
    """A reader's language, the moment of showing (UTC), and what the reader may."""

    lang: Lang
    now: datetime
    may_command: bool = False
    #: Whether the reader sees telephone numbers whole.
    may_call: bool = False

    @property
    def translate(self) -> Translator:
        """The translator of the language; bind it to ``_``."""
        return translator(self.lang)

    def place(self, place: Place) -> str:
        """Return the name of a place in the language."""
        return place.called(self.lang)

    def who(self, name: str | None) -> str:
        """Return who did something; nothing for a device, which does nothing of its own."""
        if name == SYSTEM:
            return self.translate("系统")
        return "" if name is None or name == DEVICE else name

    def age(self, at: datetime) -> str:
        """Return how long ago something was, as the browser will count it on."""
        _ = self.translate
        past = max(0, int((self.now - at).total_seconds()))
        if past < MINUTE:
            return _("{n} 秒前").format(n=past)
        if past < HOUR:
            return _("{n} 分钟前").format(n=past // MINUTE)
        if past < DAY:
            return _("{n} 小时前").format(n=past // HOUR)
        return _("{n} 天前").format(n=past // DAY)

    def moment(self, at: datetime) -> str:
        """Return a time in Asia/Shanghai; the year only when it is another one."""
        local = at.astimezone(SHANGHAI)
        this_year = local.year == self.now.astimezone(SHANGHAI).year
        return f"{local:%m-%d %H:%M}" if this_year else f"{local:%Y-%m-%d %H:%M}"

    def clock(self, at: datetime) -> str:
        """Return the time of day in Asia/Shanghai, with seconds."""
        return f"{at.astimezone(SHANGHAI):%H:%M:%S}"

    def day(self, at: datetime) -> str:
        """Return a date in Asia/Shanghai."""
        return f"{at.astimezone(SHANGHAI):%Y-%m-%d}"

    def duration(self, seconds: float) -> str:
        """Return a span in its largest unit that fits."""
        _ = self.translate
        if seconds < MINUTE:
            return _("{n} 秒").format(n=round(seconds))
        if seconds < HOUR:
            return _("{n} 分钟").format(n=round(seconds / MINUTE))
        return _("{n} 小时").format(n=round(seconds / HOUR))

    def device(self, kind: DeviceKind, name: str, location: str) -> str:
        """Return the second line of a device: its kind and where it hangs."""
        _ = self.translate
        kind_word = _(words.DEVICE_KIND[kind])
        return " · ".join(part for part in (kind_word, location) if part and part not in name)


def number(value: float, digits: int = 0) -> str:
    """Return a number with thousands separators.

    Examples
    --------
    >>> number(12345.678, 1)
    '12,345.7'
    """
    return f"{value:,.{digits}f}"


def quantity(name: str, value: float) -> str:
    """Return a value of a reading in its own precision, without its unit.

    Examples
    --------
    >>> quantity("pressure_mpa", 0.3)
    '0.30'
    """
    known = words.VALUE.get(name)
    return number(value, known.digits if known else 1)


def unit(name: str) -> str:
    """Return the unit of a value of a reading, empty for an unknown one."""
    known = words.VALUE.get(name)
    return known.unit if known else ""
