"""Employees, internal service and beliefs: the numbers are those of the shown cells, the small get their parent's."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sq.analyses.comparison import compared
from sq.analyses.employees import Employees, apart_on_subjects, driven, employees
from sq.analyses.employees_beliefs import beliefs, of_roles
from sq.analyses.employees_service import internal_service
from sq.analyses.names import Names, names
from sq.analyses.verdicts import Compared
from sq.language import Message, Named, signed
from sq.metrics.cells import SurveyWave
from sq.places import snapshot_file
from sq.selection import Selection
from sq.warehouse import Scope, Warehouse, current_snapshot

House = tuple[Warehouse, Names]
STAFF = Selection(metric="awareness_index")


@pytest.fixture(scope="module")
def demo(demo_data: Path) -> Iterator[House]:
    warehouse = Warehouse(snapshot_file(demo_data, current_snapshot(demo_data)))
    yield warehouse, names(warehouse, Scope())
    warehouse.close()


@pytest.fixture(scope="module")
def company(demo: House) -> Employees:
    return employees(demo[0], Scope(), Selection(), demo[1])


def cells(warehouse: Warehouse, wave: str, level: str, kind: str = "dimension") -> pd.DataFrame:
    return warehouse.query(
        "SELECT * FROM cells WHERE instrument = 'employee' AND wave = ? AND level = ? AND subject_kind = ? "
        "AND role = '' AND tenure = ''",
        [wave, level, kind],
    )


def test_bands_are_those_of_the_cells_limits_and_withheld_ones_included(demo: House, company: Employees) -> None:
    assert company.wave is not None
    expected = cells(demo[0], company.wave.id, "chain").set_index("subject")
    told = company.bands.set_index("id")
    assert set(told.index) == set(expected.index)
    for band in ("favourable", "neutral", "unfavourable"):
        assert told[band].to_dict() == pytest.approx(expected[band].reindex(told.index).to_dict(), nan_ok=True)
        assert told[f"{band}_limit"].to_dict() == expected[f"{band}_limit"].reindex(told.index).to_dict()
    shown = told.loc[told["hidden_reason"] == "", "favourable"].tolist()
    assert shown == sorted(shown, reverse=True)


def test_changes_are_differences_of_shown_cells_with_the_verdicts_of_every_page(
    demo: House, company: Employees
) -> None:
    assert company.wave is not None
    assert company.before is not None
    now, before = (cells(demo[0], w.id, "chain").set_index("subject")["value"] for w in (company.wave, company.before))
    found = company.changes.set_index("id")
    assert found["difference"].to_dict() == pytest.approx((now - before).reindex(found.index).to_dict(), nan_ok=True)
    selection = company.selection.but(compare="previous")
    everywhere = compared(demo[0], Scope(), selection, ("dimension",)).frame.set_index("dimension")["verdict"]
    assert found["verdict"].to_dict() == everywhere.to_dict()


def test_hidden_units_stay_in_the_map_with_their_reason(demo: House) -> None:
    warehouse, known = demo
    found = employees(warehouse, Scope(), Selection(), known, level="store")
    assert found.wave is not None
    frame = found.units.frame.set_index(["place", "subject"])
    expected = cells(warehouse, found.wave.id, "store").set_index(["store_id", "subject"])
    hidden = expected[expected["hidden"] != ""]["hidden"]
    assert set(hidden) == {"few", "neighbour"}
    shared = frame.index.intersection(hidden.index)
    assert len(shared) > 10
    assert frame.loc[shared, "hidden_reason"].to_dict() == hidden.loc[shared].to_dict()
    assert frame.loc[shared, ["value", "difference", "n"]].isna().all().all()


def test_estimates_of_a_store_are_its_regions_or_the_companys_and_say_so(demo: House, company: Employees) -> None:
    warehouse, known = demo
    assert company.wave is not None
    rows = warehouse.query(
        "SELECT * FROM anonymous_estimates WHERE instrument = 'employee' AND wave = ? AND statistic = 'alpha'",
        [company.wave.id],
    )
    whole = rows[rows["level"] == "chain"].set_index("subject")["value"]
    told = company.scales.frame.set_index("id")
    assert told["alpha"].to_dict() == whole.reindex(told.index).to_dict()
    assert not company.scales.is_parent
    store = known.memberships[0]
    of_store = employees(warehouse, Scope(), Selection(store=str(store["store_id"])), known)
    assert of_store.scales.is_parent
    assert of_store.scales.frame["alpha"].tolist() == told["alpha"].tolist()
    regions = sorted(set(rows.loc[rows["level"] == "region", "region"]))
    if regions:
        own = employees(warehouse, Scope(), Selection(region=regions[0]), known).scales
        part = rows[rows["region"] == regions[0]].set_index("subject")["value"]
        assert own.frame.set_index("id")["alpha"].to_dict() == part.to_dict()
        assert not own.is_parent


def test_a_reader_of_one_region_gets_no_estimate_of_the_company(demo: House) -> None:
    warehouse, _ = demo
    scope = Scope(regions=("东北",))
    found = employees(warehouse, scope, Selection(region="东北"), names(warehouse, scope))
    told = warehouse.query("SELECT count(*) AS n FROM anonymous_estimates WHERE region = '东北'")["n"].iloc[0]
    assert found.scales.frame.empty == (told == 0)
    assert all(str(outcome.of) != "Whole chain" or outcome.drivers.empty for outcome in found.outcomes)


def test_what_goes_with_leaving_adds_up_and_the_sentence_names_only_what_is_demonstrable(company: Employees) -> None:
    (outcome,) = company.outcomes
    assert outcome.key == "leaving"
    assert outcome.drivers["value"].sum() == pytest.approx(100, abs=6)  # ten whole numbers
    assert "leaving" not in set(outcome.drivers["id"])
    reliable = outcome.drivers[outcome.drivers["is_reliable"]]
    sentence = str(outcome.sentence)
    assert all(str(label) not in sentence for label in outcome.drivers.loc[~outcome.drivers["is_reliable"], "label"])
    assert any(str(label) in sentence for label in reliable["label"]) or reliable.empty


def test_the_matrix_of_departments_compares_with_the_other_departments_of_the_region(demo: House) -> None:
    warehouse, known = demo
    found = internal_service(warehouse, Scope(), Selection(), known)
    assert found.wave is not None
    rows = warehouse.query(
        "SELECT region, department_id, n, value FROM cells WHERE instrument = 'internal_service' AND wave = ? "
        "AND level = 'region_department' AND subject_kind = 'form' AND hidden = '' AND value_limit = ''",
        [found.wave.id],
    ).set_index(["region", "department_id"])
    whole = warehouse.query(
        "SELECT region, n, value FROM cells WHERE instrument = 'internal_service' AND wave = ? AND level = 'region' "
        "AND subject_kind = 'form' AND hidden = ''",
        [found.wave.id],
    ).set_index("region")
    frame = found.by_department.frame
    for cell in frame[np.isfinite(frame["difference"])].to_dict("records"):
        own, region = rows.loc[(cell["place"], cell["subject"])], whole.loc[cell["place"]]
        rest = (region["n"] * region["value"] - own["n"] * own["value"]) / (region["n"] - own["n"])
        assert cell["difference"] == pytest.approx(own["value"] - rest)
    assert len(frame) == len(found.matrix.frame)


def test_beliefs_stand_beside_customers_asked_the_same_on_the_same_scale(demo: House) -> None:
    warehouse, known = demo
    found = beliefs(warehouse, Scope(), Selection(), known)
    assert found.wave is not None
    row = found.frame.set_index("id").loc["importance:repair_time"]
    item, asked = "A16", "QI6"
    believed = warehouse.query(
        "SELECT value FROM cells WHERE instrument = 'awareness' AND wave = ? AND level = 'chain' AND subject = ?",
        [found.wave.id, item],
    )["value"].iloc[0]
    start, end = found.selection.months
    said = warehouse.query(
        "SELECT sum(sum_wy) / sum(sum_w) AS value FROM rollup_scores AS r JOIN memberships AS m USING (membership_key) "
        "WHERE instrument = 'customer' AND basis = 'all' AND subject_kind = 'item' AND subject = ? "
        "AND m.brand = '' AND month BETWEEN ? AND ?",
        [asked, start, end],
    )["value"].iloc[0]
    assert (row["believed"], row["customers"]) == (believed, pytest.approx(said))
    assert row["difference"] == pytest.approx(believed - said)


def test_without_a_survey_each_part_says_so(demo: House) -> None:
    warehouse, known = demo
    never = Selection(start="2001-01", end="2001-02")
    assert "No survey of employees is published" in str(employees(warehouse, Scope(), never, known).answer)
    assert "No survey of internal service" in str(internal_service(warehouse, Scope(), never, known).answer)
    assert "No survey of service awareness" in str(beliefs(warehouse, Scope(), never, known).answer)


def test_between_two_waves_lie_their_months_and_all_in_between(company: Employees) -> None:
    autumn, spring = (
        SurveyWave(f"{day}", Named(f"{day}"), day, 5, 20) for day in (date(2025, 10, 31), date(2026, 4, 30))
    )
    of = company.selection.but(region="华北", wave="2026-04-30", start="2026-01", end="2026-06")
    both = replace(company, selection=of, wave=spring, before=autumn).meanwhile
    assert (both.start, both.end, both.wave, both.region) == ("2025-10", "2026-04", "", "华北")
    assert replace(company, selection=of, wave=spring, before=None).meanwhile == of


def test_how_many_answered_is_what_the_company_was_told_with_its_change(demo: House, company: Employees) -> None:
    assert company.wave is not None
    assert company.before is not None
    (now, invited), (before, _) = (
        demo[0]
        .query(
            "SELECT response_rate, invited FROM cells WHERE instrument = 'employee' AND wave = ? AND level = 'chain' "
            "AND subject_kind = 'form' AND role = '' AND tenure = ''",
            [wave.id],
        )
        .iloc[0]
        for wave in (company.wave, company.before)
    )
    told = str(company.response)
    assert told.startswith(f"{now:.0f} % of {invited:,.0f} invited answered (")
    assert f"{company.before.name}: {before:.0f} %" in told


def test_a_hidden_place_does_not_tell_how_many_answered(small: Warehouse) -> None:
    known = names(small, Scope())
    stores = small.query(
        "SELECT store_id, hidden, response_rate, invited FROM cells WHERE instrument = 'employee' AND level = 'store' "
        "AND subject_kind = 'form' AND wave = '2026A'",
        [],
    )
    assert sorted(stores["hidden"]) == ["", "", "few", "neighbour"]
    for store in stores.to_dict("records"):
        found = employees(small, Scope(), Selection(store=store["store_id"]), known)
        told = found.response
        assert found.apart is None  # nothing stands side by side in a store
        if store["hidden"]:
            assert told is None
        else:
            assert str(told).startswith(f"{store['response_rate']:.0f} % of {store['invited']:.0f} invited answered")


def test_the_regions_that_stand_apart_are_those_of_every_page_with_interval_and_answers(
    demo: House, company: Employees
) -> None:
    warehouse, known = demo
    judged = compared(warehouse, Scope(), company.selection, ("region",)).frame.set_index("region")
    told = str(company.apart)
    assert company.level == "region"
    apart = judged[judged["verdict"].isin(["better", "worse"])]
    assert len(apart) < len(judged)
    for region, row in judged.iterrows():
        label = str(known.label("region", str(region)))
        assert (label in told) == (region in apart.index)
        if region in apart.index:
            assert f"95 %: {signed(row['diff_low'])} to {signed(row['diff_high'])}; {row['n']:.0f} answers" in told
    if apart.empty:
        assert told == f"Region: none of {len(judged)} differs reliably from the rest of the company."


def drivers(*rows: tuple[str, float, float, float, bool]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["label", "value", "low", "high", "is_reliable"])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            [("Pay", 40.0, 30.0, 50.0, True), ("Career", 20.0, 10.0, 29.0, True), ("Work", 9.0, 2.0, 20.0, False)],
            "go Pay (40 %) and Career (20 %), more than any other Pay (1,000 complete forms).",
        ),
        (  # the intervals of the first two touch
            [("Pay", 40.0, 30.0, 50.0, True), ("Career", 20.0, 10.0, 30.0, True)],
            "go Pay (40 %) and Career (20 %); their intervals overlap, so luck could change the order "
            "(1,000 complete forms).",
        ),
        (  # one that is not demonstrable may still be the first
            [("Pay", 40.0, 30.0, 50.0, True), ("Career", 35.0, 10.0, 60.0, False), ("Work", 25.0, 15.0, 29.0, True)],
            "go Pay (40 %) and Work (25 %); their intervals overlap, so luck could change the order "
            "(1,000 complete forms).",
        ),
        (
            [("Pay", 40.0, 30.0, 50.0, True), ("Career", 35.0, 10.0, 60.0, False)],
            "goes only Pay (40 %) (1,000 complete forms).",
        ),
    ],
)
def test_no_driver_is_called_the_first_that_luck_could_have_put_there(
    rows: list[tuple[str, float, float, float, bool]], words: str
) -> None:
    told = str(driven(Named("离职", "Leaving"), drivers(*rows), 0.36, 1000))
    assert told.startswith("The other dimensions together explain 36 % of the differences in “Leaving” within units; ")
    assert told.endswith(words)


def test_the_first_sentence_on_departments_has_an_interval_for_each_and_the_answers_of_all(demo: House) -> None:
    warehouse, known = demo
    ids = [key for key, _name in known.options("department", Selection(metric="internal_service_score"))]
    for department in ("", ids[0]):
        found = internal_service(warehouse, Scope(), Selection(department=department), known)
        assert found.wave is not None
        n = warehouse.query(
            "SELECT n FROM cells WHERE instrument = 'internal_service' AND wave = ? AND level = 'chain' "
            "AND subject_kind = 'form'",
            [found.wave.id],
        )["n"].iloc[0]
        told = str(found.answer)
        assert told.endswith(f"({n:,.0f} answers).")  # of all departments, whichever is chosen
        apart = found.departments[found.departments["verdict"].isin(["better", "worse"])]
        assert len(apart)
        for row in apart.to_dict("records"):
            limits = f"95 %: {signed(row['diff_low'])} to {signed(row['diff_high'])}"
            assert f"{row['label']} ({signed(row['difference'])} points, {limits})" in told


def test_roles_are_held_against_everybody_else(small: Warehouse) -> None:
    found = beliefs(small, Scope(), Selection(), names(small, Scope()))
    told = found.roles.set_index("id")
    # 16 forms with 57.8 in all, 10 of the front line with 42.5, 6 of managers with 83.3
    assert told["n"].to_dict() == {"front_line": 10, "manager": 6}
    assert told.loc["manager", "difference"] == pytest.approx(83.3 - (16 * 57.8 - 6 * 83.3) / 10)
    assert told.loc["front_line", "difference"] == pytest.approx(42.5 - (16 * 57.8 - 10 * 42.5) / 6)
    assert set(told["verdict"]) == {"too_few"}
    assert str(found.roles_answer) == "Managers and front line cannot be held against each other here."


def test_the_sentence_on_roles_names_the_furthest_and_says_how_sure(demo: House) -> None:
    _, known = demo
    row = {"value": 66.6, "low": 64.0, "high": 69.0, "n": 120.0, "hidden_reason": "", "minimum": 5, "limit": ""}
    rows = [
        row | {"id": "front_line", "difference": 0.0, "diff_low": -2.2, "diff_high": 2.2, "p_adjusted": 1.0},
        row | {"id": "manager", "difference": -8.0, "diff_low": -10.5, "diff_high": -5.5, "p_adjusted": 1e-6},
    ]
    against = Message("everybody else")
    told = [
        str(of_roles(Compared(pd.DataFrame(rows[-k:]).assign(verdict=verdict), "rest", against), STAFF, known))
        for k, verdict in ((2, ["none", "worse"]), (2, ["none", "none"]))
    ]
    assert told[0] == (
        "Whole chain · Managers: Service awareness index 66.6, 8.0 points below everybody else "
        "(95 %: 5.5 to 10.5; 120 answers) – reliably worse."
    )
    assert told[1].startswith("Whole chain · Managers: Service awareness index 66.6; ")
    assert of_roles(Compared(pd.DataFrame(), "none", against), STAFF, known) is None


def test_the_first_sentence_on_beliefs_has_intervals_and_answers_of_both_sides(demo: House) -> None:
    warehouse, known = demo
    found = beliefs(warehouse, Scope(), Selection(), known)
    judged = found.frame[found.frame["verdict"].isin(["high", "low", "none"])]
    told = str(found.answer)
    staff, said = judged["n"].max(), judged["customers_n"].max()
    assert f"each answered by {staff:,.0f} of the staff and {said:,.0f} customers at most)" in told
    largest = judged[judged["verdict"] != "none"].sort_values("difference", key=abs, ascending=False).iloc[0]
    limits = f"95 %: {signed(largest['diff_low'])} to {signed(largest['diff_high'])}"
    assert f"({signed(largest['difference'])} points, {limits})" in told
    assert str(found.frame.set_index("id").loc["importance:repair_time", "question"]) != ""


def cell(place: str, verdict: str) -> dict[str, object]:
    return {"place": place, "place_label": Named(place), "verdict": verdict}


@pytest.mark.parametrize(
    ("cells_judged", "words"),
    [
        (
            [cell("A", "worse"), cell("B", "worse"), cell("B", "worse"), cell("C", "better"), cell("D", "none")],
            "reliably worse than the others on some: B (on 2) and A (on 1); reliably better: C (on 1) (of 4 compared).",
        ),
        ([cell("A", "none"), cell("B", "too_few")], "none differs reliably from the others on any (1 compared)."),
        ([cell("A", "better"), cell("B", "")], "reliably better than the others on some: A (on 1) (of 1 compared)."),
    ],
)
def test_without_an_index_places_stand_apart_by_the_questions_that_are_reliable(
    cells_judged: list[dict[str, object]], words: str
) -> None:
    found = Compared(pd.DataFrame(cells_judged), "rest", Message("the others"))
    assert str(apart_on_subjects(found, "department", "item")) == f"Department × Item: {words}"
    nothing = Compared(pd.DataFrame([cell("A", "too_few")]), "rest", Message("the others"))
    assert apart_on_subjects(nothing, "department", "item") is None
