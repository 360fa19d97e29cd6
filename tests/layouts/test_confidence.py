"""Every reason that the rules can write is said in both languages, in phrases and sentences."""

import re
from datetime import timedelta
from itertools import product

import pytest

from data.domain.incidents import MANUAL, Witness, confidence
from data.domain.words import DeviceKind
from layouts.confidence import confidence_sentence, confidence_text
from layouts.shown import Shown
from tests.cast import NOW

ZH, EN = Shown("zh", NOW), Shown("en", NOW)
WORDS = [*map(str, DeviceKind), MANUAL]
CHINESE = re.compile("[\u4e00-\u9fff]")


def written(kinds, seconds):
    """What the rules write of some devices, the last of them so many seconds after the first."""
    last = len(kinds) - 1
    return confidence(
        [
            Witness(
                f"d{number}",
                DeviceKind.SMOKE if kind == MANUAL else DeviceKind(kind),
                NOW + timedelta(seconds=seconds if number == last else 0, microseconds=number),
                manual=kind == MANUAL,
            )
            for number, kind in enumerate(kinds)
        ]
    )


@pytest.mark.parametrize("seconds", [0, 90, 1800])
@pytest.mark.parametrize("many", [2, 3])
def test_every_combination_is_said_in_words(many, seconds):
    for kinds in product(WORDS, repeat=many):
        reason = written(kinds, seconds)
        assert reason.count("+") == many - 1
        for say, shown in product((confidence_text, confidence_sentence), (ZH, EN)):
            said = say(reason, shown)
            assert reason.partition("/")[0] not in said
            assert bool(CHINESE.search(said)) is (shown is ZH)
            assert {0: "同时" in said, 90: "90" in said, 1800: "30" in said}[seconds] or (
                seconds == 0 and "at the same time" in said
            )


@pytest.mark.parametrize(
    ("reason", "zh", "en"),
    [
        (MANUAL, "可信度高：有人按下手动报警按钮。", "somebody pressed a manual call point"),
        ("", "只有一台设备报警，尚无其他设备佐证。", "One device alone"),
        ("gas+manual/30", "可信度高：30 秒内先后报警的有 可燃气体 + 手动报警按钮。", "within 30 s"),
        ("smoke+smoke/125", "可信度高：3 分钟内先后报警的有 独立感烟 ×2。", "Smoke ×2"),
        ("电话核实", "可信度高：电话核实。", "电话核实"),
    ],
)
def test_a_panel_says_it_in_a_sentence(reason, zh, en):
    assert confidence_sentence(reason, ZH) == zh
    assert en in confidence_sentence(reason, EN)


def test_a_list_says_it_in_a_few_words():
    assert confidence_text(MANUAL, ZH) == "手动报警按钮按下"
    assert confidence_text("", ZH) == ""
    assert confidence_text("heat+smoke+smoke/121", EN) == "Heat + Smoke ×2, within 3 min"
