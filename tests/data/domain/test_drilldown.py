from datetime import UTC, datetime, timedelta

from data.domain.drilldown import FineTrend, KindTrend, finer
from data.domain.views import TrendPoint, TrendSeries
from data.domain.words import DeviceKind

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def point(hour: int, minute: int = 0) -> TrendPoint:
    return TrendPoint(T0 + timedelta(hours=hour, minutes=minute), 2, 1, 3)


def hourly(value: str = "smoke_pct") -> KindTrend:
    points = tuple(point(hour) for hour in range(6))
    return KindTrend(DeviceKind.SMOKE, 2, TrendSeries(value, points, ()))


def fine(*points: TrendPoint) -> FineTrend:
    return FineTrend(DeviceKind.SMOKE, "smoke_pct", 3, points)


def test_ten_minutes_take_the_place_of_their_hours() -> None:
    (trend,) = finer([hourly()], [fine(point(4), point(4, 10), point(5))])
    assert trend.series.points == (
        *(point(hour) for hour in range(4)),
        point(4),
        point(4, 10),
        point(5),
    )
    assert (trend.series.fine_from, trend.devices) == (T0 + timedelta(hours=4), 3)


def test_an_hour_of_which_only_the_end_is_known_keeps_its_peak() -> None:
    (trend,) = finer([hourly()], [fine(point(4, 30), point(5))])
    assert trend.series.points[4:] == (point(4), point(4, 30), point(5))


def test_what_is_not_known_finer_stays_by_hours() -> None:
    other = hourly("battery_pct")
    assert finer([other], [fine(point(5))]) == (other,)
    assert other.series.fine_from is None
