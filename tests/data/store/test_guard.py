import pytest

from data.store.database import Database
from data.store.drilldown import subdistrict_view
from data.store.guard import StoreUnavailableError, reading


def test_a_missing_database_is_one_clear_error(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with (
        pytest.raises(StoreUnavailableError, match="does not answer"),
        reading(database) as session,
    ):
        subdistrict_view(session)
    database.close()
