"""Gateways in SQL: what they said of their links, and whose links they are."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session, aliased

from data.store.dialect import insert_into
from data.store.models import Device, Gateway, GatewayDevice

#: Gateways that are kept: more are somebody's mistake or malice.
MAX_GATEWAYS: Final = 1000


def heard_through(session: Session, pairs: Iterable[tuple[str, str]], at: datetime) -> None:
    """Keep which devices were heard through which gateways."""
    wanted = sorted(set(pairs))
    known = {name for name, _ in wanted if _ensure(session, name, at)}
    rows = [{"gateway": name, "device_id": device} for name, device in wanted if name in known]
    if rows:
        session.execute(insert_into(session, GatewayDevice).on_conflict_do_nothing(), rows)


def turn(session: Session, name: str, *, online: bool, at: datetime) -> bool:
    """Write what a gateway said of its link; return whether that was news."""
    if not _ensure(session, name, at):
        return False
    locked = select(Gateway).where(Gateway.name == name).with_for_update()
    gateway = session.scalars(locked.execution_options(populate_existing=True)).one()
    if gateway.online is online:
        return False
    gateway.online, gateway.since = online, at
    session.flush()
    return True


def set_devices(session: Session, name: str, device_ids: Collection[str]) -> None:
    """Write which devices are behind a gateway, by its own list; unknown ones are left out."""
    session.execute(delete(GatewayDevice).where(GatewayDevice.gateway == name))
    known = session.scalars(select(Device.id).where(Device.id.in_(sorted(device_ids))))
    rows = [{"gateway": name, "device_id": device_id} for device_id in known]
    if rows and session.get(Gateway, name) is not None:
        session.execute(insert_into(session, GatewayDevice).on_conflict_do_nothing(), rows)


def devices_behind(session: Session, name: str, *, alone: bool) -> list[str]:
    """Return the devices behind a gateway; ``alone``: not those that another may still reach."""
    query = select(GatewayDevice.device_id).where(GatewayDevice.gateway == name)
    if alone:
        other, its_device = aliased(Gateway), aliased(GatewayDevice)
        query = query.where(
            ~exists().where(
                its_device.device_id == GatewayDevice.device_id,
                its_device.gateway != name,
                other.name == its_device.gateway,
                other.online.is_not(False),
            )
        )
    return list(session.scalars(query.order_by(GatewayDevice.device_id)))


def _ensure(session: Session, name: str, at: datetime) -> bool:
    """Keep a gateway; return whether it is kept."""
    if session.get(Gateway, name) is not None:
        return True
    count = session.scalar(select(func.count()).select_from(Gateway)) or 0
    if count >= MAX_GATEWAYS:
        return False
    insert = insert_into(session, Gateway).on_conflict_do_nothing()
    session.execute(insert, {"name": name, "online": None, "since": at})
    return True
