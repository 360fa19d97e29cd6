from pathlib import Path
from typing import Any

from data.feeds.simulated.routes import Where
from data.feeds.simulated.where import where_is
from data.home import API_KEY, GB26875_PORT
from data.settings import Settings


def settings(folder: Path, **more: Any) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **more)


def test_settings_tell_where(tmp_path: Path) -> None:
    (tmp_path / API_KEY).write_text("k" * 16)
    told = where_is(
        settings(tmp_path, host="0.0.0.0", port=8099, gb26875_port=5000)  # noqa: S104
    )
    assert told == Where("http://127.0.0.1:8099", "k" * 16, ("127.0.0.1", 5000))
    other = where_is(settings(tmp_path, host="::"), "http://town:1", "another")
    assert other == Where("http://town:1", "another")
    assert where_is(settings(tmp_path, host="::1")).url == "http://[::1]:8050"


def test_the_launcher_s_files_tell_the_rest(tmp_path: Path) -> None:
    assert where_is(settings(tmp_path)) == Where("http://127.0.0.1:8050", "")
    (tmp_path / API_KEY).write_text("key-in-a-file\n")
    (tmp_path / GB26875_PORT).write_text("8052")
    told = where_is(settings(tmp_path))
    assert (told.key, told.gb26875) == ("key-in-a-file", ("127.0.0.1", 8052))


def test_a_broker_comes_with_its_credentials(tmp_path: Path) -> None:
    told = where_is(
        settings(tmp_path, mqtt_url="mqtt://broker:1884", mqtt_user="u", mqtt_password="p")
    )
    assert told.broker is not None
    assert (told.broker.host, told.broker.port) == ("broker", 1884)
    assert (told.broker.user, told.broker.password) == ("u", "p")
