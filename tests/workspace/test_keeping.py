"""What readers write down is kept as they wrote it, in its order, within limits; on SQLite and on PostgreSQL."""

import datetime as dt
from pathlib import Path

import pytest

from sq import workspace
from sq.errors import WorkspaceError
from sq.workspace import Agenda, Event, Slide, View, storing

DAY = dt.date(2026, 3, 5)


def section(title: str) -> Slide:
    return Slide.of(kind="section", title=title)


def titles(folder: Path, agenda: Agenda) -> list[str]:
    return [slide.title for slide in workspace.slides(folder, agenda.id)]


@pytest.fixture
def meeting(folder: Path) -> Agenda:
    """An agenda with the slides a, b, c."""
    return workspace.add_agenda(folder, Agenda.of(title="三月例会"), [section(name) for name in "abc"])


def test_before_anything_is_written_there_is_nothing(folder: Path) -> None:
    assert workspace.agendas(folder) == workspace.events(folder) == workspace.views(folder) == []
    assert workspace.slide_counts(folder) == {}
    assert workspace.showing(folder, "0" * 16) is None
    assert workspace.option(folder, "theme", default="light") == "light"


def test_an_agenda_comes_back_as_it_was_stored(folder: Path, meeting: Agenda) -> None:
    assert workspace.agendas(folder) == [meeting]
    assert workspace.agenda(folder, meeting.id) == meeting
    assert (meeting.version, meeting.title, meeting.snapshot) == (1, "三月例会", "")
    assert abs(meeting.changed_at - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=60)
    assert titles(folder, meeting) == ["a", "b", "c"]
    assert workspace.slide_counts(folder) == {meeting.id: 3}


def test_the_agenda_changed_last_comes_first(folder: Path, meeting: Agenda) -> None:
    second = workspace.add_agenda(folder, Agenda.of(title="second"))
    assert [a.id for a in workspace.agendas(folder)] == [second.id, meeting.id]
    workspace.change(folder, meeting.but(title="三月例会（改）"))
    assert [a.id for a in workspace.agendas(folder)] == [meeting.id, second.id]


@pytest.mark.parametrize(
    ("who", "to", "expected"),
    [("c", 0, "cab"), ("a", 1, "bac"), ("a", 2, "bca"), ("a", 99, "bca"), ("b", -5, "bac"), ("b", 1, "abc")],
)
def test_a_slide_moves_and_the_others_keep_their_order(
    folder: Path, meeting: Agenda, who: str, to: int, expected: str
) -> None:
    moved = next(slide for slide in workspace.slides(folder, meeting.id) if slide.title == who)
    workspace.move_slide(folder, moved.id, to)
    assert "".join(titles(folder, meeting)) == expected
    assert [slide.position for slide in workspace.slides(folder, meeting.id)] == [0, 1, 2]


def test_a_slide_is_added_at_the_end_or_where_it_shall_stand(folder: Path, meeting: Agenda) -> None:
    workspace.add_slide(folder, meeting.id, section("end"))
    workspace.add_slide(folder, meeting.id, section("start"), 0)
    assert titles(folder, meeting) == ["start", "a", "b", "c", "end"]


def test_a_copy_of_an_agenda_has_slides_of_its_own(folder: Path, meeting: Agenda) -> None:
    copy = workspace.duplicate_agenda(folder, meeting.id, "四月例会")
    first = workspace.slides(folder, copy.id)[0]
    workspace.change(folder, first.but(title="changed"))
    assert titles(folder, copy) == ["changed", "b", "c"]
    assert titles(folder, meeting) == ["a", "b", "c"]


def test_with_an_agenda_go_its_slides_and_what_is_shown(folder: Path, meeting: Agenda) -> None:
    slide = workspace.slides(folder, meeting.id)[1]
    workspace.show(folder, meeting.id, slide.id, "explore", "metric=nps")
    workspace.remove(folder, meeting)
    assert workspace.slides(folder, meeting.id) == []
    assert workspace.showing(folder, meeting.id) is None
    for lost in (lambda: workspace.agenda(folder, meeting.id), lambda: workspace.slide(folder, slide.id)):
        with pytest.raises(WorkspaceError, match="does not exist any more"):
            lost()
    with pytest.raises(WorkspaceError, match="does not exist any more"):
        workspace.add_slide(folder, meeting.id, section("late"))


def test_the_meeting_follows_the_last_word(folder: Path, meeting: Agenda) -> None:
    first, second, _third = workspace.slides(folder, meeting.id)
    workspace.show(folder, meeting.id, first.id)
    workspace.show(folder, meeting.id, second.id, "explore", {"region": "华北", "metric": "nps"})
    shown = workspace.showing(folder, meeting.id)
    assert shown is not None
    assert (shown.slide, shown.page, shown.query) == (second.id, "explore", "region=%E5%8D%8E%E5%8C%97&metric=nps")


def test_events_are_found_by_the_days_they_touch_and_the_places_asked_for(folder: Path) -> None:
    def event(text: str, start: int, end: int, level: str = "store", place: str = "S1") -> None:
        days = {"start": dt.date(2026, 3, start), "end": dt.date(2026, 3, end)}
        workspace.add(folder, Event.of(kind="campaign", level=level, place=place, text=text, **days))

    event("early", 1, 4)
    event("long", 2, 20)
    event("late", 11, 12, "chain", "")

    def told(start: int, end: int, places: list[tuple[str, str]] | None = None) -> list[str]:
        days = dt.date(2026, 3, start), dt.date(2026, 3, end)
        return [event.text for event in workspace.events(folder, *days, places)]

    assert told(5, 10) == ["long"]
    assert told(4, 11) == ["late", "long", "early"]  # newest beginning first
    assert told(1, 31, [("store", "S1")]) == ["long", "early"]
    assert told(1, 31, [("chain", "")]) == ["late"]
    assert told(1, 31, []) == []
    assert len(workspace.events(folder)) == 3


def test_views_are_ones_own_or_everybodys(folder: Path) -> None:
    mine, other = workspace.new_key(), workspace.new_key()
    view = workspace.add(folder, View.of(owner=mine, title="b 华北", page="explore", query="region=华北&metric=nps"))
    workspace.add(folder, View.of(owner=mine, title="A", page="store"))
    workspace.add(folder, View.of(owner=other, title="other", page="store"))
    assert [v.title for v in workspace.views(folder, mine)] == ["A", "b 华北"]
    assert workspace.views(folder) == []
    workspace.change(folder, view.but(owner=""))
    assert [v.parameters for v in workspace.views(folder)] == [{"region": "华北", "metric": "nps"}]
    assert [v.title for v in workspace.views(folder, mine)] == ["A"]


def test_small_settings_are_remembered_for_one_or_for_all(folder: Path) -> None:
    workspace.put_option(folder, "agenda", {"id": "x", "n": [1, 2]})
    workspace.put_option(folder, "agenda", "mine", owner="ab" * 16)
    assert workspace.option(folder, "agenda") == {"id": "x", "n": [1, 2]}
    assert workspace.option(folder, "agenda", "ab" * 16) == "mine"
    workspace.put_option(folder, "agenda", None)
    assert workspace.option(folder, "agenda", default=0) == 0
    with pytest.raises(WorkspaceError, match="too long"):
        workspace.put_option(folder, "agenda", "x" * 10_000)


HOSTILE = (
    "'; DROP TABLE slides; --",
    "<script>alert(1)</script>",
    "{braces} %s %(x)s \\ \" ' `",
    "=cmd|'/c calc'!A1",
    "😀👨‍👩‍👧 é 汉字 ﷽",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_kept_as_it_is(folder: Path, meeting: Agenda, text: str) -> None:
    slide = Slide.of(kind="text", title=text, sentence=f"{text}\n{text}", note=text, query={"region": text})
    stored = workspace.add_slide(folder, meeting.id, slide)
    read = workspace.slide(folder, stored.id)
    assert (read.title, read.sentence, read.note) == (text, f"{text}\n{text}", text)
    assert read.parameters == {"region": text}


def test_what_no_text_should_hold_is_taken_out(folder: Path, meeting: Agenda) -> None:
    raw = "a\x00b\x1b[31m\u202ec\ud800d\r\ne\u0085  f"
    slide = Slide.of(kind="text", title=raw, sentence=raw, query={"re\x00gion": "x\x00\ny"})
    stored = workspace.slide(folder, workspace.add_slide(folder, meeting.id, slide).id)
    assert stored.title == "ab[31mcd e f"
    assert stored.sentence == "ab[31mcd\ne  f"
    assert stored.parameters == {"region": "x y"}


DAYS = {"start": DAY, "end": DAY}


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        (Agenda, {"title": "x" * 201}, "“Title” is too long; 200 characters fit. Shorten it, then save again."),
        (Agenda, {"title": " \u200e\n"}, "“Title” is empty."),
        (Agenda, {"title": "x", "snapshot": "../../etc"}, "“Snapshot” cannot be this."),
        (Slide, {"title": "x", "kind": "view"}, "“Page” cannot be this."),
        (Slide, {"title": "x", "page": "../data"}, "“Page” cannot be this."),
        (Slide, {"title": "x", "page": "explore", "note": "n" * 10_001}, "“Speaker note” is too long; 10,000"),
        (Slide, {"title": "x", "page": "explore", "query": {"region": "x" * 4_000}}, "“Address” is too long; 4,000"),
        (Slide, {"title": "x", "kind": "movie"}, "“Kind” cannot be this."),
        (Event, {"text": "", **DAYS}, "“Text” is empty."),
        (Event, {"text": "t", "kind": "party", **DAYS}, "“Kind” cannot be this."),
        (Event, {"text": "t", "level": "store", **DAYS}, "“Place” cannot be this."),
        (Event, {"text": "t", "place": "S1", **DAYS}, "“Place” cannot be this."),
        (Event, {"text": "t", "start": DAY, "end": DAY - dt.timedelta(1)}, "The last day lies before the first one"),
        (Event, {"text": "t", "start": DAY, "end": dt.date(9999, 1, 1)}, "The last day lies before the first one"),
        (View, {"title": "t", "page": "store", "owner": "me"}, "“Owner” cannot be this."),
        (View, {"title": "t"}, "“Page” is empty."),
    ],
)
def test_what_cannot_be_kept_is_told(kind: type[Agenda], values: dict[str, object], said: str) -> None:
    with pytest.raises(WorkspaceError) as refused:
        kind.of(**values)
    assert refused.value.told().startswith(said)


def test_more_than_anybody_keeps_in_order_is_refused(
    folder: Path, meeting: Agenda, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(storing.MOST, Slide, 4)
    workspace.add_slide(folder, meeting.id, section("d"))
    with pytest.raises(WorkspaceError, match="There are 4 already"):
        workspace.add_slide(folder, meeting.id, section("e"))
    workspace.add_agenda(folder, Agenda.of(title="another"), [section("f")])  # each agenda has room of its own
    assert titles(folder, meeting) == ["a", "b", "c", "d"]


def test_a_refused_agenda_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(storing.MOST, Slide, 2)
    with pytest.raises(WorkspaceError):
        workspace.add_agenda(folder, Agenda.of(title="long"), [section(name) for name in "abc"])
    assert workspace.agendas(folder) == []
    assert workspace.slide_counts(folder) == {}
