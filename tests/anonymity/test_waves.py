"""Waves: closed, published, published again or held back; the ledger remembers every version."""

import datetime as dt
from pathlib import Path

import pytest

import sq.publish as publishing
from sq.anonymity import close_wave
from sq.errors import IntakeError, SnapshotError, UnknownName
from sq.intake import load, open_intake, withdraw
from sq.language import speaking
from sq.publish import publish, rollback
from sq.warehouse import current_snapshot
from tests.anonymity.surveying import ENDS, TODAY, Intake, Person, Shown, crowd, dimension, item, spread, survey
from tests.conftest import sq
from tests.small_chain import small_frames

VALUES = [2, 3, 4, 2, 3, 4, 3, 2, 4]


def people() -> list[Person]:
    """Three stores of nine and one of six; 100 and 0 occur nowhere."""
    return [*spread("S1", VALUES), *spread("S2", VALUES), *spread("S4", VALUES), *spread("S5", VALUES[:6])]


def late(place: str, count: int, name: str = "L") -> list[Person]:
    return [{**p, "response_id": f"{name}{i}"} for i, p in enumerate(spread(place, VALUES[:count]))]


@pytest.fixture
def intake(tmp_path: Path) -> Intake:
    return Intake(tmp_path)


def state(shown: Shown) -> tuple[str, int, int]:
    """The wave's state, what waits, and the answers of the chain that show."""
    return shown.wave["state"], shown.wave["waiting"], shown.cell()["n"]


def test_publishing_the_same_again_makes_no_version(intake: Intake) -> None:
    first, second = (intake.publish(survey(people())) for _ in range(2))
    assert first["cells"].equals(second["cells"])
    assert intake.rows("SELECT count(*) FROM ledger_versions") == [(1,)]
    assert second.wave["first_published"] == second.wave["last_published"]


@pytest.mark.parametrize("count", [1, 4])
def test_fewer_than_five_late_answers_wait(intake: Intake, count: int) -> None:
    first = intake.publish(survey(people()))
    second = intake.publish(survey([*people(), *late("S1", count)]))
    assert state(second) == ("waiting", count, 33)
    assert first["cells"].equals(second["cells"])
    assert second.cell("S1")["n"] == 9


def test_five_late_answers_of_one_store_are_published(intake: Intake) -> None:
    intake.publish(survey(people()))
    second = intake.publish(survey([*people(), *late("S1", 5)]))
    assert state(second) == ("published", 0, 38)
    assert second.cell("S1")["n"] == 14


def test_five_late_answers_of_two_stores_wait_for_more(intake: Intake) -> None:
    intake.publish(survey(people()))
    some = [*late("S1", 3), *late("S4", 2, "M")]
    assert state(intake.publish(survey([*people(), *some]))) == ("waiting", 5, 33)
    more = [*late("S1", 5), *late("S4", 5, "M")]
    assert state(intake.publish(survey([*people(), *more]))) == ("published", 0, 43)


def test_late_answers_wait_when_one_question_changes_by_few(intake: Intake) -> None:
    items = [item("E1"), item("E2", role="overall")]
    both = [{**p, "answers": {"E1": p["answers"]["E1"], "E2": p["answers"]["E1"]}} for p in people()]
    intake.publish(survey(both, items))
    some = [{**p, "answers": {"E1": 3, "E2": 3 if i < 2 else None}} for i, p in enumerate(late("S1", 6))]
    assert state(intake.publish(survey([*both, *some], items))) == ("waiting", 6, 33)


def test_late_answers_that_are_all_alike_wait_although_they_are_enough(intake: Intake) -> None:
    intake.publish(survey(people()))
    alike = [{**p, "response_id": f"L{i}"} for i, p in enumerate(crowd("S1", 6, 5))]
    assert state(intake.publish(survey([*people(), *alike]))) == ("waiting", 6, 33)


def test_three_changed_answers_wait_and_five_are_published(intake: Intake) -> None:
    intake.publish(survey(people()))

    def changed(count: int) -> list[Person]:
        return [
            {**p, "answers": {"E1": 5 - p["answers"]["E1"] % 4}} if i < count else p for i, p in enumerate(people())
        ]

    assert state(intake.publish(survey(changed(3)))) == ("waiting", 3, 33)
    assert state(intake.publish(survey(changed(5)))) == ("published", 0, 33)


def test_one_person_who_left_waits_and_a_withdrawn_store_is_published(intake: Intake) -> None:
    named = [{"response_id": f"P{i:02}", **p} for i, p in enumerate(people())]
    intake.publish(survey(named))
    assert state(intake.publish(survey(named[1:]))) == ("waiting", 1, 33)
    second = intake.publish(survey(named[9:]))
    assert state(second) == ("published", 0, 24)
    assert second.cell("S1")["hidden"] == "few"


def test_every_earlier_version_counts_not_the_last_alone(intake: Intake) -> None:
    named = [{"response_id": f"P{i:02}", **p} for i, p in enumerate(people())]
    intake.publish(survey(named))
    more = [*named, *late("S1", 6)]
    assert state(intake.publish(survey(more))) == ("published", 0, 39)
    # against the second version seven people went, against the first only one
    assert state(intake.publish(survey(named[1:]))) == ("waiting", 7, 39)
    assert state(intake.publish(survey(named))) == ("published", 0, 33)  # the first again tells nothing new


def test_an_answer_taken_back_after_waiting_leaves_the_wave_as_published(intake: Intake) -> None:
    first = intake.publish(survey(people()))
    intake.publish(survey([*people(), *late("S1", 2)]))
    third = intake.publish(survey(people()))
    assert state(third) == ("published", 0, 33)
    assert third["cells"].equals(first["cells"])


def test_a_store_too_small_that_changes_region_does_not_appear_between_two_versions(intake: Intake) -> None:
    places = {"S1": ("North", None), "S2": ("North", None), "S3": ("North", None), "S4": ("South", None)}
    everybody = [*spread("S1", VALUES), *spread("S2", VALUES[:3]), *spread("S3", VALUES[:6]), *spread("S4", VALUES)]
    first = intake.publish(survey(everybody, places=places))
    assert first.reasons("S2", "S3") == ["few", "neighbour"]
    moved = intake.publish(survey(everybody, places={**places, "S2": ("South", None)}))
    # North 18 then, 15 now: the three of S2
    assert state(moved)[0] == "waiting"
    assert moved.cell("North")["n"] == 18


def test_a_region_that_is_only_renamed_is_published_under_its_new_name(intake: Intake) -> None:
    intake.publish(survey(people()))
    places = {"S1": ("Nord", "N1"), "S2": ("Nord", "N1"), "S4": ("South", "T1"), "S5": ("South", "T1")}
    second = intake.publish(survey(people(), places=places))
    assert state(second)[0] == "published"
    assert second.cell("Nord")["n"] == 18


def test_thresholds_stay_as_at_the_first_publication(intake: Intake) -> None:
    first = intake.publish(survey(people()), minimum=8)
    assert first.reasons("S4", "S5") == ["neighbour", "few"]
    second = intake.publish(survey(people()), minimum=5)
    assert second.reasons("S4", "S5") == ["neighbour", "few"]
    third = intake.publish(survey([*people(), *late("S1", 8)]), minimum=5)
    assert (third.wave["minimum_group"], third.cell("S1")["n"]) == (8, 17)
    assert third.reasons("S4", "S5") == ["neighbour", "few"]


def test_a_wave_opened_again_by_a_later_end_stands_as_published(intake: Intake) -> None:
    intake.publish(survey(people()))
    reopened = survey([*people(), *late("S1", 6)], ends_on=TODAY + dt.timedelta(days=9))
    second = intake.publish(reopened)
    assert state(second) == ("waiting", 6, 33)
    third = intake.publish(reopened, today=TODAY + dt.timedelta(days=10))
    assert state(third) == ("published", 0, 39)


def test_a_wave_withdrawn_as_a_whole_goes_and_may_come_back(intake: Intake) -> None:
    first = intake.publish(survey(people()))
    nothing = survey(people())
    none = {**nothing, "employee_responses": nothing["employee_responses"].iloc[:0], "answers": nothing["answers"][:0]}
    second = intake.publish(none)
    assert len(second["cells"]) == len(second["anonymous_waves"]) == 0
    # one person less than in the first version: the wave stays away
    third = intake.publish(survey([{**p, "response_id": f"F{i:03}"} for i, p in enumerate(people())][1:]))
    assert third["cells"].empty
    fourth = intake.publish(survey(people()))
    assert fourth.cell("S1")["value"] == first.cell("S1")["value"]


def test_comments_change_only_when_ten_people_do(intake: Intake) -> None:
    said = [{**p, "comment": f"word {i}"} for i, p in enumerate(people())]
    intake.publish(survey(said))
    second = intake.publish(survey([*said, *({**p, "comment": "late"} for p in late("S1", 6))]))
    assert state(second) == ("published", 0, 39)
    assert "late" not in set(second["cell_comments"]["comment"])
    more = [*late("S1", 6), *late("S1", 9, "M")]
    third = intake.publish(survey([*said, *({**p, "comment": "late"} for p in more)]))
    assert "late" in set(third["cell_comments"]["comment"])


def test_no_answer_of_an_employee_is_in_the_snapshot(intake: Intake) -> None:
    said = [{**p, "response_id": f"planted-{i}"} for i, p in enumerate(people())]
    intake.publish(survey(said))
    (path,) = (intake.folder / "published").glob("*.duckdb")
    assert b"planted-" not in path.read_bytes()


def written(folder: Path, ends_on: dt.date = ENDS) -> list[Path]:
    """The same survey as files."""
    frames = survey(people(), [item("E1", "work")], [dimension("work")], ends_on=ends_on)
    folder.mkdir(parents=True)
    for table in ("stores", "dimensions", "items", "waves"):
        frames[table].to_csv(folder / f"{table}.csv", index=False)
    answers = frames["answers"].pivot_table(index="response_id", columns="item_id", values="value").reset_index()
    frames["employee_responses"].merge(answers).to_csv(folder / "employee_responses.csv", index=False)
    return sorted(folder.glob("*.csv"))


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    """A data folder with one wave that ended, loaded and not yet published."""
    assert load(tmp_path / "data", written(tmp_path / "files")).outcome == "loaded"
    return tmp_path / "data"


def cells(folder: Path) -> int:
    with publishing.duckdb.connect(str(publishing.snapshot_file(folder, current_snapshot(folder)))) as con:
        return int(con.execute("SELECT count(*) FROM cells WHERE hidden = ''").fetchone()[0])


def ledger(folder: Path) -> list[tuple]:
    with open_intake(folder) as con:
        return con.execute("SELECT version, forms FROM ledger_versions ORDER BY version").fetchall()


def test_a_version_is_written_down_before_it_is_shown(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(loaded, today=ENDS)
    before = current_snapshot(loaded)
    assert cells(loaded) == 0

    def broken(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as failing:
        failing.setattr(publishing, "_make_current", broken)
        with pytest.raises(SnapshotError):
            publish(loaded, today=TODAY)
    assert current_snapshot(loaded) == before
    assert ledger(loaded) == [(1, 33)]
    publish(loaded, today=TODAY)
    assert cells(loaded) > 0
    assert ledger(loaded) == [(1, 33)]


def test_a_rollback_and_a_withdrawn_batch_obey_the_ledger(loaded: Path, tmp_path: Path) -> None:
    first = publish(loaded, today=TODAY)
    batch = tmp_path / "more" / "employee_responses.csv"
    batch.parent.mkdir()
    batch.write_text(
        "response_id,store_id,wave_id,E1\n" + "".join(f"X{i},S1,w,{v}\n" for i, v in enumerate(VALUES[:6]))
    )
    number = load(loaded, [batch]).batch_id
    second = publish(loaded, today=TODAY)
    assert ledger(loaded) == [(1, 33), (2, 39)]
    rollback(loaded, first)
    one = tmp_path / "one" / "employee_responses.csv"
    one.parent.mkdir()
    one.write_text("response_id,store_id,wave_id,E1\nY0,S1,w,3\n")
    load(loaded, [one])
    withdraw(loaded, number)
    # against the version shown again one person came: it waits although against the second seven changed
    third = publish(loaded, today=TODAY)
    assert ledger(loaded) == [(1, 33), (2, 39)]
    assert len({first, second, third}) == 3


def test_a_wave_is_closed_by_hand_and_cannot_be_opened_once_published(tmp_path: Path) -> None:
    data = tmp_path / "data"
    load(data, written(tmp_path / "files", ends_on=dt.date(2999, 1, 1)))
    publish(data)
    assert cells(data) == 0
    sq("close-wave", "employee", "w", "--no-publish", folder=data)
    assert cells(data) == 0
    assert "is closed already" in sq("close-wave", "employee", "w", "--no-publish", folder=data).stdout
    close_wave(data, "employee", "w", undo=True)
    publish(data)
    assert cells(data) == 0
    assert "are published from now on" in sq("close-wave", "employee", "w", folder=data).stdout
    assert cells(data) > 0
    with pytest.raises(IntakeError, match="has been published: it cannot be opened again"):
        close_wave(data, "employee", "w", undo=True)


def test_an_unknown_wave_or_survey_is_answered_with_the_nearest_names(loaded: Path) -> None:
    with pytest.raises(UnknownName, match=r"no wave W of this survey\. Did you mean w\?"):
        close_wave(loaded, "employee", "W")
    with pytest.raises(UnknownName, match=r"no anonymous survey employees\. Did you mean employee"):
        close_wave(loaded, "employees", "w")
    with speaking("zh"), pytest.raises(UnknownName, match="没有期次"):
        close_wave(loaded, "employee", "no such wave")


def test_the_hand_sized_chain_publishes_its_open_wave_when_it_has_ended(tmp_path: Path) -> None:
    intake = Intake(tmp_path)
    open_ = intake.publish(small_frames(), dt.date(2026, 4, 30))["anonymous_waves"].set_index(["instrument", "wave"])
    assert open_.loc[("employee", "2026B"), "state"] == "open"
    ended = intake.publish(small_frames(), dt.date(2026, 6, 1))["anonymous_waves"].set_index(["instrument", "wave"])
    assert ended.loc[("employee", "2026B"), "state"] == "published"
