"""A reader's own words in a real browser: a note appears on the course; a saved view is there tomorrow."""

import datetime as dt

from playwright.sync_api import Locator

from sq import workspace
from sq.workspace import Event
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
    before = len(workspace.events(server.folder))
    reader.press(reader.part("sq_happened_open").locator("summary"))
    reader.press(reader.part("sq_note_new").locator("button"))
    dialog = reader.page.get_by_role("dialog", name="Note or event")
    dialog.locator("textarea").fill("New <i>counters</i>")
    reader.press(dialog.get_by_role("button", name="Save"))
    dialog.wait_for(state="hidden")
    reader.rest()
    listed = reader.part("sq_notes").inner_text()
    assert "New <i>counters</i>" in listed
    assert "31 Dec 2025 · General note · Whole chain" in listed
    assert len(workspace.events(server.folder)) == before + 1


def test_a_dialog_that_was_left_stays_closed(new_reader: NewReader) -> None:
    reader = new_reader("en")
    reader.open("explore")
    reader.press(reader.part("sq_happened_open").locator("summary"))
    for _time in range(2):
        reader.press(reader.part("sq_note_new").locator("button"))
        dialog = reader.page.get_by_role("dialog", name="Note or event")
        dialog.wait_for()
        reader.page.keyboard.press("Escape")
        dialog.wait_for(state="hidden")
        reader.rest()
    reader.press(reader.part("sq_views").locator("button").first)
    assert reader.page.get_by_role("dialog", name="Note or event").count() == 0


def edit(reader: Reading, event_id: str) -> Locator:
    """Open the dialog of a note."""
    reader.open("explore?start=2025-03&end=2025-12", needs_chart=True)
    reader.press(reader.part("sq_happened_open").locator("summary"))
    reader.rest()
    reader.press(reader.part(f"sq_note_{event_id}").locator("button"))
    dialog = reader.page.get_by_role("dialog", name="Note or event")
    dialog.locator("textarea").wait_for()
    return dialog


def test_two_readers_edit_one_note_and_the_later_one_chooses(new_reader: NewReader, server: Server) -> None:
    day = dt.date(2025, 6, 2)
    note = workspace.add(server.folder, Event.of(start=day, end=day, text="first"))
    dialogs = [(one, edit(one, note.id)) for one in (new_reader("en"), new_reader("en"))]
    for (reader, dialog), text in zip(dialogs, ("of the first reader", "of the second reader"), strict=True):
        dialog.locator("textarea").fill(text)
        reader.press(dialog.get_by_role("button", name="Save"))
        reader.rest()
    second, dialog = dialogs[1]
    dialog.get_by_text("Somebody has changed this in the meantime").wait_for()
    assert "of the first reader" in dialog.inner_text()
    assert "of the second reader" in dialog.inner_text()
    assert workspace.event(server.folder, note.id).text == "of the first reader"
    second.press(dialog.get_by_role("button", name="Save yours"))
    dialog.wait_for(state="hidden")
    second.rest()
    assert workspace.event(server.folder, note.id).text == "of the second reader"

    dialog = edit(second, note.id)
    second.press(dialog.get_by_role("button", name="Delete"))
    second.press(second.page.get_by_role("button", name="Delete this for everybody"))
    dialog.wait_for(state="hidden")
    assert note.id not in [event.id for event in workspace.events(server.folder)]
