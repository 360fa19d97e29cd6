"""What stands on the ground: work points, communities, buildings, devices, people.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    _create_context_feature()
    _create_meta()
    _create_work_point()
    _create_community()
    _create_grid()
    _create_person()
    _create_building()
    _create_device()
    _create_facility()


def downgrade():
    # Children before parents; a table's indices go with it.
    op.drop_table("facility")
    op.drop_table("device")
    op.drop_table("building")
    op.drop_table("person")
    op.drop_table("grid")
    op.drop_table("community")
    op.drop_table("work_point")
    op.drop_table("meta")
    op.drop_table("context_feature")


def _create_context_feature():
    op.create_table(
        "context_feature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("layer", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("properties", sa.JSON(), nullable=False),
        sa.Column("geometry", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_context_feature"),
    )
    op.create_index("ix_context_feature_layer", "context_feature", ["layer"], unique=False)


def _create_meta():
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )


def _create_work_point():
    op.create_table(
        "work_point",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_work_point"),
    )


def _create_community():
    op.create_table(
        "community",
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_short", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("work_point_id", sa.String(length=24), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("figures_assumed", sa.Boolean(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("schematic", sa.Boolean(), nullable=False),
        sa.Column("geometry", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["work_point_id"], ["work_point.id"], name="fk_community_work_point_id"
        ),
        sa.PrimaryKeyConstraint("code", name="pk_community"),
    )
    op.create_index("ix_community_work_point_id", "community", ["work_point_id"], unique=False)


def _create_grid():
    op.create_table(
        "grid",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("community_code", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("geometry", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_code"], ["community.code"], name="fk_grid_community_code"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_grid"),
    )
    op.create_index("ix_grid_community_code", "grid", ["community_code"], unique=False)


def _create_person():
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("community_code", sa.String(length=24), nullable=True),
        sa.Column("grid_id", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_code"], ["community.code"], name="fk_person_community_code"
        ),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name="fk_person_grid_id"),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_index("ix_person_community_code", "person", ["community_code"], unique=False)
    op.create_index("ix_person_grid_id", "person", ["grid_id"], unique=False)


def _create_building():
    op.create_table(
        "building",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("sector", sa.String(length=40), nullable=False),
        sa.Column("community_code", sa.String(length=24), nullable=False),
        sa.Column("grid_id", sa.String(length=24), nullable=True),
        sa.Column("storeys", sa.Integer(), nullable=False),
        sa.Column("residents", sa.Integer(), nullable=False),
        sa.Column("built_year", sa.Integer(), nullable=True),
        sa.Column("ebike_charging_required", sa.Boolean(), nullable=False),
        sa.Column("ebike_charging_present", sa.Boolean(), nullable=False),
        sa.Column("small_unit", sa.Boolean(), nullable=False),
        sa.Column("responsible_id", sa.String(length=24), nullable=True),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("geometry", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["community.code"], name="fk_building_community_code"
        ),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name="fk_building_grid_id"),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["person.id"], name="fk_building_responsible_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_building"),
    )
    op.create_index("ix_building_category", "building", ["category"], unique=False)
    op.create_index("ix_building_community_code", "building", ["community_code"], unique=False)
    op.create_index("ix_building_grid_id", "building", ["grid_id"], unique=False)


def _create_device():
    op.create_table(
        "device",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("location", sa.String(length=120), nullable=False),
        sa.Column("building_id", sa.String(length=24), nullable=True),
        sa.Column("community_code", sa.String(length=24), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("installed_at", sa.String(length=10), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name="fk_device_building_id"),
        sa.ForeignKeyConstraint(
            ["community_code"], ["community.code"], name="fk_device_community_code"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_device"),
        sa.UniqueConstraint("slot", name="uq_device_slot"),
    )
    op.create_index("ix_device_building_id_kind", "device", ["building_id", "kind"], unique=False)
    op.create_index("ix_device_community_code", "device", ["community_code"], unique=False)
    op.create_index("ix_device_kind", "device", ["kind"], unique=False)


def _create_facility():
    op.create_table(
        "facility",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("community_code", sa.String(length=24), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_code"], ["community.code"], name="fk_facility_community_code"
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name="fk_facility_device_id"),
        sa.PrimaryKeyConstraint("id", name="pk_facility"),
    )
    op.create_index("ix_facility_community_code", "facility", ["community_code"], unique=False)
    op.create_index("ix_facility_kind", "facility", ["kind"], unique=False)
