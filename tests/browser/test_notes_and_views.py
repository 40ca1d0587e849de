"""A reader's own words in a real browser: a note appears on the course; a saved view is there tomorrow."""

from pathlib import Path

from playwright.sync_api import Locator

from sq import workspace
from tests.browser.conftest import NewReader
from tests.browser.reading import Reading
from tests.serving import Server

HEADED = '[data-testid="stPopoverBody"]'


def views_of(reader: Reading) -> list[str]:
    reader.press(reader.part("sq_views").locator("button").first)
    reader.rest()
    return [name.strip() for name in links(reader).all_inner_texts()]


def links(reader: Reading) -> Locator:
    return reader.page.locator(f'{HEADED} [data-testid="stPageLink-NavLink"]').filter(visible=True)


def save_view(reader: Reading, title: str, button: str) -> None:
    reader.press(reader.part("sq_views").locator("button").first)
    reader.rest()
    reader.page.locator(f"{HEADED} input").fill(title)
    reader.press(reader.page.locator(f"{HEADED} .st-key-sq_view_save_{button} button"))
    reader.rest()


def test_a_saved_view_is_there_tomorrow_and_only_for_its_reader(new_reader: NewReader) -> None:
    reader = new_reader("zh")
    reader.open("explore?metric=nps&split=city")
    save_view(reader, "各城市 NPS", "mine")
    (cookie,) = [c for c in reader.context.cookies() if c["name"] == "sq_reader"]
    assert cookie["sameSite"] == "Lax"
    assert cookie["expires"] > 0  # outlives the browser
    reader.open("overview")  # a new session of the same browser
    assert views_of(reader) == ["各城市 NPS"]
    reader.press(links(reader).first)
    reader.page.wait_for_url("**/explore?*metric=nps*")
    assert "split=city" in reader.address
    assert views_of(new_reader("zh").open("overview")) == []


def test_a_note_is_written_in_the_dialog_and_stands_on_the_course(new_reader: NewReader, server: Server) -> None:
    reader = new_reader("en")
    reader.open("explore?start=2025-03&end=2025-12", needs_chart=True)
    before = len(workspace.events(Path(server.folder)))
    reader.press(reader.part("sq_happened_open").locator("summary"))
    reader.press(reader.part("sq_note_new").locator("button"))
    dialog = reader.page.get_by_role("dialog")
    dialog.locator("textarea").fill("New <i>counters</i>")
    reader.press(dialog.get_by_role("button", name="Save"))
    dialog.wait_for(state="hidden")
    reader.rest()
    listed = reader.part("sq_notes").inner_text()
    assert "New <i>counters</i>" in listed
    assert "31 Dec 2025 · General note · Whole chain" in listed
    assert len(workspace.events(Path(server.folder))) == before + 1


def test_a_dialog_that_was_left_stays_closed(new_reader: NewReader) -> None:
    reader = new_reader("en")
    reader.open("explore")
    reader.press(reader.part("sq_happened_open").locator("summary"))
    for _time in range(2):
        reader.press(reader.part("sq_note_new").locator("button"))
        dialog = reader.page.get_by_role("dialog")
        dialog.wait_for()
        reader.page.keyboard.press("Escape")
        dialog.wait_for(state="hidden")
        reader.rest()
    reader.press(reader.part("sq_views").locator("button").first)
    assert reader.page.get_by_role("dialog").filter(has_text="Note or event").count() == 0
