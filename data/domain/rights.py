"""Who may do what: one table. Commands ask it, and so does the gate; screens only hide by it.

``docs/rights.md`` shows the same to people; a test compares them.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from data.domain.api_keys import KeyScope
from data.domain.errors import NotAllowedError
from data.domain.words import AlarmKind, Role


class Right(StrEnum):
    """What people and programs do here; looking first, then changing."""

    #: The wall: map, open alarms, the live picture, the day's figures, the cameras' video.
    SEE_LIVE = "see_live"
    #: The desk: buildings, devices, incidents with photos, search, the record for 119.
    LOOK_INTO = "look_into"
    READ_HISTORY = "read_history"
    READ_WEEK = "read_week"
    #: The page of the risk; its surface on the wall and in a building belongs to those.
    READ_RISK = "read_risk"
    #: Files of the history; each is in the audit.
    EXPORT = "export"
    READ_RULES = "read_rules"
    READ_API = "read_api"
    #: The ways in: transmitters, gateways, who speaks and is not registered.
    SEE_FEEDS = "see_feeds"
    READ_METRICS = "read_metrics"
    READ_AUDIT = "read_audit"
    #: Telephone numbers whole; everybody else sees their ends.
    SEE_PHONES = "see_phones"

    ACKNOWLEDGE = "acknowledge"
    #: Say that an alarm is a fire.
    CONFIRM_FIRE = "confirm_fire"
    #: Close an alarm with a verdict.
    JUDGE = "judge"
    #: Put an alarm aside for a while, or fetch it back.
    SHELVE = "shelve"
    #: Take a device out of service, or put it back.
    SERVICE = "service"
    #: Dispatched, arrived, controlled, ended; and the checklist.
    RESPOND = "respond"
    #: Notes and photos in an incident's timeline.
    NOTE = "note"
    END_INCIDENT = "end_incident"
    #: Merge incidents, or split one.
    REGROUP = "regroup"
    #: 查岗: ask a duty room whether somebody is there.
    DUTY_CHECK = "duty_check"
    EDIT_RULES = "edit_rules"
    #: Say which device an address is.
    REGISTER_DEVICES = "register_devices"
    #: See, replay and discard what could not be taken.
    MANAGE_LETTERS = "manage_letters"
    MANAGE_KEYS = "manage_keys"
    #: Let a screen in for a place, or shut it out.
    MANAGE_DISPLAYS = "manage_displays"
    SEND_READINGS = "send_readings"


_ALL: Final = frozenset(Role)
_DESK: Final = frozenset({Role.DUTY, Role.SHIFT_LEAD, Role.ADMIN})
_REPAIR: Final = _DESK | {Role.MAINTAINER}
_PEOPLE: Final = _REPAIR | {Role.LEADER}
_READERS: Final = _DESK | {Role.LEADER}
_ADMINS: Final = frozenset({Role.ADMIN})
_NOBODY: Final[frozenset[Role]] = frozenset()

RIGHTS: Final[Mapping[Right, frozenset[Role]]] = {
    Right.SEE_LIVE: _ALL,
    Right.LOOK_INTO: _PEOPLE,
    Right.READ_HISTORY: _PEOPLE,
    Right.READ_WEEK: _READERS,
    Right.READ_RISK: _READERS,
    Right.EXPORT: _READERS,
    Right.READ_RULES: _PEOPLE,
    Right.READ_API: _PEOPLE,
    Right.SEE_FEEDS: frozenset({Role.SHIFT_LEAD, Role.MAINTAINER, Role.ADMIN}),
    Right.READ_METRICS: _ADMINS,
    Right.READ_AUDIT: _ADMINS,
    Right.SEE_PHONES: _DESK,
    Right.ACKNOWLEDGE: _REPAIR,
    Right.CONFIRM_FIRE: _DESK,
    Right.JUDGE: _REPAIR,
    Right.SHELVE: _REPAIR,
    Right.SERVICE: _REPAIR,
    Right.RESPOND: _DESK,
    Right.NOTE: _REPAIR,
    Right.END_INCIDENT: _DESK,
    Right.REGROUP: _DESK,
    Right.DUTY_CHECK: _DESK,
    Right.EDIT_RULES: _ADMINS,
    Right.REGISTER_DEVICES: _ADMINS,
    Right.MANAGE_LETTERS: _ADMINS,
    Right.MANAGE_KEYS: _ADMINS,
    Right.MANAGE_DISPLAYS: _ADMINS,
    Right.SEND_READINGS: _NOBODY,
}
#: What a key opens, by its scope; a key is no role and has nothing else.
KEY_RIGHTS: Final[Mapping[KeyScope, frozenset[Right]]] = {
    KeyScope.READINGS: frozenset({Right.SEND_READINGS, Right.READ_API}),
    KeyScope.METRICS: frozenset({Right.READ_METRICS, Right.READ_API}),
}
#: Alarms that a role may work on, where these are not all of them: no fire, and no sign of one.
ALARMS_OF: Final[Mapping[Role, frozenset[AlarmKind]]] = {
    Role.MAINTAINER: frozenset({AlarmKind.FAULT, AlarmKind.SUPERVISORY}),
}
_EVERY_KIND: Final = frozenset(AlarmKind)
LOOKING: Final = frozenset(
    {
        Right.SEE_LIVE,
        Right.LOOK_INTO,
        Right.READ_HISTORY,
        Right.READ_WEEK,
        Right.READ_RISK,
        Right.EXPORT,
        Right.READ_RULES,
        Right.READ_API,
        Right.SEE_FEEDS,
        Right.READ_METRICS,
        Right.READ_AUDIT,
        Right.SEE_PHONES,
    }
)


def may(role: Role, right: Right) -> bool:
    """Return whether a role has a right."""
    return role in RIGHTS[right]


def rights_of(role: Role) -> frozenset[Right]:
    """Return everything that a role may do."""
    return frozenset(right for right, roles in RIGHTS.items() if role in roles)


def commands_something(role: Role) -> bool:
    """Return whether a role may change anything at all."""
    return bool(rights_of(role) - LOOKING)


def alarms_of(role: Role) -> frozenset[AlarmKind]:
    """Return the kinds of alarms that a role may work on, as far as it may work on any."""
    return ALARMS_OF.get(role, _EVERY_KIND)


def key_may(scopes: frozenset[KeyScope], right: Right) -> bool:
    """Return whether a key with these scopes has a right."""
    return any(right in KEY_RIGHTS[scope] for scope in scopes)


def demand(role: Role, right: Right) -> None:
    """Refuse a role that has not this right.

    Raises
    ------
    NotAllowedError
    """
    if not may(role, right):
        raise NotAllowedError(f"the role {role} may not do this ({right})")


def demand_alarm(role: Role, kind: AlarmKind) -> None:
    """Refuse a role that may not work on alarms of this kind.

    Raises
    ------
    NotAllowedError
    """
    if kind not in alarms_of(role):
        raise NotAllowedError(f"the role {role} may not work on an alarm of kind {kind}")
