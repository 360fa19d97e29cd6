"""What a sender knows: which messages it made, and which of them the centre said to have."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple


class Message(NamedTuple):
    """Names what a message must leave in the database: one alarm, or one more reading."""

    #: ``id``: the alarm that this message id raised; ``part``: the alarm of a device that alarms
    #: once; ``point``: the alarm of a part that nobody registered; ``reading``: one of a device.
    kind: str
    name: str


@dataclass
class Ledger:
    """Kept by the senders of one phase; only their event loop writes to it."""

    sent: Counter[Message] = field(default_factory=Counter)
    confirmed: Counter[Message] = field(default_factory=Counter)
    #: Attempts that were refused, by what was said; the message is sent again.
    refused: Counter[str] = field(default_factory=Counter)
    #: Answers and broken connections, to see what a sender met.
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def unconfirmed(self) -> int:
        """How many messages nobody confirmed."""
        return self.sent.total() - self.confirmed.total()
