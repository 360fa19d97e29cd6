from dataclasses import replace

import pytest

from data.domain.risk.verify import BASELINES, MODEL, ORACLE, Week
from data.domain.weekly import RiskWeek, Unforeseen
from layouts.shown import Shown
from layouts.week_risk import week_risk
from tests.layouts.week import AFTER, INSIDE, make_report
from tests.markup import bound, text

ZH, EN = Shown("zh", AFTER), Shown("en", AFTER)


def scored(model: tuple[float, ...], others: tuple[float, ...]) -> Week:
    hits = {name: dict.fromkeys(("5", "10", "20"), others) for name in (*BASELINES, ORACLE)}
    hits[MODEL] = dict.fromkeys(("5", "10", "20"), model)
    return Week(AFTER.date(), len(model), hits, 1.4, (), ())


def told(risk: RiskWeek | None, shown: Shown = ZH) -> str:
    return text(week_risk(replace(make_report(), risk=risk), shown))


def test_a_hit_and_a_miss_are_both_told() -> None:
    miss = Unforeseen(INSIDE, "沙塘社区", "Shatang Community", "学府路 12 号")
    nowhere = Unforeseen(INSIDE, "", "", None)
    risk = RiskWeek(INSIDE, True, True, scored((1.0, 0.0), (0.0, 0.0)), (miss, nowhere))
    found = told(risk)
    assert "11-18 12:00 封存，这一周还没有开始。" in found
    assert "共 2 起，预测为 1.4 起；风险最高的 10% 面积里发生了 1.0（50.0%）" in found
    assert "沙塘社区 · 学府路 12 号" in found
    assert "不在已知建筑处" in found
    assert "更准的是" not in found
    assert "数据不足" not in found
    assert "Shatang Community · 学府路 12 号" in told(risk, EN)


def test_a_baseline_that_was_better_is_named_and_marked() -> None:
    risk = RiskWeek(INSIDE, False, False, scored((0.0, 1.0), (1.0, 1.0)), ())
    found = told(risk)
    assert "这一周更准的是：只看历史次数、核密度 200 米、核密度 500 米。" in found
    assert "事后补算" in found
    assert "数据不足" in found
    assert "都在风险最高的 10% 面积里。" in found
    marked = bound(week_risk(replace(make_report(), risk=risk), ZH), "trend")
    assert marked.count("worse") == 3


@pytest.mark.parametrize(
    ("risk", "words"),
    [
        (None, "这一周没有风险预测。"),
        (RiskWeek(None), "被改动或损坏"),
        (RiskWeek(INSIDE, True, True), "这一周结束后再与实际发生的对照。"),
        (RiskWeek(INSIDE, True, True, scored((), ())), "谈不上对错；预测为 1.4 起。"),
    ],
)
def test_what_can_not_be_judged_says_why(risk: RiskWeek | None, words: str) -> None:
    assert words in told(risk)


def test_english_has_no_chinese_words_of_its_own() -> None:
    for risk in (
        RiskWeek(INSIDE, True, False, scored((0.0,), (1.0,))),
        RiskWeek(INSIDE, False, True),
        RiskWeek(None),
        None,
    ):
        assert not [one for one in told(risk, EN) if "\u4e00" <= one <= "\u9fff"]
