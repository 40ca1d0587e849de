"""Comparing stores in a browser: from the regions into one, picking, peers, a shared link, both languages."""

import re

import pytest

from tests.browser.conftest import NewReader
from tests.browser.reading import Reading

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def answer(reader: Reading) -> str:
    return reader.page.locator(".sq-answer").first.inner_text()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_click_goes_from_the_regions_into_one_and_back_leads_out(new_reader: NewReader, language: str) -> None:
    reader = new_reader(language)
    start, told = reader.open("compare", needs_chart=True).address, answer(reader)
    reader.click_mark("sq_dots")
    assert "region=" in reader.address
    assert answer(reader) != told
    assert reader.back().address == start
    assert answer(reader) == told
    assert bool(CHINESE.search(told)) == (language == "zh")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_stores_are_picked_by_clicks_and_the_link_shows_the_same_to_others(
    new_reader: NewReader, language: str
) -> None:
    reader = new_reader(language).open("compare?level=store&click=pick&beside=funnel", needs_chart=True)
    reader.click_mark("sq_funnel", 3)
    reader.click_mark("sq_funnel", 11)
    picked = re.findall(r"units=([^&]*)", reader.address)[0]
    assert len(re.split("%2C|,", picked)) == 2
    other = new_reader(language).open(reader.address.lstrip("/"), needs_chart=True)
    assert answer(other) == answer(reader)
    assert other.part("sq_dots").locator(".barlayer .point").count() == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_store_is_found_by_typing_and_set_beside_its_peers(new_reader: NewReader, language: str) -> None:
    reader = new_reader(language).open("compare?level=store", needs_chart=True)
    field = reader.part("sq_units").locator("input").first
    reader.press(field)
    option = reader.page.locator("[role=option]").nth(2)
    option.wait_for()
    reader.press(option)
    reader.rest()
    assert "units=" in reader.address
    assert reader.marks("sq_dots").count() == 0, "one store alone is words"
    reader.press(reader.part("sq_peers").locator("button").first)
    reader.rest(needs_chart=True)
    assert "of=" in reader.address
    assert reader.part("sq_dots").locator(".barlayer .point").count() > 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_planner_answers_another_difference(new_reader: NewReader, language: str) -> None:
    reader = new_reader(language).open("compare?level=store&show=plan", needs_chart=True)
    before = reader.text()
    slider = reader.part("sq_see").locator("input[type=range]").first
    slider.focus()
    for _step in range(4):
        reader.page.keyboard.press("ArrowRight")
    reader.page.wait_for_timeout(400)
    reader.rest()
    assert "see=" in reader.address
    assert reader.text() != before


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", ["trends", "profile", "competitors", "plan"])
def test_no_view_is_wider_than_a_phone(new_reader: NewReader, language: str, view: str) -> None:
    reader = new_reader(language, viewport={"width": 390, "height": 844})
    reader.open(f"compare?level=store&show={view}", needs_chart=True)
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390


WHO_VISITED = {
    "en": ("Adjusted for shoppers", "Adjusted for who visited", "diamond: "),
    "zh": ("按暗访员调整", "按暗访员宽严调整后", "菱形："),
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_adjusted_scores_stand_beside_raw_ones_and_in_the_link(new_reader: NewReader, language: str) -> None:
    scale, told, key = WHO_VISITED[language]
    reader = new_reader(language).open("compare?level=store", needs_chart=True)
    captions = reader.page.locator(".sq-caption")
    assert any(told in text for text in captions.all_inner_texts())
    reader.press(reader.part("sq_scale").get_by_text(scale, exact=True))
    reader.rest(needs_chart=True)
    assert "scale=adjusted" in reader.address
    assert any(key in text for text in captions.all_inner_texts())
    assert reader.part("sq_dots").locator(".scatterlayer .trace").count() == 4, "raw, adjusted, texts, references"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_overview_is_set_against_the_target(new_reader: NewReader, language: str) -> None:
    reader = new_reader(language).open("overview?compare=target", needs_chart=True)
    assert {"en": "the target", "zh": "目标值"}[language] in answer(reader)
