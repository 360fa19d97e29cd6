import pytest

from data.domain.errors import MisfitError
from data.domain.registration import check_part, check_transmitter, kind_of_part
from data.domain.words import DeviceKind


@pytest.mark.parametrize(
    ("part_type", "kind"),
    [
        (None, DeviceKind.SMOKE),
        (23, DeviceKind.SMOKE),
        (10, DeviceKind.GAS),
        (17, DeviceKind.ELECTRICAL),
        (30, DeviceKind.HEAT),
        (42, DeviceKind.SMOKE),
        (255, DeviceKind.SMOKE),
    ],
)
def test_the_type_of_a_part_suggests_its_kind(part_type, kind):
    assert kind_of_part(part_type) is kind


def test_a_transmitter_is_a_device_of_that_kind_and_no_other_one():
    check_transmitter("T1", DeviceKind.TRANSMITTER, None)
    with pytest.raises(MisfitError, match="is a smoke"):
        check_transmitter("S0", DeviceKind.SMOKE, None)
    with pytest.raises(MisfitError, match="is transmitter 5 already"):
        check_transmitter("T1", DeviceKind.TRANSMITTER, 5)


def test_a_part_is_anything_but_a_transmitter():
    check_part("S0", DeviceKind.SMOKE)
    with pytest.raises(MisfitError, match="can't be a part"):
        check_part("T1", DeviceKind.TRANSMITTER)
