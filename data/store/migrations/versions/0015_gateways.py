"""MQTT gateways and the devices that are heard through them.

Revision ID: 0015
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "gateway",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_gateway"),
    )
    op.create_table(
        "gateway_device",
        sa.Column("gateway", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["gateway"], ["gateway.name"], name="fk_gateway_device_gateway"),
        sa.PrimaryKeyConstraint("gateway", "device_id", name="pk_gateway_device"),
    )
    op.create_index("ix_gateway_device_device_id", "gateway_device", ["device_id"])


def downgrade():
    op.drop_table("gateway_device")
    op.drop_table("gateway")
