"""What a scenario is made of: a timeline of steps, each of a role of its cast. Data, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.domain.words import Reported
from data.feeds import gb26875 as gb


@dataclass(frozen=True, slots=True)
class Report:
    """Devices report: what they usually measure, but for ``values``, and a status.

    Attributes
    ----------
    over_s
        They do so one after another within this time.
    hour
        The local hour whose usual values they are; that of the present if None.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    status: Reported = Reported.NORMAL
    over_s: float = 0.0
    hour: int | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody presses a button of the transmitter (the alarm) or of its fire panel (others)."""

    button: gb.OperationFlag


@dataclass(frozen=True, slots=True)
class Declare:
    """Transmitters say how they are themselves."""

    state: gb.TransmitterFlag


@dataclass(frozen=True, slots=True)
class Cut:
    """Devices vanish; a gateway that ``keeps`` gathers what they say until it is back."""

    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Mend:
    """Devices are back, and what was kept arrives late and in no order."""


Deed = Report | Press | Declare | Cut | Mend


@dataclass(frozen=True, slots=True)
class Step:
    """So long after the step before, a role does something.

    Attributes
    ----------
    after_s
        Shorter when a scenario is played faster.
    intervals
        Reporting intervals of the slowest of them that are waited for besides, always in full: the
        application takes a device for lost after three.
    """

    after_s: float
    who: str
    does: Deed
    zh: str
    en: str
    intervals: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A timeline with the sort of cast that it needs (``data.feeds.simulated.cast``)."""

    name: str
    zh: str
    en: str
    steps: tuple[Step, ...]

    @property
    def seconds(self) -> float:
        """How long it takes, but for the intervals that are waited for."""
        return sum(step.after_s for step in self.steps) + max(
            (step.does.over_s for step in self.steps[-1:] if isinstance(step.does, Report)),
            default=0.0,
        )

    @property
    def cuts(self) -> bool:
        """Whether whole gateways vanish in it."""
        return any(isinstance(step.does, Cut) for step in self.steps)

    @property
    def roles(self) -> frozenset[str]:
        """Who takes part."""
        return frozenset(step.who for step in self.steps)
