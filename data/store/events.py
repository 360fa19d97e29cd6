"""Models of what happens: device states, readings, alarms, incidents, and their history."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.domain.words import AlarmKind, Verdict
from data.store.base import Base
from data.store.places import CODE, ID
from data.store.types import Word

#: Of a partial index: rows of alarms that nobody has closed yet.
OPEN_ONLY: Final[dict[str, Any]] = {
    "sqlite_where": text("closed_at IS NULL"),
    "postgresql_where": text("closed_at IS NULL"),
}


class DeviceState(Base):
    """The last known state of a device; the present in Redis is rebuilt from it.

    ``status`` is the integer of :class:`data.domain.words.Status`; ``values`` the last values with
    their names; ``recent`` the 8-byte hashes of the last message ids, newest last, for telling a
    repeated message from a new one.
    """

    __tablename__ = "device_state"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    status: Mapped[int] = mapped_column(SmallInteger, default=0)
    since: Mapped[datetime]
    stale: Mapped[bool] = mapped_column(default=False)
    measured_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    recent: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    #: Counts the writes, so that a late writer cannot put an older state into Redis.
    version: Mapped[int] = mapped_column(default=0)


class StatusChange(Base):
    """Every change of a device's status, so that any past moment can be shown again."""

    __tablename__ = "status_change"
    __table_args__ = (Index("ix_status_change_device_id_at", "device_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    #: When it became true for us; the device's own time of the message that caused it, if any.
    at: Mapped[datetime] = mapped_column(index=True)
    measured_at: Mapped[datetime | None]
    before: Mapped[int] = mapped_column(SmallInteger)
    after: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str] = mapped_column(String(64), default="")


class ReadingHour(Base):
    """Readings rolled up by hour (UTC): mean = total / count."""

    __tablename__ = "reading_hour"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(String(24), primary_key=True)
    count: Mapped[int]
    total: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]


class Incident(Base):
    """警情: the alarms of one building that belong together; open while ``closed_at`` is null."""

    __tablename__ = "incident"
    __table_args__ = (
        # As for alarms: the history is listed by time and filtered inside this index.
        Index(
            "ix_incident_by_time",
            "opened_at",
            "id",
            "kind",
            "verdict",
            "community_code",
            "building_id",
        ),
        Index("ix_incident_building_id_opened_at", "building_id", "opened_at"),
        Index("ix_incident_community_code_opened_at", "community_code", "opened_at"),
        Index("ix_incident_kind_opened_at", "kind", "opened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[str | None] = mapped_column(ForeignKey("building.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"))
    kind: Mapped[AlarmKind] = mapped_column(Word(AlarmKind))
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    acked_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by: Mapped[str | None] = mapped_column(CODE)
    verdict: Mapped[Verdict | None] = mapped_column(Word(Verdict))
    verdict_cause: Mapped[str | None] = mapped_column(Text)
    #: Why several sensors make it more believable, in words; empty for one sensor.
    confidence: Mapped[str] = mapped_column(Text, default="")
    demo: Mapped[bool] = mapped_column(default=False)


class AlarmRow(Base):
    """An alarm; the record with its rules is :class:`data.domain.alarms.Alarm`."""

    __tablename__ = "alarm"
    __table_args__ = (
        # The same message can raise the same alarm only once, however often it comes.
        UniqueConstraint("device_id", "cause", "message_id"),
        Index("ix_alarm_device_id_raised_at", "device_id", "raised_at"),
        Index("ix_alarm_community_code_raised_at", "community_code", "raised_at"),
        Index("ix_alarm_kind_raised_at", "kind", "raised_at"),
        # The history is listed by time; its filters are decided inside this index, row by row.
        Index(
            "ix_alarm_by_time",
            "raised_at",
            "id",
            "kind",
            "verdict",
            "community_code",
            "device_id",
            "building_id",
        ),
        Index("ix_alarm_incident_id_device_id", "incident_id", "device_id"),
        # Open alarms are a handful beside those of the past, also of a place that alarms daily.
        Index("ix_alarm_open_building_id_raised_at", "building_id", "raised_at", **OPEN_ONLY),
        Index("ix_alarm_open_device_id_raised_at", "device_id", "raised_at", **OPEN_ONLY),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    building_id: Mapped[str | None] = mapped_column(ForeignKey("building.id"), index=True)
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    message_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[AlarmKind] = mapped_column(Word(AlarmKind))
    cause: Mapped[str] = mapped_column(CODE)
    value: Mapped[float | None]
    count: Mapped[int] = mapped_column(Integer, default=1)
    raised_at: Mapped[datetime]
    received_at: Mapped[datetime]
    last_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    acked_at: Mapped[datetime | None]
    acked_by: Mapped[str | None] = mapped_column(CODE)
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by: Mapped[str | None] = mapped_column(CODE)
    verdict: Mapped[Verdict | None] = mapped_column(Word(Verdict))
    note: Mapped[str | None] = mapped_column(Text)
    #: Counts the writes, as in :class:`DeviceState`.
    version: Mapped[int] = mapped_column(default=0)
    demo: Mapped[bool] = mapped_column(default=False)


class AlarmHistory(Base):
    """One transition of an alarm: raised, repeated, cleared, acknowledged, closed."""

    __tablename__ = "alarm_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    alarm_id: Mapped[int] = mapped_column(ForeignKey("alarm.id"), index=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(CODE)
    actor: Mapped[str] = mapped_column(CODE)
    reason: Mapped[str] = mapped_column(Text, default="")


class IncidentHistory(Base):
    """One entry of an incident's timeline."""

    __tablename__ = "incident_history"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(CODE)
    actor: Mapped[str] = mapped_column(CODE)
    detail: Mapped[str] = mapped_column(Text, default="")


class Outbox(Base):
    """What was committed but perhaps not yet told to Redis; the worker tells what stays here."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(CODE)
    data: Mapped[dict[str, Any]]
