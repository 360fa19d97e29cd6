import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data.errors import StartError
from data.home import Home, key_from, make_private_folder


def test_the_data_directory_is_private(tmp_path: Path) -> None:
    with Home(tmp_path / "a" / "var") as home:
        assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700
        assert [path.name for path in home.folder.iterdir()] == ["launcher.lock"]


def test_a_second_launcher_is_refused_and_told_who_is_there(tmp_path: Path) -> None:
    with Home(tmp_path), pytest.raises(StartError, match=rf"in use.*process {os.getpid()}"):
        Home(tmp_path).__enter__()
    with Home(tmp_path):
        pass


def test_a_file_in_its_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(StartError, match=r"can't be used .*set XT_DATA_DIR"):
        make_private_folder(tmp_path / "var")


def test_a_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    key = key_from(tmp_path, "api.key")
    assert len(key) >= 40
    assert key_from(tmp_path, "api.key") == key
    assert stat.S_IMODE((tmp_path / "api.key").stat().st_mode) == 0o600
    assert key_from(tmp_path, "secret.key") != key


def test_an_empty_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "api.key").touch()
    with pytest.raises(StartError, match="is empty; delete it"):
        key_from(tmp_path, "api.key")


def test_a_key_that_was_half_written_when_the_power_failed_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / ".api.key-draft").touch()
    assert len(key_from(tmp_path, "api.key")) >= 40


def test_of_two_that_make_the_key_at_once_both_have_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: key_from(tmp_path, "api.key"), range(8)))
    assert len(set(keys)) == 1
