from datetime import date

from data.demo.programme import TASKS, programme_rows


def test_tasks_move_on_with_the_days() -> None:
    earlier, later = programme_rows(date(2025, 7, 1)), programme_rows(date(2026, 11, 22))
    assert len(later) == len(TASKS) >= 15
    for before, after in zip(earlier, later, strict=True):
        assert before["progress_pct"] <= after["progress_pct"]
        assert (after["progress_pct"] == 100) == (after["done_on"] is not None)
        assert after["done_on"] is None or after["done_on"] <= date(2026, 11, 22)
    assert any(row["done_on"] is None and row["due"] < date(2026, 11, 22) for row in later)
    assert all(date(2025, 1, 1) < row["due"] < date(2028, 1, 1) for row in later)
