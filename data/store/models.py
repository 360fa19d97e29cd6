"""All models, so that their tables are known to ``Base.metadata``."""

from data.store.base import Base
from data.store.events import (
    AlarmHistory,
    AlarmRow,
    DeviceState,
    Incident,
    IncidentHistory,
    Outbox,
    ReadingHour,
    StatusChange,
)
from data.store.management import (
    Audit,
    Command,
    Fire,
    Hazard,
    Inspection,
    ProgrammeTask,
    User,
    UserSession,
)
from data.store.places import (
    Building,
    Community,
    ContextFeature,
    Device,
    Facility,
    Grid,
    Meta,
    Person,
    WorkPoint,
)

__all__ = [
    "AlarmHistory",
    "AlarmRow",
    "Audit",
    "Base",
    "Building",
    "Command",
    "Community",
    "ContextFeature",
    "Device",
    "DeviceState",
    "Facility",
    "Fire",
    "Grid",
    "Hazard",
    "Incident",
    "IncidentHistory",
    "Inspection",
    "Meta",
    "Outbox",
    "Person",
    "ProgrammeTask",
    "ReadingHour",
    "StatusChange",
    "User",
    "UserSession",
    "WorkPoint",
]
