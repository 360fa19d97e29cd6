from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from data.store.database import Database
from data.store.migrate import SCRIPTS, current, downgrade, head, upgrade
from data.store.models import Base


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return str(request.getfixturevalue("postgres_url"))


def tables(url: str) -> set[str]:
    database = Database(url)
    names = set(inspect(database.engine).get_table_names())
    database.close()
    return names


def test_up_from_nothing_and_down_to_nothing(empty_url: str) -> None:
    assert current(empty_url) is None
    upgrade(empty_url)
    assert current(empty_url) == head()
    assert tables(empty_url) == {*Base.metadata.tables, "alembic_version"}
    downgrade(empty_url, "base")
    assert current(empty_url) is None
    assert tables(empty_url) == {"alembic_version"}
    upgrade(empty_url)
    assert current(empty_url) == head()


def test_every_revision_goes_up_and_down(empty_url: str) -> None:
    script = ScriptDirectory(str(SCRIPTS))
    for revision in reversed(list(script.walk_revisions())):
        upgrade(empty_url, revision.revision)
        downgrade(empty_url, revision.down_revision or "base")
        upgrade(empty_url, revision.revision)
    assert current(empty_url) == head()


def test_models_are_the_head(empty_url: str) -> None:
    upgrade(empty_url)
    database = Database(empty_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def test_a_failed_upgrade_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'half.db'}"
    database = Database(url)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE incident (id INTEGER)")  # in the second's way
    database.close()
    with pytest.raises(Exception, match="already exists"):
        upgrade(url)
    assert tables(url) == {"incident"}


def test_the_header_of_a_revision_says_what_it_revises() -> None:
    for revision in ScriptDirectory(str(SCRIPTS)).walk_revisions():
        assert f"Revises: {revision.down_revision or 'nothing'}" in revision.longdoc
