import pytest

from data.reference.errors import ImportRefusedError
from data.reference.kml import with_plain_names


def test_every_name_gets_a_plain_one_and_equal_names_the_same() -> None:
    content = (
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>层</name>'
        '<Data name="编号"/><SimpleData name="名称"/><Data name="编号"/></Folder></Document></kml>'
    )
    written, own = with_plain_names(content.encode())
    assert own == {"xt0": "编号", "xt1": "名称"}
    assert written.decode() == content.replace("编号", "xt0").replace("名称", "xt1").replace(
        '"/>', '" />'
    )


def test_a_file_that_is_no_xml_is_refused() -> None:
    with pytest.raises(ImportRefusedError, match="the KML file can't be read"):
        with_plain_names(b"PK\x03\x04")
