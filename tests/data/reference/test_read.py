import zipfile
from pathlib import Path

import geopandas
import numpy as np
import openpyxl
import pytest
from shapely import Point, box

from data.reference.errors import ImportRefusedError
from data.reference.fields import Layer
from data.reference.read import Source, Table, read_table
from data.reference.records import parse
from geo.crs import to_metric

LON, LAT = 118.6, 24.788


def frame(crs: str = "EPSG:4326") -> geopandas.GeoDataFrame:
    columns = {"name": ["沙塘路1号", "沙塘路3号"], "storeys": [5, None]}
    points = [Point(LON, LAT), Point(LON + 0.001, LAT)]
    return geopandas.GeoDataFrame(columns, geometry=points, crs="EPSG:4326").to_crs(crs)


def check(table: Table, crs: str, expected: np.ndarray | None = None) -> None:
    assert [row["name"] for row in table.rows] == ["沙塘路1号", "沙塘路3号"]
    assert [row["storeys"] for row in table.rows] == ["5", ""]
    assert table.crs == crs
    assert table.numbers == (1, 2)
    place = np.array([[LON, LAT]]) if expected is None else expected
    np.testing.assert_allclose(table.geometries[0].coords[0], place[0], rtol=1e-9)  # type: ignore[union-attr]


def test_geopackage(tmp_path: Path) -> None:
    frame("EPSG:4549").to_file(tmp_path / "a.gpkg", layer="buildings")
    table = read_table(Source(tmp_path / "a.gpkg"))
    check(table, "EPSG:4549", to_metric(np.array([[LON, LAT]])))
    assert table.crs_from == "文件 / the file"


def test_shapefile_and_zipped_shapefile(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.shp", encoding="utf-8")
    check(read_table(Source(tmp_path / "a.shp")), "EPSG:4326")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for path in tmp_path.glob("a.*"):
            archive.write(path, path.name)
    check(read_table(Source(tmp_path / "b.zip")), "EPSG:4326")


def test_shapefile_in_a_chinese_encoding(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.shp", encoding="gb18030")
    (tmp_path / "a.cpg").unlink()
    check(read_table(Source(tmp_path / "a.shp", encoding="gb18030")), "EPSG:4326")


def test_shapefile_without_projection_is_refused(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.shp", encoding="utf-8")
    (tmp_path / "a.prj").unlink()
    with pytest.raises(
        ImportRefusedError, match="does not say in which coordinate reference system"
    ):
        read_table(Source(tmp_path / "a.shp"))
    check(read_table(Source(tmp_path / "a.shp", crs="EPSG:4326")), "EPSG:4326")


def test_geojson_is_epsg_4326_unless_said_otherwise(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.geojson")
    check(read_table(Source(tmp_path / "a.geojson")), "EPSG:4326")
    table = read_table(Source(tmp_path / "a.geojson", crs="gcj02"))
    check(table, "GCJ-02")
    assert table.crs_from == "--crs；文件写明 / the file says EPSG:4326"


def test_kml(tmp_path: Path) -> None:
    (tmp_path / "a.kml").write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>沙塘路1号</name>'
        '<ExtendedData><Data name="storeys"><value>5</value></Data></ExtendedData>'
        f"<Point><coordinates>{LON},{LAT},12</coordinates></Point></Placemark></Document></kml>",
        encoding="utf-8",
    )
    table = read_table(Source(tmp_path / "a.kml"))
    assert table.rows[0]["Name"] == "沙塘路1号"
    assert table.rows[0]["storeys"] == "5"
    assert table.crs == "EPSG:4326"
    assert table.geometries[0].coords[0] == (LON, LAT)  # type: ignore[union-attr]


def test_kml_of_an_office_is_read_by_its_own_columns(tmp_path: Path) -> None:
    data = "".join(
        f'<Data name="{name}"><value>{value}</value></Data>'
        for name, value in (("编号", "XHS001"), ("名称", "沙塘路消火栓"), ("类型", "消火栓"))
    )
    (tmp_path / "a.kml").write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark id="ID_00017">'
        f"<name>17</name><ExtendedData>{data}</ExtendedData>"
        f"<Point><coordinates>{LON},{LAT}</coordinates></Point></Placemark></Document></kml>",
        encoding="utf-8",
    )
    table = read_table(Source(tmp_path / "a.kml"))
    (record,) = parse(Layer.FACILITIES, table, {}).records
    assert (record.id, record.values["name"]) == ("XHS001", "沙塘路消火栓")
    chosen = parse(Layer.FACILITIES, table, {"name": "Name"}).records
    assert chosen[0].values["name"] == "17"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv(tmp_path: Path, encoding: str) -> None:
    lines = f"name,storeys,经度,纬度\n沙塘路1号,5,{LON},{LAT}\n,,,\n沙塘路3号,,,\n"
    (tmp_path / "a.csv").write_bytes(lines.encode(encoding))
    table = read_table(Source(tmp_path / "a.csv", crs="EPSG:4326"))
    assert table.rows[0] == {
        "name": "沙塘路1号",
        "storeys": "5",
        "经度": str(LON),
        "纬度": str(LAT),
    }
    assert table.numbers == (2, 4)
    assert table.geometries == (Point(LON, LAT), None)


def test_csv_with_polygons_as_wkt(tmp_path: Path) -> None:
    square = box(118.6, 24.7, 118.7, 24.8)
    (tmp_path / "a.csv").write_text(f'id,wkt\n1,"{square.wkt}"\n2,POLYGON ((\n', encoding="utf-8")
    table = read_table(Source(tmp_path / "a.csv", crs="EPSG:4326"))
    assert table.geometries == (square, None)
    assert [(problem.row, problem.reason) for problem in table.problems] == [
        (3, "POLYGON (( 不是 WKT 几何 / 'POLYGON ((' is no WKT geometry")
    ]


def test_xlsx(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["name", "storeys", "code", "X", "Y"])
    sheet.append(["沙塘路1号", 5, 350582005001, LAT, LON])
    book.save(tmp_path / "a.xlsx")
    source = Source(tmp_path / "a.xlsx", crs="EPSG:4326", lon="Y", lat="X", sheet="Sheet")
    table = read_table(source)
    assert table.rows[0]["storeys"] == "5"
    assert table.rows[0]["code"] == "350582005001"
    assert table.geometries == (Point(LON, LAT),)


@pytest.mark.parametrize("cells", ["east,24.7", "118.6,", "nan,24.7", "118.6,inf"])
def test_coordinates_that_are_no_numbers_are_reported(tmp_path: Path, cells: str) -> None:
    (tmp_path / "a.csv").write_text(f"id,lon,lat\n1,{cells}\n", encoding="utf-8")
    table = read_table(Source(tmp_path / "a.csv", crs="EPSG:4326"))
    assert table.geometries == (None,)
    assert "number" in table.problems[0].reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"id,id\n", "same name"),
        ("a.csv", b"id\n1,2\n", "line 2 has more cells"),
        ("a.csv", b"\xff\xff\xff", "no text in UTF-8 or GB18030"),
        ("a.xlsx", b"no workbook", "no readable XLSX"),
        ("a.gpkg", b"no database", "can't be read"),
        ("a.docx", b"", "unknown format"),
        ("a.zip", b"no archive", "can't be read"),
    ],
)
def test_files_that_can_not_be_read_say_why(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportRefusedError, match=reason):
        read_table(Source(tmp_path / name, crs="EPSG:4326"))


def test_absent_files_sheets_and_columns_say_so(tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError, match="there is no file"):
        read_table(Source(tmp_path / "a.csv", crs="EPSG:4326"))
    (tmp_path / "a.csv").write_text("id,lon,lat\n", encoding="utf-8")
    with pytest.raises(ImportRefusedError, match="does not say in which"):
        read_table(Source(tmp_path / "a.csv"))
    with pytest.raises(ImportRefusedError, match="no column 'east'"):
        read_table(Source(tmp_path / "a.csv", crs="EPSG:4326", lon="east"))
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(ImportRefusedError, match="no sheet 'B'"):
        read_table(Source(tmp_path / "a.xlsx", crs="EPSG:4326", sheet="B"))


def test_one_of_several_layers_must_be_chosen(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.gpkg", layer="one")
    frame().to_file(tmp_path / "a.gpkg", layer="two")
    with pytest.raises(ImportRefusedError, match="one, two; choose one with --sheet"):
        read_table(Source(tmp_path / "a.gpkg"))
    check(read_table(Source(tmp_path / "a.gpkg", sheet="two")), "EPSG:4326")
