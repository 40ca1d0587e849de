"""Several people, several processes: nothing is lost, and the later one is told."""

import datetime as dt
import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect

from sq import workspace
from sq.workspace import Agenda, Conflict, Event, Slide, connection
from tests.workspace.postgres import new_database


@pytest.fixture
def note(folder: Path) -> Event:
    day = dt.date(2026, 3, 5)
    return workspace.add(folder, Event.of(level="store", place="S1", start=day, end=day, text="old"))


def test_the_later_one_is_told_and_sees_both_texts(folder: Path, note: Event) -> None:
    theirs = workspace.change(folder, note.but(text="theirs"))
    with pytest.raises(Conflict) as conflict:
        workspace.change(folder, note.but(text="mine", kind="training"))
    assert workspace.event(folder, note.id) == theirs
    assert conflict.value.told() == (
        "Somebody has changed this in the meantime; nothing was saved. "
        "Both texts are below: choose one, or put them together."
    )
    told = [(str(field), mine, now) for field, mine, now in conflict.value.differences()]
    assert told == [("Kind", "training", "note"), ("Text", "mine", "theirs")]


def test_who_insists_saves_on_top_of_the_other_text(folder: Path, note: Event) -> None:
    workspace.change(folder, note.but(text="theirs"))
    with pytest.raises(Conflict) as conflict:
        workspace.change(folder, note.but(text="mine"))
    saved = workspace.change(folder, conflict.value.insisted())
    assert (saved.id, saved.text, saved.version) == (note.id, "mine", 3)


def test_a_text_whose_place_was_deleted_can_be_saved_as_new(folder: Path, note: Event) -> None:
    workspace.remove(folder, note)
    with pytest.raises(Conflict, match="deleted this in the meantime") as conflict:
        workspace.change(folder, note.but(text="mine"))
    assert conflict.value.theirs is None
    again = workspace.add(folder, conflict.value.insisted())
    assert [(event.text, event.version) for event in workspace.events(folder)] == [("mine", 1)]
    assert again.id != note.id


def test_what_was_changed_is_not_deleted_unseen(folder: Path, note: Event) -> None:
    theirs = workspace.change(folder, note.but(text="theirs"))
    with pytest.raises(Conflict):
        workspace.remove(folder, note)
    assert workspace.events(folder) == [theirs]
    workspace.remove(folder, theirs)
    workspace.remove(folder, theirs)  # gone already: that is what was wanted
    assert workspace.events(folder) == []


def test_saving_the_same_twice_is_no_conflict(folder: Path, note: Event) -> None:
    once = workspace.change(folder, note.but(text="new"))
    assert workspace.change(folder, note.but(text="new")) == once


def test_of_many_editors_at_once_one_wins_and_all_others_are_told(folder: Path, note: Event) -> None:
    def edit(number: int) -> tuple[str, str]:
        try:
            return workspace.change(folder, note.but(text=f"text {number}")).text, ""
        except Conflict as conflict:
            return "", conflict.mine.text  # type: ignore[attr-defined]  # an event's

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(edit, range(16)))
    (saved,) = [text for text, _told in done if text]
    assert [event.text for event in workspace.events(folder)] == [saved]
    assert {saved, *(told for _text, told in done if told)} == {f"text {number}" for number in range(16)}


def test_slides_added_and_moved_at_once_are_all_there(folder: Path) -> None:
    agenda = workspace.add_agenda(folder, Agenda.of(title="a"), [Slide.of(kind="section", title="0")])
    first = workspace.slides(folder, agenda.id)[0]

    def act(number: int) -> None:
        workspace.add_slide(folder, agenda.id, Slide.of(kind="section", title=str(number)))
        workspace.move_slide(folder, first.id, number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(1, 13)))
    slides = workspace.slides(folder, agenda.id)
    assert sorted(int(slide.title) for slide in slides) == list(range(13))
    assert [slide.position for slide in slides] == list(range(13))


def _write(folder: Path, number: int) -> None:
    day = dt.date(2026, 1, 1)
    workspace.add(folder, Event.of(start=day, end=day, text=f"process {number}"))


def test_processes_that_start_at_once_make_the_tables_once(folder: Path) -> None:
    """Each of them finds no tables, or an empty database, and wants to write first."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write, args=(folder, number)) for number in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    assert sorted(event.text for event in workspace.events(folder)) == [f"process {n}" for n in range(4)]


def test_of_two_that_migrate_a_database_at_once_one_waits(postgresql: str) -> None:
    """Both have begun before either makes a table; without the lock the second would make them again."""
    engine = connection._engine(new_database(postgresql, "migrated_twice"))
    begun = threading.Barrier(2, timeout=20)

    def migrate(_number: int) -> bool:
        with engine.connect() as open_one, open_one.begin():
            open_one.exec_driver_sql("SET LOCAL statement_timeout = '20s'")  # a wait without end would be a failure too
            begun.wait()
            connection.upgrade(open_one)
            return inspect(open_one).has_table("slides")

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(migrate, range(2))) == [True, True]
    connection.close()
