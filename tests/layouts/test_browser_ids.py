import re
from pathlib import Path
from types import ModuleType

from data.domain import rules, words
from layouts import ids

JS = Path(__file__).parents[2] / "assets" / "js" / "lib"


def python_ids(module: ModuleType) -> dict[str, str]:
    return {
        name: value
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }


def js_list(name: str) -> list[str]:
    source = (JS / "words.mjs").read_text()
    body = re.search(rf"export const {name} = \[(.*?)\]", source, re.DOTALL)
    assert body, name
    return re.findall(r'"(\w+)"', body[1])


def test_browser_knows_every_id_under_the_same_name():
    source = (JS / "ids.mjs").read_text()
    found = dict(re.findall(r'^export const (\w+) = "([^"]+)";', source, re.MULTILINE))
    assert found == python_ids(ids)


def test_kpi_ids_are_built_alike():
    source = (JS / "ids.mjs").read_text()
    assert "`kpi-${name}`" in source
    assert ids.kpi("fire") == "kpi-fire"


def test_vocabularies_travel_in_the_same_order():
    assert js_list("DEVICE_KINDS") == [kind.value for kind in words.DeviceKind]
    assert js_list("CATEGORIES") == [category.value for category in words.BuildingCategory]
    assert js_list("ALARM_KINDS") == [kind.value for kind in words.AlarmKind]
    assert js_list("FALSE_CAUSES") == [cause.value for cause in words.FalseCause]


def test_status_bytes_mean_the_same():
    source = (JS / "marks.mjs").read_text()
    names = re.findall(r'"(\w+)"', re.search(r"STATUS = \[(.*?)\]", source)[1])
    assert names == [status.name.lower() for status in words.Status]


def test_every_cause_has_words_in_the_browser():
    source = (JS / "words.mjs").read_text()
    body = re.search(r"causeWord = table\(\(\) => \(\{(.*?)\}\)\)", source, re.DOTALL)[1]
    assert set(re.findall(r"(\w+): t\(", body)) == rules.CAUSES
