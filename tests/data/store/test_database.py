import pytest

from data.store.database import PATIENCE, Database


@pytest.mark.postgres
def test_a_connection_to_postgresql_notices_that_the_other_side_is_gone(
    postgres_database: Database,
) -> None:
    with postgres_database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        parameters = driver.info.get_parameters()
    assert {name: int(parameters[name]) for name in PATIENCE} == PATIENCE
