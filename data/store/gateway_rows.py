"""Models of MQTT gateways: whether each is online, and which devices are heard through it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.store.base import Base
from data.store.places import ID


class Gateway(Base):
    """A gateway by the name that it gives itself."""

    __tablename__ = "gateway"

    name: Mapped[str] = mapped_column(ID, primary_key=True)
    #: What it, or its last will, said last; null while it has said nothing.
    online: Mapped[bool | None]
    since: Mapped[datetime]


class GatewayDevice(Base):
    """A device that is heard through a gateway; it may be heard through several."""

    __tablename__ = "gateway_device"
    __table_args__ = (Index("ix_gateway_device_device_id", "device_id"),)

    gateway: Mapped[str] = mapped_column(ForeignKey("gateway.name"), primary_key=True)
    #: No foreign key: an import may take a device away and bring it back.
    device_id: Mapped[str] = mapped_column(ID, primary_key=True)
