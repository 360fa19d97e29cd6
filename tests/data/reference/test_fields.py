import re
from pathlib import Path

import pytest

from data.domain.words import BuildingCategory, DeviceKind, FacilityKind
from data.reference.fields import (
    CATEGORY_WORDS,
    DEVICE_WORDS,
    FACILITY_WORDS,
    FIELDS,
    Layer,
    boolean,
    community_code,
    iso_date,
    match_columns,
    names,
    text,
    whole,
    word,
)

DOCUMENT = Path(__file__).parents[3] / "docs" / "official-data.md"


def test_every_word_of_the_domain_has_a_chinese_one() -> None:
    assert set(CATEGORY_WORDS.values()) == set(BuildingCategory)
    assert set(DEVICE_WORDS.values()) == set(DeviceKind)
    assert set(FACILITY_WORDS.values()) == set(FacilityKind)


def test_every_field_and_alias_is_documented() -> None:
    table = DOCUMENT.read_text(encoding="utf-8").partition("## Columns")[2].partition("\n## ")[0]
    said = set(re.split(r"[|,;\s*]+", table))
    for fields in FIELDS.values():
        for field in fields:
            assert {field.name, *field.aliases} <= said


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-11-22", "2026-11-22"),
        ("2026/1/2", "2026-01-02"),
        ("2026年1月2日", "2026-01-02"),
        ("2026-01-02 00:00:00", "2026-01-02"),
    ],
)
def test_dates(cell: str, expected: str) -> None:
    assert iso_date(cell) == expected


@pytest.mark.parametrize("cell", ["yesterday", "2026-13-01", "22.11.2026", "20261122"])
def test_bad_dates(cell: str) -> None:
    with pytest.raises(ValueError, match="is not a d"):
        iso_date(cell)


@pytest.mark.parametrize("cell", ["5.5", "five", "-1", "121", "nan", "inf", "1e99"])
def test_bad_whole_numbers(cell: str) -> None:
    with pytest.raises(ValueError, match="number"):
        whole(1, 120)(cell)


def test_words_booleans_and_lists() -> None:
    category = word(BuildingCategory, CATEGORY_WORDS)
    assert category("出租屋") is category("rental") is category("Rental") is BuildingCategory.RENTAL
    assert [boolean(cell) for cell in ("是", "TRUE", "有", "否", "0")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert names("沙塘、杏田; 杏坂") == ("沙塘", "杏田", "杏坂")
    assert whole(1, 120)("5.0") == 5


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (word(DeviceKind, DEVICE_WORDS), "微波炉"),
        (boolean, "maybe"),
        (community_code, "350582006001"),
        (text(3), "四个字的"),
    ],
)
def test_bad_cells_are_refused(read: object, cell: str) -> None:
    with pytest.raises(ValueError, match=r"unknown|neither|not a code|longer"):
        read(cell)  # type: ignore[operator]


def test_columns_are_found_by_name_alias_or_choice() -> None:
    columns = ("编号", "NAME", "名称", "单位地址")
    assert match_columns(Layer.BUILDINGS, columns, {"address": "单位地址"}) == {
        "id": "编号",
        "name": "NAME",
        "address": "单位地址",
    }


@pytest.mark.parametrize("chosen", [{"colour": "编号"}, {"name": "颜色"}])
def test_a_choice_must_exist(chosen: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"has no (field|column)"):
        match_columns(Layer.BUILDINGS, ("编号",), chosen)
