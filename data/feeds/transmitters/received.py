"""A message of a transmitter as the centre received it."""

from dataclasses import dataclass
from datetime import datetime

from data.feeds.transmitters.translate import Message


@dataclass(frozen=True, slots=True)
class Received:
    """A message and when it came."""

    message: Message
    at: datetime
