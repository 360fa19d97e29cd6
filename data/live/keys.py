"""Names of the keys in Redis; ``docs/redis.md`` says who writes and reads each."""

from typing import Final

EPOCH: Final = "xt:epoch"
STATUS: Final = "xt:status"
ALARMS: Final = "xt:alarms"
RECENT: Final = "xt:recent"
DEADLINES: Final = "xt:deadlines"
EVENTS: Final = "xt:events"
FLOOD: Final = "xt:flood"
LAST_RECEIVED: Final = "xt:last_received"
REBUILD_LOCK: Final = "xt:rebuild_lock"
AUDIT: Final = "xt:audit"

#: Longest stream kept for clients that come back; older ids get a snapshot.
EVENTS_KEPT: Final = 20_000


def device(device_id: str) -> str:
    """Hash of one device: status, since, measured_at, received_at (ms), values (JSON)."""
    return f"xt:device:{device_id}"


ANY_RING: Final = "xt:ring:*"


def ring(device_id: str) -> str:
    """Return the name of the last 24 hours of a device in steps of ten minutes, packed."""
    return f"xt:ring:{device_id}"


ANY_INCIDENT: Final = "xt:incident:*"


def incident(incident_id: int) -> str:
    """Version of an incident that was told last, for as long as somebody might tell it again."""
    return f"xt:incident:{incident_id}"


def values_channel(building_id: str) -> str:
    """Channel on which new values of one building's devices are published."""
    return f"xt:values:{building_id}"


#: Set by the worker at every step; gone = no worker.
WORKER: Final = "xt:worker"


#: Hash of the risk forecast of the present: version and body (docs/risk.md).
RISK: Final = "xt:risk"
#: What the risk process did, and when it looked last.
RISK_COUNTS: Final = "xt:risk:counts"


def spent(key_id: int) -> str:
    """How far a key of the HTTP way in is ahead of its rate, as the time that this has to live."""
    return f"xt:spent:{key_id}"


#: Counts of the GB/T 26875.3 way in, and the link of each transmitter (docs/gb26875.md).
TRANSMITTER_COUNTS: Final = "xt:transmitters:counts"
TRANSMITTER_LINKS: Final = "xt:transmitters:links"

#: Counts of the MQTT way in, the link of each process, what each has subscribed to (docs/mqtt.md).
MQTT_COUNTS: Final = "xt:mqtt:counts"
MQTT_LINKS: Final = "xt:mqtt:links"
MQTT_TOPICS: Final = "xt:mqtt:topics"

#: Every source of messages that was heard of lately, by the time of its last word.
SOURCES: Final = "xt:sources"


def source(name: str) -> str:
    """Hash of one source, ``way:name``: counts, last word, lag, last error, connection."""
    return f"xt:source:{name}"
