import pytest

from data.domain.phones import mask_phone


@pytest.mark.parametrize(
    ("whole", "masked"),
    [("13812341234", "138****1234"), ("85671234", "856*1234"), ("5671234", "******4"), ("", "")],
)
def test_the_ends_of_a_number_are_left(whole: str, masked: str) -> None:
    assert mask_phone(whole) == masked
