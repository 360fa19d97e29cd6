import pytest

from data.domain.phones import mask_phone, may_see_phone
from data.domain.words import Role


@pytest.mark.parametrize("role", Role)
def test_only_who_calls_sees_a_number_whole(role: Role) -> None:
    assert may_see_phone(role) is (role in {Role.DUTY, Role.ADMIN})


def test_nobody_sees_none() -> None:
    assert not may_see_phone(None)


@pytest.mark.parametrize(
    ("whole", "masked"),
    [("13812341234", "138****1234"), ("85671234", "856*1234"), ("5671234", "******4"), ("", "")],
)
def test_the_ends_of_a_number_are_left(whole: str, masked: str) -> None:
    assert mask_phone(whole) == masked
