"""Models of 用户信息传输装置: addresses, the parts behind them, what they say, duty checks."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.store.base import Base
from data.store.places import CODE, ID

#: ``part_address`` of a point that is a system itself, not one of its parts.
WHOLE_SYSTEM = -1
#: 31 bytes of GB 18030 are at most as many characters.
DESCRIPTION = String(31)


class Transmitter(Base):
    """A transmitter by its address of 6 bytes; without a device it is 未登记.

    Where it stands, and so where its unknown parts alarm, is the building of its device.
    """

    __tablename__ = "transmitter"

    address: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"), unique=True)
    #: When it was first heard of, or registered.
    first_at: Mapped[datetime]


def part_number(system_type: int, system_address: int, part_address: int) -> str:
    """Return the number of a part, or of a whole system."""
    part = "" if part_address == WHOLE_SYSTEM else f"-{part_address}"
    return f"{system_type}-{system_address}{part}"


class TransmitterPoint(Base):
    """A part of a system behind a transmitter; without a device it is 未登记."""

    __tablename__ = "transmitter_point"
    __table_args__ = (
        UniqueConstraint(
            "transmitter",
            "system_type",
            "system_address",
            "part_address",
            name="uq_transmitter_point_address",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transmitter: Mapped[int] = mapped_column(BigInteger, ForeignKey("transmitter.address"))
    system_type: Mapped[int] = mapped_column(SmallInteger)
    system_address: Mapped[int] = mapped_column(SmallInteger)
    part_address: Mapped[int] = mapped_column(BigInteger)
    part_type: Mapped[int | None] = mapped_column(SmallInteger)
    description: Mapped[str] = mapped_column(DESCRIPTION, default="")
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"), index=True)
    #: When it was first and last heard of while it was no device; null if registered before.
    first_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    #: The bits of its last state.
    state: Mapped[int | None]

    @property
    def number(self) -> str:
        """System type, system address and part address, as a fire panel's list has them."""
        return part_number(self.system_type, self.system_address, self.part_address)


class TransmitterEvent(Base):
    """What a transmitter said or what happened to its link, besides readings and alarms."""

    __tablename__ = "transmitter_event"
    __table_args__ = (
        # The same message notes the same event only once, however often it comes.
        UniqueConstraint("transmitter", "message_id"),
        Index("ix_transmitter_event_transmitter_at", "transmitter", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transmitter: Mapped[int] = mapped_column(BigInteger, ForeignKey("transmitter.address"))
    at: Mapped[datetime]
    #: By its own clock; null for what we noted ourselves.
    measured_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(CODE)
    message_id: Mapped[str | None] = mapped_column(ID)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class DutyCheck(Base):
    """查岗: asked of a transmitter's duty room, and what became of it."""

    __tablename__ = "duty_check"
    __table_args__ = (Index("ix_duty_check_transmitter_asked_at", "transmitter", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    transmitter: Mapped[int] = mapped_column(BigInteger, ForeignKey("transmitter.address"))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(CODE)
    #: How long the duty room has for its answer.
    minutes: Mapped[int] = mapped_column(SmallInteger)
    sent_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    #: The number of the operator who answered.
    operator: Mapped[int | None] = mapped_column(SmallInteger)
    #: answered, unanswered, unreachable or denied; null while it runs.
    outcome: Mapped[str | None] = mapped_column(CODE, index=True)
