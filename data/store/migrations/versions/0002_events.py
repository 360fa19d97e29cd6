"""What happens: device states, readings, alarms, incidents, and their history.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    _create_outbox()
    _create_incident()
    _create_alarm()
    _create_device_state()
    _create_incident_history()
    _create_reading_hour()
    _create_status_change()
    _create_alarm_history()


def downgrade():
    # Children before parents; a table's indices go with it.
    op.drop_table("alarm_history")
    op.drop_table("status_change")
    op.drop_table("reading_hour")
    op.drop_table("incident_history")
    op.drop_table("device_state")
    op.drop_table("alarm")
    op.drop_table("incident")
    op.drop_table("outbox")


def _create_outbox():
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=24), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )


def _create_incident():
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.String(length=24), nullable=True),
        sa.Column("community_code", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=24), nullable=True),
        sa.Column("verdict", sa.String(length=24), nullable=True),
        sa.Column("verdict_cause", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name="fk_incident_building_id"),
        sa.ForeignKeyConstraint(
            ["community_code"], ["community.code"], name="fk_incident_community_code"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    op.create_index("ix_incident_building_id", "incident", ["building_id"], unique=False)
    op.create_index("ix_incident_closed_at", "incident", ["closed_at"], unique=False)
    op.create_index("ix_incident_community_code", "incident", ["community_code"], unique=False)
    op.create_index("ix_incident_opened_at", "incident", ["opened_at"], unique=False)


def _create_alarm():
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("building_id", sa.String(length=24), nullable=True),
        sa.Column("community_code", sa.String(length=24), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acked_by", sa.String(length=24), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=24), nullable=True),
        sa.Column("verdict", sa.String(length=24), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name="fk_alarm_building_id"),
        sa.ForeignKeyConstraint(
            ["community_code"], ["community.code"], name="fk_alarm_community_code"
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_alarm_device_id"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_alarm_incident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alarm"),
        sa.UniqueConstraint(
            "device_id", "cause", "message_id", name="uq_alarm_device_id_cause_message_id"
        ),
    )
    op.create_index("ix_alarm_building_id", "alarm", ["building_id"], unique=False)
    op.create_index("ix_alarm_closed_at", "alarm", ["closed_at"], unique=False)
    op.create_index(
        "ix_alarm_community_code_raised_at", "alarm", ["community_code", "raised_at"], unique=False
    )
    op.create_index(
        "ix_alarm_device_id_raised_at", "alarm", ["device_id", "raised_at"], unique=False
    )
    op.create_index("ix_alarm_incident_id", "alarm", ["incident_id"], unique=False)
    op.create_index("ix_alarm_raised_at", "alarm", ["raised_at"], unique=False)


def _create_device_state():
    op.create_table(
        "device_state",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("recent", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_device_state_device_id"),
        sa.PrimaryKeyConstraint("device_id", name="pk_device_state"),
    )


def _create_incident_history():
    op.create_table(
        "incident_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("actor", sa.String(length=24), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name="fk_incident_history_incident_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_incident_history"),
    )
    op.create_index(
        "ix_incident_history_incident_id", "incident_history", ["incident_id"], unique=False
    )


def _create_reading_hour():
    op.create_table(
        "reading_hour",
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.String(length=24), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("low", sa.Double(), nullable=False),
        sa.Column("high", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_reading_hour_device_id"),
        sa.PrimaryKeyConstraint("device_id", "hour", "value", name="pk_reading_hour"),
    )


def _create_status_change():
    op.create_table(
        "status_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("before", sa.SmallInteger(), nullable=False),
        sa.Column("after", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_status_change_device_id"),
        sa.PrimaryKeyConstraint("id", name="pk_status_change"),
    )
    op.create_index("ix_status_change_at", "status_change", ["at"], unique=False)
    op.create_index(
        "ix_status_change_device_id_at", "status_change", ["device_id", "at"], unique=False
    )


def _create_alarm_history():
    op.create_table(
        "alarm_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alarm_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("actor", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarm.id"], name="fk_alarm_history_alarm_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alarm_history"),
    )
    op.create_index("ix_alarm_history_alarm_id", "alarm_history", ["alarm_id"], unique=False)
