"""What is answered about alarms, incidents, devices, rules and the live picture.

Words and times are those of docs/live-protocol.md; further members may come.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from callbacks.http.answers import Count, Ms
from data.domain.response import Stage
from data.domain.rules import Side
from data.domain.words import AlarmKind, BuildingCategory, DeviceKind, FalseCause, Verdict


class Picture(BaseModel):
    """Answers have at least these members."""

    model_config = ConfigDict(extra="allow")


class AlarmAnswer(Picture):
    """ALARM: an alarm as screens show it."""

    id: int
    version: Annotated[int, Field(description="larger is newer")]
    slot: int
    device: str
    device_name: str
    device_kind: DeviceKind
    location: str
    point: Annotated[str | None, Field(description="number of an unregistered part")]
    building: str | None
    building_name: str | None
    community: str
    community_name: str
    community_name_en: str
    lon: float
    lat: float
    kind: AlarmKind
    cause: str
    value: float | None
    count: Annotated[int, Field(description="how often it was said")]
    raised_at: Ms
    received_at: Ms
    last_at: Ms
    cleared_at: Ms | None
    acked_at: Ms | None
    acked_by: str | None
    confirmed_at: Ms | None
    confirmed_by: str | None
    closed_at: Ms | None
    closed_by: str | None
    verdict: Verdict | None
    false_cause: FalseCause | None
    shelved_until: Ms | None
    shelved_by: str | None
    shelve_reason: str | None
    suppressed_at: Ms | None
    out_of_service_at: Ms | None
    chattering_at: Ms | None
    incident: int | None
    confidence: str
    response: Stage


class NotAcknowledged(Picture):
    """An alarm that was left, and why."""

    id: int
    why: str


class BulkAnswer(Picture):
    """What became of many."""

    acknowledged: list[AlarmAnswer]
    left: list[NotAcknowledged]


class ResponseTimes(Picture):
    """When the response reached which stage."""

    dispatched_to: str | None
    dispatched_at: Ms | None
    arrived_at: Ms | None
    controlled_at: Ms | None
    ended_at: Ms | None


class ResponseAnswer(ResponseTimes):
    """How far the response is."""

    stage: Stage


class IncidentLine(Picture):
    """An incident in a list."""

    id: int
    kind: AlarmKind
    building: str | None
    building_name: str | None
    category: BuildingCategory | None
    community: str
    community_name: str
    community_name_en: str
    opened_at: Ms
    last_at: Ms
    acked_at: Ms | None
    closed_at: Ms | None
    closed_by: str | None
    verdict: Verdict | None
    verdict_cause: str | None
    outcome: str | None
    confidence: str | None
    merged_into: int | None
    response: ResponseAnswer


class IncidentAlarm(Picture):
    """An alarm of an incident."""

    id: int
    device: str
    kind: AlarmKind
    cause: str
    raised_at: Ms
    closed_at: Ms | None


class CheckAnswer(Picture):
    """An item of the checklist."""

    item: str
    done_at: Ms | None
    done_by: str | None


class TimelineEntry(Picture):
    """Something that happened to an incident."""

    at: Ms
    action: str
    actor: str
    detail: str | None


class IncidentAnswer(IncidentLine):
    """INCIDENT: an incident with its alarms, checklist and timeline."""

    alarms: list[IncidentAlarm]
    checklist: list[CheckAnswer]
    timeline: list[TimelineEntry]


class HandOverAnswer(Picture):
    """What 119 is told."""

    incident: int
    made_at: Ms
    what: dict[str, Any]
    where: dict[str, Any]
    who: dict[str, Any]
    devices: list[dict[str, Any]]
    water: dict[str, Any]
    access: dict[str, Any]
    response: ResponseTimes


class ServiceAnswer(Picture):
    """Whether a device is in service."""

    device: str
    slot: int
    disabled: bool
    disabled_at: Ms | None
    disabled_by: str | None
    disabled_reason: str | None


class RuleNumbers(Picture):
    """Thresholds and delays of a rule."""

    on: float
    off: float
    on_delay_s: Count
    off_delay_s: Count


class ChangedRule(RuleNumbers):
    """The numbers of a rule now."""

    device_kind: DeviceKind
    cause: str


class RuleAnswer(ChangedRule):
    """A rule in force, and the numbers that the program came with."""

    kind: AlarmKind
    value: str
    side: Side
    default: RuleNumbers


class RuleChange(Picture):
    """A change of a rule."""

    at: Ms
    actor: str
    device_kind: DeviceKind
    cause: str
    before: RuleNumbers
    after: RuleNumbers
    reason: str


class DutyCheckAnswer(Picture):
    """查岗: asked of a duty room, and what became of it."""

    id: int
    transmitter: int
    asked_by: str
    minutes: int
    operator: int | None
    outcome: str | None
    asked_at: Ms
    sent_at: Ms | None
    confirmed_at: Ms | None
    answered_at: Ms | None


class SnapshotAnswer(Picture):
    """The whole present, and the event after which the stream goes on."""

    id: str
    now: Ms
    data: Ms | None
    geometry: str
    status: Annotated[str, Field(description="base64 of one byte a slot; larger is worse")]
    alarms: list[AlarmAnswer]
    recent: list[int]
    flood_since: Ms | None


class HealthAnswer(Picture):
    """The process lives."""

    status: Literal["ok"]
    build: str


class PartAnswer(Picture):
    """The state of one part behind the application."""

    ok: bool


class ReadyAnswer(Picture):
    """Whether everything behind it is there."""

    status: Literal["ready", "not ready"]
    parts: dict[str, PartAnswer]
