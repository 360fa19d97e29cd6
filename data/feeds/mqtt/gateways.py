"""A gateway's link: when it is lost, the devices behind it are stale at once."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.orm import Session

from data.domain.devices import is_silent
from data.domain.intake import DeviceMemory
from data.feeds.mqtt.letters import GatewayState
from data.live.present import Changes, Present
from data.silence import mark_silence
from data.store import gateways, outbox
from data.store.database import Database
from data.store.intake import KnownDevice

log = structlog.get_logger()

LOST: Final = "gateway_lost"
BACK: Final = "gateway_back"


class Gateways:
    """What gateways say of their links, written to SQL and told to Redis."""

    def __init__(self, database: Database, present: Present, now: Callable[[], datetime]) -> None:
        self._database = database
        self._present = present
        self._now = now

    def turn(self, state: GatewayState) -> bool:
        """Take what a gateway said; return whether Redis was told of what follows from it.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            If the database is away; nothing was taken.
        """
        with self._database.writing() as session:
            news = gateways.turn(session, state.name, online=state.online, at=state.at)
            if state.devices is not None:
                gateways.set_devices(session, state.name, state.devices)
            if not news:
                return True
            changes = self._carry_out(session, state)
        log.info("gateway", name=state.name, online=state.online, devices=len(changes.devices))
        return self._present.tell_if_there(changes)

    def _carry_out(self, session: Session, state: GatewayState) -> Changes:
        """Write who is stale now; a device that another gateway may still reach is not."""
        now = self._now()
        behind = gateways.devices_behind(session, state.name, alone=not state.online)

        def silent(device: KnownDevice, memory: DeviceMemory) -> bool:
            if not state.online or memory.received_at is None:
                return True
            return is_silent(memory.received_at, device.interval_s, now)

        updates = mark_silence(session, behind, now, silent, BACK if state.online else LOST)
        if updates:
            outbox.add(session, now, [update.device_id for update in updates], [])
        return Changes(devices=updates)
