from pathlib import Path

import pytest

from data.errors import StartError
from data.settings import Settings, load_settings, unread_variables


@pytest.fixture(autouse=True)
def _nothing_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # no .env
    for name in Settings.model_fields:
        monkeypatch.delenv(f"XT_{name.upper()}", raising=False)


def test_the_database_is_sqlite_in_the_data_directory_unless_told() -> None:
    assert load_settings({}).sql_url == "sqlite:///var/xintang.db"
    assert Settings(database_url="postgresql+psycopg://x/y").sql_url == "postgresql+psycopg://x/y"


def test_what_is_wrong_is_said_without_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XT_DEMO_PASSWORD", "hunter2")
    with pytest.raises(StartError, match=r"XT_DEMO_PASSWORD .*10 to 200 characters") as caught:
        load_settings({})
    assert "hunter2" not in str(caught.value)


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XT_PORT", "")
    monkeypatch.setenv("XT_BASEMAP_MBTILES", "")
    assert load_settings({}).port == 8050
    assert load_settings({}).basemap_mbtiles is None


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("XT_PORT", "70000", "XT_PORT .*65535"),
        ("XT_PORT", "web", "XT_PORT .*integer"),
        ("XT_DEMO_DEVICES", "10", "XT_DEMO_DEVICES .*500"),
        ("XT_DATABASE_URL", "foo", "XT_DATABASE_URL 应为 sqlite:///.* / must be sqlite:///"),
        ("XT_DATABASE_URL", "mysql://u:hunter2@h/d", "XT_DATABASE_URL .*must be sqlite:///"),
        ("XT_DATABASE_URL", "postgresql://u:hunter2@h/d", r"postgresql\+psycopg://"),
        ("XT_DATABASE_URL", "postgresql+psycopg://h:port/d", "XT_DATABASE_URL .*must be"),
        ("XT_DEMO_PASSWORD", "hunter2", "XT_DEMO_PASSWORD 需要 10 .*/ must have 10 to 200"),
        ("XT_BASEMAP", "tianditu", "needs XT_TIANDITU_KEY"),
        ("XT_BASEMAP", "xyz", "needs XT_BASEMAP_XYZ_URL"),
        ("XT_BASEMAP", "mbtiles", "needs XT_BASEMAP_MBTILES"),
    ],
)
def test_a_wrong_value_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(StartError, match=sentence) as caught:
        load_settings({})
    assert "\n" not in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "Value error" not in str(caught.value)


def test_a_misspelt_variable_is_named_wherever_it_stands(tmp_path: Path) -> None:
    assert unread_variables({"XT_PROT": "1", "XT_PORT": "1", "PATH": ""}) == {"XT_PROT"}
    with pytest.raises(StartError, match="no setting XT_PROT"):
        load_settings({"XT_PROT": "1"})
    (tmp_path / ".env").write_text("XT_PROT=1\n")
    with pytest.raises(StartError, match="XT_PROT"):
        load_settings({})
