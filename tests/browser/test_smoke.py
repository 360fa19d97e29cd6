"""The shortest way through the application: sign in, see the map."""

import pytest
from playwright.sync_api import expect

from layouts import ids
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser


def test_a_duty_officer_signs_in_and_sees_the_map(open_page: OpenPage) -> None:
    page = open_page()
    expect(page).to_have_title("值班台 · 新塘街道智慧消防")
    expect(page.locator(f"#{ids.MAP}.leaflet-container")).to_be_visible()
    page.wait_for_function(
        "() => [...document.querySelectorAll('canvas')].some(c => c.width && c.height)"
    )


def test_a_stranger_sees_the_sign_in_page_only(open_page: OpenPage) -> None:
    page = open_page(user=None)
    expect(page).to_have_url("/login")
    expect(page.locator("input[name=password]")).to_be_visible()
