"""What pages say of anonymous surveys and published results, on the groups of tests/metrics/cells_by_hand.py."""

import pickle
from pathlib import Path

import duckdb
import pytest

from sq.analyses.coverage import coverage
from sq.analyses.definitions import definitions
from sq.analyses.drill import Drill, drill
from sq.analyses.journey import journey
from sq.analyses.names import Names, names
from sq.analyses.overview import headline_metrics, overview
from sq.analyses.score import COLUMNS, score
from sq.errors import SqError, UnknownName
from sq.language import speaking
from sq.metrics.catalogue import METRICS
from sq.selection import Selection
from sq.warehouse import EVERYTHING, Warehouse
from tests.metrics.cells_by_hand import FILE, hand_snapshot

YEAR = Selection(metric="employee_index", start="2026-01", end="2026-12")
RESULTS = Selection(metric="published_top2", start="2025-01", end="2025-12")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("pages")
    hand_snapshot(found)
    return found


@pytest.fixture(scope="module")
def hand(folder: Path) -> Warehouse:
    return Warehouse(folder / "published" / FILE)


@pytest.fixture(scope="module")
def known(hand: Warehouse) -> Names:
    return names(hand, EVERYTHING)


def shown(hand: Warehouse, known: Names, selection: Selection) -> Drill:
    return drill(hand, EVERYTHING, selection, known)


def notes(found: Drill) -> list[str]:
    return [str(note) for note in found.notes]


def test_names_know_departments_roles_and_lengths_of_service(known: Names) -> None:
    assert [key for key, _ in known.options("department", YEAR)] == ["HR", "IT"]
    assert known.options("department", YEAR.but(metric="published_top2")) == ()
    with speaking("zh"):
        assert [str(name) for _, name in known.options("role", YEAR)] == ["一线", "管理者"]
        assert str(known.label("department", "HR")) == "人力资源部"
    assert [key for key, _ in known.options("tenure", YEAR)] == ["<1", "1-3"]
    assert [str(name) for _, name in known.options("wave", YEAR)] == ["Spring 2025", "Autumn 2025", "Spring 2026"]
    assert [key for key, _ in known.options("dimension", YEAR)] == ["work", "management", "pay"]
    assert [key for key, _ in known.options("item", YEAR.but(dimension="work"))] == ["E1"]
    assert known.options("store", YEAR.but(metric="internal_service_score")) == ()
    assert [key for key, _ in known.options("item", RESULTS)] == ["customer:Q1", "customer:Q2"]
    assert str(known.label("item", "customer:Q1", "aggregates")) == "Warm"


def test_the_default_period_ends_with_the_newest_wave(known: Names) -> None:
    completed = known.completed(Selection(metric="employee_index"))
    assert (completed.start, completed.end) == ("2025-07", "2026-06")
    assert known.running_month("employee_index") is None


def test_what_a_url_says_of_a_department_or_a_role_is_checked(known: Names) -> None:
    asked = Selection(metric="employee_index", department="HR", role="boss", tenure="<1", item="customer:Q1")
    sound, dropped = known.known(asked)
    assert dropped == {"role": "boss"}
    assert Selection.from_query(sound.query())[0] == sound


def test_a_department_is_a_place_where_it_stands_alone() -> None:
    assert Selection(department="HR").place == ("department", "HR")
    assert Selection(region="North", department="HR").place == ("region", "North")
    assert Selection(role="manager", tenure="<1", department="HR").filters() == {"role": "manager", "tenure": "<1"}


def test_a_hidden_group_says_why_and_keeps_its_way_back(hand: Warehouse, known: Names) -> None:
    found = shown(hand, known, YEAR.but(region="South", store="S2"))
    assert str(found.headline) == "Store S2: Employee index – hidden: fewer than 6 answers."
    assert (found.hidden_reason, str(found.hidden_label), found.n) == ("few", "hidden: fewer than 6 answers", 0)
    assert str(found.caption) == "Store S2 · Spring 2026"
    assert [str(step.label) for step in found.path] == ["Whole chain", "South", "Store S2"]
    with speaking("zh"):
        assert str(found.headline) == "Store S2：员工满意度指数——已隐藏：不足 6 份答案。"
    neighbour = shown(hand, known, YEAR.but(store="S3"))
    assert str(neighbour.headline) == "Store S3: Employee index – hidden to protect a neighbour."


def test_hidden_parts_stand_last_and_are_counted(hand: Warehouse, known: Names) -> None:
    for sort in ("value", "name", "order"):
        found = shown(hand, known, YEAR.but(split="store", sort=sort))
        assert set(found.ranking["id"].iloc[-2:]) == {"S2", "S3"}
    assert list(shown(hand, known, YEAR.but(split="store")).ranking["id"]) == ["N2", "N1", "S1", "S2", "S3"]
    assert "Store: 2 of 5 are hidden for anonymity (40 %)." in notes(found)


def test_a_limit_is_told_with_its_sign(hand: Warehouse, known: Names) -> None:
    found = shown(hand, known, YEAR.but(store="N2"))
    assert found.limit == ">="
    assert str(found.headline) == "Store N2: Employee index ≥ 95.0 (95 %: 88.0 to 95.0; 40 answers)."


def test_the_course_goes_by_wave_beyond_the_period(hand: Warehouse, known: Names) -> None:
    found = shown(hand, known, YEAR.but(region="South"))
    assert found.grain == "wave"
    assert [str(label) for label in found.trend["label"]] == ["Autumn 2025", "Spring 2026"]
    assert list(found.trend["hidden_reason"]) == ["neighbour", ""]
    before = found.into_months("2025-12")
    assert (before.start, before.end) == ("2025-12", "2025-12")
    again = shown(hand, known, before)
    assert (str(again.wave), again.hidden_reason) == ("Autumn 2025", "neighbour")


def test_only_groups_of_the_lattice_are_offered(hand: Warehouse, known: Names) -> None:
    whole = shown(hand, known, YEAR)
    assert [split.axis for split in whole.splits] == [
        "region", "store", "department", "dimension", "item", "role", "tenure", "wave",
    ]  # fmt: skip
    managers = shown(hand, known, YEAR.but(role="manager"))
    assert [split.axis for split in managers.splits] == ["region", "wave"]
    assert (managers.map_axes, managers.map.empty) == (("", ""), True)
    store = shown(hand, known, YEAR.but(store="N1"))
    assert [split.axis for split in store.splits] == ["dimension", "item", "wave"]
    assert whole.map_axes == ("region", "dimension")
    assert list(whole.map["hidden_reason"]) == ["", "few", "few"]


def test_every_split_on_offer_holds_no_number_of_a_hidden_group(hand: Warehouse, known: Names) -> None:
    for metric in ("employee_index", "employee_favourable", "internal_service_score", "published_top2"):
        for split in shown(hand, known, Selection(metric=metric)).splits:
            found = shown(hand, known, split.selection)
            assert found.split == split.axis
            hidden = found.ranking[found.ranking["hidden_reason"].isin(["few", "neighbour"])]
            assert hidden[["value", "low", "high", "n", "se", "difference", "reference"]].isna().all(axis=None)
            assert pickle.loads(pickle.dumps(found)).split == found.split


def test_outside_the_lattice_a_page_gives_the_reason(hand: Warehouse, known: Names) -> None:
    found = shown(hand, known, YEAR.but(store="N1", role="manager"))
    assert str(found.headline) == (
        "Store N1 · Managers: Not shown, for anonymity: role and length of service are shown for the company and its "
        "regions only."
    )
    assert (found.n, found.ranking.empty, found.trend.empty) == (0, True, True)
    internal = shown(hand, known, YEAR.but(metric="internal_service_score", store="N1"))
    assert str(internal.headline) == "Store N1: Internal service score is not shown for stores."
    both = shown(hand, known, YEAR.but(region="North", department="HR"))
    assert str(both.headline).startswith("North · Human resources: Not shown: departments belong to the whole company")


def test_filters_of_other_data_are_said_to_have_no_effect(hand: Warehouse, known: Names) -> None:
    found = shown(hand, known, YEAR.but(membership="now", rule="stores", brand="Rival"))
    assert found.value == 60
    assert notes(found)[:3] == [
        "Employee index cannot be broken down by Brand: Rival has no effect here.",
        "Employee index stays with the regions of then: it cannot be counted where stores belong today.",
        "Employee index comes finished: no other roll-up rule can be applied to it.",
    ]
    assert found.alternatives == ()


def test_internal_service_crosses_regions_with_departments_and_names_problems(hand: Warehouse, known: Names) -> None:
    found = shown(hand, known, YEAR.but(metric="internal_service_score"))
    assert (found.split, found.map_axes) == ("department", ("region", "department"))
    told = [(row.id, str(row.label), row.problem, row.share, row.limit) for row in found.problems.itertuples()]
    assert told == [("", "", "unclear", 10, "<="), ("IT", "IT", "late", 40, "")]
    with speaking("zh"):
        assert [str(name) for name in found.problems["problem_label"]] == ["内容不明确", "未按时限"]
    cell = found.into_cell("North", "HR")
    assert (cell.region, cell.department) == ("North", "HR")
    assert shown(hand, known, cell).value == 74


def test_opinions_are_told_in_bands(hand: Warehouse, known: Names) -> None:
    found = shown(hand, known, YEAR.but(store="N2")).opinions
    assert [(row.band, row.share, row.limit) for row in found.itertuples()] == [("favourable", 90, ">=")]
    assert shown(hand, known, YEAR.but(metric="employee_response_rate")).opinions.empty


def test_comments_stand_at_the_end_of_the_path_only(hand: Warehouse, known: Names) -> None:
    assert shown(hand, known, YEAR.but(store="N1")).comments == ("Good shifts", "Too loud")
    assert shown(hand, known, YEAR.but(region="North")).comments == ()  # its stores come first
    assert shown(hand, known, YEAR.but(store="N1", dimension="work")).comments == ()
    assert shown(hand, known, YEAR.but(store="S1")).comments == ()


def test_the_response_rate_counts_the_invited(hand: Warehouse, known: Names) -> None:
    found = shown(hand, known, YEAR.but(metric="employee_response_rate"))
    # 200 answers are 80 % of 250
    assert (found.value, found.n, str(found.n_unit)) == (80, 250, "invited")
    assert list(found.ranking["id"]) == ["North", "South"]


def test_the_overview_has_cards_of_waves(hand: Warehouse, known: Names) -> None:
    found = overview(hand, EVERYTHING, Selection(start="2026-01", end="2026-12"), known)
    cards = {card.metric: card for card in found.headlines}
    assert list(cards)[:2] == ["employee_index", "internal_service_score"]
    card = cards["employee_index"]
    assert (card.value, str(card.wave), card.verdict) == (60, "Spring 2026", "better")
    assert str(card.change) == "+3.0 points against Autumn 2025: reliably better"
    assert [str(label) for label in card.trend["label"]] == ["Spring 2025", "Autumn 2025", "Spring 2026"]
    assert str(cards["internal_service_score"].change) == "nothing earlier to compare with"
    hidden = overview(hand, EVERYTHING, Selection(start="2026-01", end="2026-12", store="S2"), known).headlines[0]
    assert (hidden.hidden_reason, str(hidden.change), hidden.n) == ("few", "hidden: fewer than 6 answers", 0)
    assert {f.instrument for f in found.freshness} == {"employee", "internal_service", "aggregates"}


def test_the_leading_cards_are_those_of_all_instruments() -> None:
    assert headline_metrics(tuple(METRICS), "mystery_score") == (
        "mystery_score", "failed_visits", "customer_index", "nps", "complaint_rate", "employee_index",
        "internal_service_score", "management_score",
    )  # fmt: skip


def test_items_of_a_touchpoint_stand_beside_the_journey(hand: Warehouse, known: Names) -> None:
    found = journey(hand, EVERYTHING, YEAR.but(metric="", store="N1", region="North"), known)
    row = found.inside.iloc[0]
    # the region's, not the store's
    assert (str(found.inside_place), row["touchpoint"], row["item"], row["value"]) == ("North", "greeting", "E1", 70)
    assert (str(row["instrument_label"]), str(row["wave"])) == ("Employees", "Spring 2026")
    south = journey(hand, EVERYTHING, YEAR.but(region="South"), known)
    assert south.inside.empty


def test_published_results_without_a_total_show_the_first_and_say_so(hand: Warehouse, known: Names) -> None:
    found = shown(hand, known, RESULTS)
    assert str(found.headline) == (
        "Whole chain · Warm: Published favourable share 75.8 % (95 %: 72.3 to 79.0; 620 responses)."
    )
    assert notes(found)[:2] == [
        "These results have no total of their own: shown is Warm. Split by Item to see the others.",
        "Nothing is published for this place itself: mean of the 4 places below it, weighted by n.",
    ]
    assert [split.axis for split in found.splits] == ["region", "store", "item"]
    items = shown(hand, known, RESULTS.but(split="item"))
    assert list(items.ranking["id"]) == ["customer:Q1", "customer:Q2"]
    unknown = shown(hand, known, RESULTS.but(item="customer:Q2"))
    assert str(unknown.headline) == (
        "Whole chain · Quick: Published favourable share 66.0 % (number of answers unknown)."
    )
    assert str(unknown.caption) == "Whole chain · Quick · Jan 2025 – Dec 2025"


def test_the_data_page_names_waves_published_results_and_what_is_missing(hand: Warehouse) -> None:
    found = coverage(hand, EVERYTHING)
    assert [str(one.sentence) for one in found.instruments] == [
        "Published results: 12 results of 8 places, Jan 2024 – Dec 2025."
    ]
    assert "Mystery visits" in [str(name) for name in found.missing]


def test_the_promise_is_defined_with_the_sizes_in_force(hand: Warehouse) -> None:
    told = {str(question): str(answer) for question, answer in definitions(hand, EVERYTHING).promises}
    assert told["When is a group of employees shown?"] == (
        "Counted are the answers to the question itself. In force: Employees (Spring 2026): from 6 answers on, 25 for "
        "sensitive dimensions and Internal service (Spring 2026): from 5 answers on, 20 for sensitive dimensions. "
        "Below, it is labelled as hidden."
    )
    dimensions = definitions(hand, EVERYTHING).dimensions
    assert list(dimensions.loc[dimensions["is_sensitive"], "dimension"]) == ["pay"]
    for language in ("zh", "en"):
        with speaking(language):
            assert all(str(text) for pair in definitions(hand, EVERYTHING).promises for text in pair)


def test_a_script_gets_the_reason_instead_of_a_number(folder: Path) -> None:
    period = {"start": "2026-01", "end": "2026-12"}
    found = score(folder, "employee_index", "store", **period)
    assert list(found.columns) == list(COLUMNS)
    assert list(zip(found["place"], found["hidden_reason"], strict=True))[-2:] == [("S2", "few"), ("S3", "neighbour")]
    assert found[["value", "n", "low", "high"]].iloc[-2:].isna().all(axis=None)
    assert list(found["limit"]) == ["", ">=", "", "", ""]
    assert list(score(folder, "employee_index", "chain", {"role": "manager"}, **period)["value"]) == [72]
    assert list(score(folder, "employee_index", "chain", {"wave": "2025H2"}, **period)["value"]) == [57]
    assert list(score(folder, "employee_index", "wave", **period)["value"]) == [58, 57, 60]
    assert list(score(folder, "employee_index", "month", **period)["place"]) == ["2026-06"]
    assert list(score(folder, "employee_index", "tenure", **period)["name"]) == ["<1", "1-3"]
    assert score(folder, "internal_service_score", "region", {"department": "HR"}, **period)["value"].iloc[0] == 74


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        (("employee_index", "store", {"role": "manager"}), SqError, "Not shown, for anonymity"),
        (("employee_index", "role", {"tenure": "<1"}), SqError, "Not shown, for anonymity"),
        (
            ("internal_service_score", "chain", {"store": "N1"}),
            SqError,
            "Internal service score is not shown for stores",
        ),
        (("employee_index", "format"), UnknownName, "There is no level format."),
        (("employee_index", "quarter"), UnknownName, "There is no level quarter."),
        (("employee_index", "chain", {"membership": "now"}), UnknownName, "This metric has no filter membership."),
        (("employee_index", "chain", {"role": "boss"}), UnknownName, "Nothing here is called boss."),
        (("published_top2", "region"), SqError, "These results have no total of their own."),
    ],
)
def test_a_script_is_refused_what_no_page_shows(
    folder: Path, arguments: tuple, error: type[Exception], told: str
) -> None:
    with pytest.raises(error) as raised:
        score(folder, *arguments)
    assert str(raised.value).startswith(told)


def test_answers_without_a_respondent_have_items_only(tmp_path: Path) -> None:
    path = hand_snapshot(tmp_path)
    with duckdb.connect(str(path)) as con:
        con.execute("DELETE FROM cells WHERE subject_kind <> 'item' OR level <> 'chain'")
        for number, department in enumerate(("HR", "IT"), start=1):
            con.execute(
                """INSERT INTO cells BY NAME SELECT 100 * ? + cell_key AS cell_key, 'department' AS level,
                ? AS department_id, * EXCLUDE (cell_key, level, department_id) FROM cells WHERE level = 'chain'""",
                [number, department],
            )
        con.execute("DELETE FROM aggregates")
    hand = Warehouse(path)
    known = names(hand, EVERYTHING)
    found = shown(hand, known, YEAR)
    assert str(found.headline).startswith("Whole chain · Comfort: Employee index 64.0")
    assert notes(found)[0] == (
        "These results have no total of their own: shown is Comfort. Split by Item to see the others."
    )
    assert [split.axis for split in found.splits] == ["department", "item", "wave"]
    assert list(found.ranking["id"]) == ["HR", "IT"]
    page = overview(hand, EVERYTHING, Selection(start="2026-01", end="2026-12"), known)
    assert str(page.headlines[0].title) == "Employee index · Comfort"
    # each department is a copy of the company here: nobody is left to compare it with
    assert str(page.regions_answer) == "Employee index: no difference can be judged here."


def test_what_cannot_be_judged_is_not_called_equal(hand: Warehouse, known: Names) -> None:
    page = overview(hand, EVERYTHING, RESULTS.but(metric="published_mean"), known)
    assert str(page.regions_answer) == "Published mean: no difference can be judged here."
    found = shown(hand, known, RESULTS.but(item="customer:Q1"))
    assert "Region: 2 of 2 have no published result of their own; shown is the mean of the places below." in notes(
        found
    )
    # only items are published of stores, only dimensions of regions
    assert [split.axis for split in shown(hand, known, RESULTS.but(metric="published_mean")).splits] == ["region"]
