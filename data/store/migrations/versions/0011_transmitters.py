"""Transmitters: addresses, the parts behind them, what they said, duty checks.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("alarm", sa.Column("point_id", sa.Integer(), nullable=True))
    op.create_table(
        "transmitter",
        sa.Column("address", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_transmitter_device_id"),
        sa.PrimaryKeyConstraint("address", name="pk_transmitter"),
        sa.UniqueConstraint("device_id", name="uq_transmitter_device_id"),
    )
    _create_point()
    _create_event()
    _create_duty_check()


def downgrade():
    op.drop_table("duty_check")
    op.drop_table("transmitter_event")
    op.drop_table("transmitter_point")
    op.drop_table("transmitter")
    op.drop_column("alarm", "point_id")


def _create_point():
    op.create_table(
        "transmitter_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transmitter", sa.BigInteger(), nullable=False),
        sa.Column("system_type", sa.SmallInteger(), nullable=False),
        sa.Column("system_address", sa.SmallInteger(), nullable=False),
        sa.Column("part_address", sa.BigInteger(), nullable=False),
        sa.Column("part_type", sa.SmallInteger(), nullable=True),
        sa.Column("description", sa.String(length=31), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["transmitter"], ["transmitter.address"], name="fk_transmitter_point_transmitter"
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name="fk_transmitter_point_device_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_transmitter_point"),
        sa.UniqueConstraint(
            "transmitter",
            "system_type",
            "system_address",
            "part_address",
            name="uq_transmitter_point_address",
        ),
    )
    op.create_index("ix_transmitter_point_device_id", "transmitter_point", ["device_id"])


def _create_event():
    op.create_table(
        "transmitter_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transmitter", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transmitter"], ["transmitter.address"], name="fk_transmitter_event_transmitter"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_transmitter_event"),
        sa.UniqueConstraint(
            "transmitter", "message_id", name="uq_transmitter_event_transmitter_message_id"
        ),
    )
    op.create_index(
        "ix_transmitter_event_transmitter_at", "transmitter_event", ["transmitter", "at"]
    )


def _create_duty_check():
    op.create_table(
        "duty_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transmitter", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=24), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("operator", sa.SmallInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["transmitter"], ["transmitter.address"], name="fk_duty_check_transmitter"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_duty_check"),
    )
    op.create_index("ix_duty_check_outcome", "duty_check", ["outcome"])
    op.create_index("ix_duty_check_transmitter_asked_at", "duty_check", ["transmitter", "asked_at"])
