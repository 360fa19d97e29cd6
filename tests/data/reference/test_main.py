import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas
import pytest
from click.testing import Result
from sqlalchemy import func, select
from typer.testing import CliRunner

from data.reference.__main__ import app
from data.reference.load import FOLDER
from data.store.database import Database
from data.store.places import Building, Community, Device, Facility, WorkPoint
from tests.data.reference.conftest import BUILDING, HEADER

DOCUMENT = Path(__file__).parents[3] / "docs" / "official-data.md"
COMMAND = "python -m data.reference "

Run = Callable[[str], Result]


@pytest.fixture
def run(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line in a folder of its own, on a database with the reference data."""
    shutil.copy(loaded, tmp_path / "xintang.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XT_DATABASE_URL", "")
    monkeypatch.setenv("XT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return lambda line: CliRunner().invoke(app, shlex.split(line))


def count(tmp_path: Path, model: type) -> int:
    database = Database(f"sqlite:///{tmp_path / 'xintang.db'}")
    with database.reading() as session:
        found = session.scalar(select(func.count()).select_from(model))
    database.close()
    return found or 0


def write(tmp_path: Path, *lines: str) -> None:
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")


def test_an_import_says_crs_columns_and_counts(run: Run, tmp_path: Path) -> None:
    write(tmp_path, HEADER, BUILDING)
    result = run("import a.csv --layer buildings --crs gcj02")
    assert result.exit_code == 0
    assert (
        "1 行，坐标系 GCJ-02（--crs），存为 EPSG:4326 / 1 row, CRS GCJ-02 (from --crs)"
        in result.output
    )
    assert "id ← 编号, name ← 名称" in result.output
    assert "buildings：新增 1，更改 0，不变 0" in result.output
    assert " / 1 new, 0 changed, 0 unchanged" in result.output
    assert result.output.endswith("written\n")
    assert count(tmp_path, Building) == 1


def test_a_dry_run_says_so(run: Run, tmp_path: Path) -> None:
    write(tmp_path, HEADER, BUILDING)
    result = run("import a.csv --layer buildings --crs EPSG:4326 --dry-run")
    assert result.exit_code == 0
    assert "nothing written (--dry-run)" in result.output
    assert count(tmp_path, Building) == 0


def test_a_refusal_lists_rows_and_reasons(run: Run, tmp_path: Path) -> None:
    write(tmp_path, HEADER, BUILDING, BUILDING.replace("出租屋", "宫殿").replace("B1", "B2"))
    result = run("import a.csv --layer buildings --crs EPSG:4326")
    assert result.exit_code == 1
    assert re.search(r"3[ │]+B2[ │]+category: 不认识", result.output)
    assert "未导入：1 个问题，没有写入 / refused: 1 problem; nothing written" in result.output
    assert count(tmp_path, Building) == 0


def test_long_lists_are_cut_and_counted(run: Run, tmp_path: Path) -> None:
    rows = [BUILDING.replace("B1", f"B{i}") for i in range(60)]
    write(tmp_path, HEADER, *rows)
    assert (
        "… 另有 10 条 / and 10 more" in run("import a.csv --layer buildings --crs EPSG:4326").output
    )
    write(tmp_path, HEADER, *[row.replace("出租屋", "宫殿") for row in rows])
    output = run("import a.csv --layer buildings --crs EPSG:4326").output
    assert "60 个问题（另有 10 个未列出），没有写入 / refused: 60 problems (10 not shown)" in output


def test_an_unknown_crs_is_asked_for(run: Run, tmp_path: Path) -> None:
    write(tmp_path, HEADER, BUILDING)
    result = run("import a.csv --layer buildings")
    assert result.exit_code == 1
    assert "未导入 / refused: a.csv 没有写明坐标系" in result.output


def test_a_missing_database_is_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "xintang.db").unlink()
    write(tmp_path, HEADER, BUILDING)
    result = run("import a.csv --layer buildings --crs EPSG:4326")
    assert result.exit_code == 1
    assert "/ there is no database" in result.output
    assert not (tmp_path / "xintang.db").exists()


def test_a_wrong_setting_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XT_DATABASE_URL", "foo")
    result = run("import a.csv --layer buildings")
    assert result.exit_code == 1
    assert "XT_DATABASE_URL 应为 sqlite:///" in result.output


def test_a_bad_map_option_is_explained(run: Run, tmp_path: Path) -> None:
    write(tmp_path, HEADER, BUILDING)
    result = run("import a.csv --layer buildings --crs EPSG:4326 --map 编号")
    assert result.exit_code == 2
    assert "is not field=column" in result.output


def test_the_commands_of_the_document_work(run: Run, tmp_path: Path) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    for name, content in re.findall(r"```csv (\S+)\n(.*?)```", document, re.DOTALL):
        (tmp_path / name).write_text(content, encoding="utf-8")
    official_communities().to_file(tmp_path / "communities.gpkg")
    commands = [
        line.removeprefix(COMMAND)
        for block in re.findall(r"```sh\n(.*?)```", document, re.DOTALL)
        for line in block.splitlines()
    ]
    assert len(commands) == 7
    for command in commands:
        result = run(command)
        assert result.exit_code == 0, result.output
    found = {model: count(tmp_path, model) for model in (WorkPoint, Community, Building, Device)}
    assert found == {WorkPoint: 5, Community: 14, Building: 2, Device: 2}
    assert count(tmp_path, Facility) == 1


def official_communities() -> geopandas.GeoDataFrame:
    source = geopandas.read_file(FOLDER / "communities.geojson")
    columns = {
        "编码": source["code"],
        "名称": source["name"],
        "工作点": [
            "GZ1" if name in {"沙塘", "杏田", "杏坂"} else "B" for name in source["name_short"]
        ],
        "人口": source["population_assumed"],
        "户数": source["households_assumed"],
    }
    return geopandas.GeoDataFrame(columns, geometry=source.geometry, crs="EPSG:4326").to_crs(4549)
