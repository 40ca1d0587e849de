"""From a dimension or a unit to the drill, between the three surveys, and back."""

import pytest

from tests.browser.conftest import NewReader
from tests.browser.reading import Reading

WORDS = {
    "en": ("Employee index", "Internal service", "Beliefs"),
    "zh": ("员工满意度指数", "内部服务", "服务意识与认识"),
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_dimension_leads_into_the_drill_and_back(new_reader: NewReader, language: str) -> None:
    told, _, _ = WORDS[language]
    reader = new_reader(language).open("employees", needs_chart=True)
    answer = reader.page.locator(".sq-answer").first.inner_text()
    assert told in answer
    reader.click_mark("sq_staff_changes")
    assert reader.address.startswith("/explore?")
    assert "dimension=" in reader.address
    assert "metric=employee_index" in reader.address
    while reader.address.startswith("/explore"):
        reader.back()
    assert reader.page.locator(".sq-answer").first.inner_text() == answer


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_three_surveys_are_one_choice_apart_and_stand_in_the_address(new_reader: NewReader, language: str) -> None:
    _, internal, believed = WORDS[language]
    reader = new_reader(language).open("employees", needs_chart=True)
    reader.press(reader.part("sq_part").get_by_text(internal, exact=True))
    reader.rest(needs_chart=True)
    assert "part=internal" in reader.address
    answer = reader.page.locator(".sq-answer").first.inner_text()
    shared = reader.address.lstrip("/")
    fresh = new_reader(language).open(shared, needs_chart=True)
    assert fresh.page.locator(".sq-answer").first.inner_text() == answer
    reader.press(reader.part("sq_part").get_by_text(believed, exact=True))
    reader.rest(needs_chart=True)
    assert "part=beliefs" in reader.address
    assert reader.part("sq_beliefs_importance").count() == 1


def test_a_cell_of_the_matrix_opens_the_region_and_the_department(reader: Reading) -> None:
    reader.open("employees?part=internal", needs_chart=True)
    reader.click_mark("sq_matrix")
    assert reader.address.startswith("/explore?")
    assert "region=" in reader.address
    assert "department=" in reader.address


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("part", ["staff", "internal", "beliefs"])
def test_a_phone_gets_the_page_without_sideways_scrolling(new_reader: NewReader, language: str, part: str) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "user_agent": "Mozilla/5.0 (Linux; Android 15) Mobile Safari"}
    reader = new_reader(language, **phone).open(f"employees?part={part}", needs_chart=True)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_role_of_the_staff_leads_into_the_drill(new_reader: NewReader) -> None:
    reader = new_reader("zh").open("employees?part=beliefs&region=华中", needs_chart=True)
    reader.click_mark("sq_roles")
    assert reader.address.startswith("/explore?")
    assert "role=" in reader.address
    assert "metric=awareness_index" in reader.address


def test_an_item_of_audits_or_staff_carries_its_words_and_leads_into_the_drill(reader: Reading) -> None:
    reader.open("touchpoints", needs_chart=True)
    words = reader.part("sq_inside").locator(".textpoint").all_text_contents()
    assert any("I know the standard for greeting" in text for text in words)
    reader.click_mark("sq_inside")
    assert reader.address.startswith("/explore?")
    assert "item=" in reader.address
