"""Prevention and the application itself: inspections, fires, programme, users, audit.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    _create_audit()
    _create_programme_task()
    _create_user()
    _create_user_session()
    _create_inspection()
    _create_fire()
    _create_hazard()


def downgrade():
    # Children before parents; a table's indices go with it.
    op.drop_table("hazard")
    op.drop_table("fire")
    op.drop_table("inspection")
    op.drop_table("user_session")
    op.drop_table("user")
    op.drop_table("programme_task")
    op.drop_table("audit")


def _create_audit():
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=24), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_actor", "audit", ["actor"], unique=False)
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)


def _create_programme_task():
    op.create_table(
        "programme_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("progress_pct", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_programme_task"),
    )


def _create_user():
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("name", name="uq_user_name"),
    )


def _create_user_session():
    op.create_table(
        "user_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_user_session_user_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_user_session"),
    )
    op.create_index("ix_user_session_user_id", "user_session", ["user_id"], unique=False)


def _create_inspection():
    op.create_table(
        "inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inspector", sa.String(length=120), nullable=False),
        sa.Column("result", sa.String(length=24), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name="fk_inspection_building_id"),
        sa.PrimaryKeyConstraint("id", name="pk_inspection"),
    )
    op.create_index("ix_inspection_at", "inspection", ["at"], unique=False)
    op.create_index("ix_inspection_building_id", "inspection", ["building_id"], unique=False)


def _create_fire():
    op.create_table(
        "fire",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("building_id", sa.String(length=24), nullable=True),
        sa.Column("community_code", sa.String(length=24), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name="fk_fire_building_id"),
        sa.ForeignKeyConstraint(
            ["community_code"], ["community.code"], name="fk_fire_community_code"
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name="fk_fire_incident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_fire"),
    )
    op.create_index("ix_fire_at", "fire", ["at"], unique=False)
    op.create_index("ix_fire_building_id", "fire", ["building_id"], unique=False)
    op.create_index("ix_fire_community_code", "fire", ["community_code"], unique=False)


def _create_hazard():
    op.create_table(
        "hazard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("building_id", sa.String(length=24), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name="fk_hazard_building_id"),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspection.id"], name="fk_hazard_inspection_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hazard"),
    )
    op.create_index("ix_hazard_building_id", "hazard", ["building_id"], unique=False)
    op.create_index("ix_hazard_closed_at", "hazard", ["closed_at"], unique=False)
    op.create_index("ix_hazard_found_at", "hazard", ["found_at"], unique=False)
