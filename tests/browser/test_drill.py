"""Going into marks, coming back, and sending the address to somebody else."""

import shutil
from pathlib import Path

from tests.browser.conftest import NewReader
from tests.browser.reading import Reading
from tests.serving import Server, serving

RANKING = "sq_ranking"
STEPS = 4


def answer(reader: Reading) -> str:
    return reader.page.locator(".sq-answer").first.inner_text()


def test_four_clicks_go_down_and_four_times_back_leads_through_the_same_addresses(reader: Reading) -> None:
    addresses = [reader.open("explore", needs_chart=True).address]
    answers = [answer(reader)]
    for step in range(STEPS):
        reader.click_mark(RANKING)
        assert reader.address not in addresses, f"click {step + 1} led nowhere"
        addresses.append(reader.address)
        answers.append(answer(reader))
    assert len(set(answers)) == STEPS + 1, "every place and subject has its own answer"

    for address, told in zip(addresses[-2::-1], answers[-2::-1], strict=True):
        reader.back()
        assert reader.address == address
        assert answer(reader) == told


def test_clicking_the_same_mark_again_after_coming_back_goes_in_again(reader: Reading) -> None:
    start = reader.open("explore", needs_chart=True).address
    inside = reader.click_mark(RANKING).address
    assert reader.back().address == start
    assert reader.click_mark(RANKING).address == inside


def test_a_filter_makes_no_step_for_back(reader: Reading) -> None:
    start = reader.open("explore", needs_chart=True).address
    reader.click_mark(RANKING)
    inside = reader.address
    reader.choose("sq_compare", 1)
    assert reader.address != inside
    assert reader.back().address == start


def test_a_dot_of_the_course_goes_into_its_month_as_one_step(reader: Reading) -> None:
    start, told = reader.open("explore", needs_chart=True).address, answer(reader)
    reader.click_mark("sq_trend", 2)
    inside = reader.address
    assert "within=" in inside
    assert "A single month" in reader.text()
    assert "click a dot" not in reader.text()
    assert reader.back().address == start
    assert answer(reader) == told
    reader.click_mark("sq_trend", 2)
    assert reader.address == inside
    reader.press(reader.part("sq_chip_within").locator("button").first)
    assert "within=" not in reader.rest().address
    assert answer(reader) == told


def test_a_cell_of_the_map_leads_to_its_place_and_its_subject(reader: Reading) -> None:
    reader.open("explore", needs_chart=True)
    reader.click_mark("sq_map", 5)
    assert "region=" in reader.address
    assert any(f"{subject}=" in reader.address for subject in ("stage", "touchpoint", "dimension"))


def test_a_shared_link_shows_the_same_on_a_freshly_started_server(
    reader: Reading, new_reader: NewReader, server: Server, tmp_path: Path
) -> None:
    reader.open("explore", needs_chart=True)
    for _step in range(2):
        reader.click_mark(RANKING)
    shared_link, told = reader.address.lstrip("/"), answer(reader)

    shutil.copytree(server.folder, tmp_path / "data")
    with serving(tmp_path / "data", tmp_path / "log") as fresh:
        other = new_reader("en", at=fresh).open(shared_link, needs_chart=True)
        assert answer(other) == told
        assert other.address.lstrip("/") == shared_link
        assert other.page.get_by_test_id("stPageLink").count() >= 4, "the menu is ours, not Streamlit's"


def test_an_unknown_value_in_the_address_is_told_and_left_out(reader: Reading) -> None:
    reader.open("explore?region=Atlantis&metric=no_such_metric", needs_chart=True)
    assert "Atlantis" in reader.page.get_by_role("alert").first.inner_text()
    assert answer(reader)
