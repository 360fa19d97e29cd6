"""Models of what happens: device states, readings, alarms, incidents, and their history."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
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

from data.domain.words import AlarmKind, FalseCause, Verdict
from data.store.base import Base
from data.store.places import CODE, ID
from data.store.types import Word


def only_where(condition: str) -> dict[str, Any]:
    """Return the options of an index over the few rows that fulfil a condition."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


#: Most devices have none of it; they keep NULL rather than a JSON null.
NOTHING_IS_NULL: Final = JSON(none_as_null=True)


class DeviceState(Base):
    """The last known state of a device; the present in Redis is rebuilt from it.

    ``status`` is the integer of :class:`data.domain.words.Status`; ``values`` the last values with
    their names; ``recent`` the 8-byte hashes of the last message ids, newest last, for telling a
    repeated message from a new one.
    """

    __tablename__ = "device_state"
    __table_args__ = (
        Index("ix_device_state_due_at", "due_at", **only_where("due_at IS NOT NULL")),
    )

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
    #: Changes that are not believed yet, and when the worker must look at them.
    pending: Mapped[dict[str, Any] | None] = mapped_column(NOTHING_IS_NULL)
    due_at: Mapped[datetime | None]
    #: When each cause came and went lately (Unix ms).
    flips: Mapped[dict[str, Any] | None] = mapped_column(NOTHING_IS_NULL)
    #: Figures of the hour and of the ten minutes that are not over yet.
    figures: Mapped[dict[str, Any] | None] = mapped_column(NOTHING_IS_NULL)


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
    """Readings rolled up by hour (UTC): mean = total / count; kept for two years.

    What belongs to an hour that is not over for its device is in :class:`DeviceState` besides.
    """

    __tablename__ = "reading_hour"
    #: By far the most rows: on SQLite they lie in the primary key itself.
    __table_args__ = ({"sqlite_with_rowid": False},)

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
        Index(
            "ix_incident_by_kind",
            "kind",
            "opened_at",
            "id",
            "verdict",
            "community_code",
            "building_id",
        ),
        Index(
            "ix_incident_by_community",
            "community_code",
            "opened_at",
            "id",
            "verdict",
            "kind",
            "building_id",
        ),
        Index(
            "ix_incident_by_building",
            "building_id",
            "opened_at",
            "id",
            "verdict",
            "kind",
            "community_code",
        ),
        Index("ix_incident_merged_into", "merged_into", **only_where("merged_into IS NOT NULL")),
        Index("ix_incident_open_building_id", "building_id", **only_where("closed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[str | None] = mapped_column(ForeignKey("building.id"))
    community_code: Mapped[str] = mapped_column(ForeignKey("community.code"))
    kind: Mapped[AlarmKind] = mapped_column(Word(AlarmKind))
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    acked_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    dispatched_to: Mapped[str | None] = mapped_column(Text)
    arrived_at: Mapped[datetime | None]
    controlled_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by: Mapped[str | None] = mapped_column(CODE)
    verdict: Mapped[Verdict | None] = mapped_column(Word(Verdict))
    verdict_cause: Mapped[str | None] = mapped_column(Text)
    #: Why it is believable (``data.domain.incidents.confidence``); empty for one sensor.
    confidence: Mapped[str] = mapped_column(Text, default="")
    #: The incident that it became part of; closed without a verdict of its own.
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    #: Counts what people do to it, as in :class:`DeviceState`.
    version: Mapped[int] = mapped_column(default=0)
    demo: Mapped[bool] = mapped_column(default=False)


class AlarmRow(Base):
    """An alarm; the record with its rules is :class:`data.domain.alarms.Alarm`."""

    __tablename__ = "alarm"
    __table_args__ = (
        # The same message can raise the same alarm only once, however often it comes.
        UniqueConstraint("device_id", "cause", "message_id"),
        Index("ix_alarm_shelved_until", "shelved_until", **only_where("shelved_until IS NOT NULL")),
        Index("ix_alarm_chattering_at", "chattering_at", **only_where("chattering_at IS NOT NULL")),
        # The history is listed by time, kind and community, and looked for by building and device;
        # its filters are decided inside these indexes, row by row.
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
        Index(
            "ix_alarm_by_kind",
            "kind",
            "raised_at",
            "id",
            "verdict",
            "community_code",
            "device_id",
            "building_id",
        ),
        Index(
            "ix_alarm_by_community",
            "community_code",
            "raised_at",
            "id",
            "verdict",
            "kind",
            "device_id",
            "building_id",
        ),
        Index(
            "ix_alarm_by_building",
            "building_id",
            "raised_at",
            "id",
            "verdict",
            "kind",
            "community_code",
            "device_id",
        ),
        Index(
            "ix_alarm_by_device",
            "device_id",
            "raised_at",
            "id",
            "verdict",
            "kind",
            "community_code",
            "building_id",
            "incident_id",
        ),
        Index("ix_alarm_incident_id_device_id", "incident_id", "device_id"),
        # Open alarms are a handful beside those of the past, also of a place that alarms daily.
        Index(
            "ix_alarm_open_building_id_raised_at",
            "building_id",
            "raised_at",
            **only_where("closed_at IS NULL"),
        ),
        Index(
            "ix_alarm_open_device_id_raised_at",
            "device_id",
            "raised_at",
            **only_where("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    building_id: Mapped[str | None] = mapped_column(ForeignKey("building.id"))
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
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(CODE)
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by: Mapped[str | None] = mapped_column(CODE)
    verdict: Mapped[Verdict | None] = mapped_column(Word(Verdict))
    false_cause: Mapped[FalseCause | None] = mapped_column(Word(FalseCause))
    note: Mapped[str | None] = mapped_column(Text)
    shelved_at: Mapped[datetime | None]
    shelved_until: Mapped[datetime | None]
    shelved_by: Mapped[str | None] = mapped_column(CODE)
    shelve_reason: Mapped[str | None] = mapped_column(Text)
    suppressed_at: Mapped[datetime | None]
    out_of_service_at: Mapped[datetime | None]
    chattering_at: Mapped[datetime | None]
    #: The part behind a transmitter that raised it, if it is no device of its own
    #: (:class:`data.store.transmitter_rows.TransmitterPoint`; points are never deleted).
    point_id: Mapped[int | None]
    #: Counts the writes, as in :class:`DeviceState`.
    version: Mapped[int] = mapped_column(default=0)
    demo: Mapped[bool] = mapped_column(default=False)


class AlarmHistory(Base):
    """One transition of an alarm; ``action`` is one of :class:`data.domain.alarms.Action`."""

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


class IncidentPhoto(Base):
    """A photo of an incident; ``file`` names its JPEG in the folder of the photos."""

    __tablename__ = "incident_photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(CODE)
    file: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]


class Outbox(Base):
    """What was committed but perhaps not yet told to Redis; the worker tells what stays here."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(CODE)
    data: Mapped[dict[str, Any]]


class AlarmFlood(Base):
    """A time with more alarms than one person can answer; runs while ``ended_at`` is null."""

    __tablename__ = "alarm_flood"

    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    #: Most alarms within 10 minutes.
    peak: Mapped[int]
