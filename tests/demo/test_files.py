"""The simulated chain is written the way vendors send files, the same for the same seed."""

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet
import pytest

from sq.demo import build, building, lists
from sq.demo.chain import months_until
from sq.records import RECORDS, RESPONSE_TABLES, TABLE_LABELS_ZH, headings
from tests.demo.written import TOUCHPOINTS, Written

END = dt.date(2026, 10, 31)
SMALL = {"stores": 12, "months": 6, "customers": 300, "end": END}


def small(folder: Path, **changes: object) -> Written:
    """A chain of 12 stores and 6 months: May to October 2026, the checklist changes on 1 July."""
    return Written(folder, build(folder, **{**SMALL, **changes}))  # type: ignore[arg-type]


def tables(chain: Written) -> dict[str, pd.DataFrame]:
    """Every table as it stands in the files."""
    labels = {zh: table for table, zh in TABLE_LABELS_ZH.items()}
    answers = "内部服务评价得分.csv"  # long answers are no record; see test_staff_files.py
    found: dict[str, list[pd.DataFrame]] = {}
    for path in chain.paths:
        if path.name == answers:
            continue
        if path.suffix == ".xlsx":
            for sheet, frame in pd.read_excel(path, sheet_name=None, engine="calamine", dtype=object).items():
                found.setdefault(labels[str(sheet)], []).append(frame)
        else:
            encoding = "gb18030" if path.name == "客户答卷.csv" else "utf-8-sig"
            found.setdefault(labels[path.stem], []).append(pd.read_csv(path, encoding=encoding, dtype=object))
    return {table: pd.concat(frames, ignore_index=True) for table, frames in found.items()}


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return small(tmp_path_factory.mktemp("little"))


def test_the_folder_holds_what_a_vendor_sends_and_the_truth_beside_it(little: Written) -> None:
    names = ["门店资料.xlsx", "客流.csv", "投诉.xlsx", "培训.xlsx", "备注.xlsx", "汇总结果.xlsx", "客户答卷.csv"]
    names += [
        "发放.csv",
        "员工答卷_2026H2.xlsx",
        "内部服务评价.csv",
        "内部服务评价得分.csv",
        "服务意识答卷.xlsx",
        "管理诊断.xlsx",
    ]
    names += ["暗访数据_2026Q2.xlsx", "暗访数据_2026Q3.xlsx", "暗访数据_2026Q4.xlsx"]
    assert [p.name for p in little.paths] == names
    assert {p.name for p in little.folder.iterdir()} == {*names, "truth.json"}


def test_every_heading_is_the_data_contracts_chinese_one_or_an_item(little: Written) -> None:
    checklist, questions = lists.listed("items"), lists.listed("questions")["item_id"]
    surveys = lists.listed("survey_items")
    items = {*(checklist["item_id"] + " " + checklist["text_zh"]), *questions}
    items |= {*(surveys["item_id"] + " " + surveys["text_zh"])}
    found = tables(little)
    assert set(found) == set(RECORDS)
    for table, frame in found.items():
        titles = {headings(table, column)[1]: column for column in RECORDS[table].model_fields}
        others = [h for h in frame.columns if h not in titles]
        assert set(others) <= (items if table in RESPONSE_TABLES else set())


def test_every_row_is_a_valid_record(little: Written) -> None:
    for table, frame in tables(little).items():
        record = RECORDS[table]
        columns = {headings(table, column)[1]: column for column in record.model_fields}
        rows = frame[[h for h in frame.columns if h in columns]].rename(columns=columns)
        rows = rows.astype(object).where(rows.notna(), None)
        for row in rows.to_dict("records"):
            record.model_validate({name: value for name, value in row.items() if value is not None})


def test_the_full_chain_has_the_promised_counts(planted: Written) -> None:
    # 120 x 24 own visits, less 7 months of the store that opens and 5 of the one that closes; 40 x 24 of competitors
    assert planted.truth["rows"]["mystery_visits"] == 2880 - 7 - 5 + 960 == 3828
    assert len(planted.answers) == 40_000
    stores = planted.stores.drop_duplicates("门店编号")
    assert stores["品牌"].isna().sum() == 120
    assert stores["品牌"].value_counts().tolist() == [20, 20]
    assert stores["大区"].nunique() == 6
    assert stores["城市"].nunique() == 20
    assert stores["门店名称"].is_unique
    assert planted.visits["暗访员编号"].nunique() == 40
    visits = planted.sheet("暗访数据_2026Q3.xlsx", "暗访")
    assert len(visits) == 3 * (119 + 40)
    assert sum(c in planted.items.index for c in visits.columns) == 100
    assert planted.items.groupby("触点编号").size().reindex(TOUCHPOINTS).min() == 5


def test_the_checklist_changes_at_the_start_of_a_quarter(planted: Written) -> None:
    change = planted.truth["events"]["checklist_change"]
    before = set(planted.sheet("暗访数据_2025Q3.xlsx", "暗访").columns)
    after = set(planted.sheet("暗访数据_2025Q4.xlsx", "暗访").columns)
    assert change["on"] == "2025-10-01"
    assert before - after == set(change["retired"])
    assert after - before == set(change["added"])
    items = planted.items
    assert set(items.loc[change["retired"], "失效日期"].dt.date) == {dt.date(2025, 9, 30)}
    assert set(items.loc[change["added"], "生效日期"].dt.date) == {dt.date(2025, 10, 1)}


def test_one_store_moves_one_opens_and_one_closes(planted: Written) -> None:
    events = planted.truth["events"]
    moved = planted.stores[planted.stores["门店编号"] == events["moved"]["place"]]
    assert moved["大区"].tolist() == ["华东", "华中"]
    assert moved["归属截止日"].iloc[0] + pd.Timedelta(days=1) == moved["归属起始日"].iloc[1]
    for kind, far in (("opened", "min"), ("closed", "max")):
        days = planted.visits.loc[planted.visits["门店编号"] == events[kind]["place"], "暗访日期"]
        gap = abs(days.agg(far) - pd.Timestamp(events[kind]["on"]))
        assert gap < pd.Timedelta(days=62)
        assert days.between(
            *sorted([pd.Timestamp(events[kind]["on"]), days.agg({"min": "max", "max": "min"}[far])])
        ).all()


def test_a_quarter_of_the_visits_are_made_by_shoppers_from_elsewhere(planted: Written) -> None:
    home = planted.visits["暗访员编号"].map(planted.effect("shopper_severity")["home_region"])
    assert (home != planted.visits["大区"]).mean() > 0.25
    rows = planted.visits.sort_values(["门店编号", "暗访日期"])
    last = rows.groupby("门店编号")["暗访员编号"].shift()
    counted_running = (rows["暗访员编号"] == last).mean()
    assert counted_running < 0.005, "only where a draft or void visit lies between"
    assert rows.groupby("门店编号")["暗访员编号"].nunique().min() >= 2


def test_repairs_are_not_applicable_before_the_sale(planted: Written) -> None:
    repairs = list(planted.items.index[planted.items["触点编号"].isin(["T18", "T19", "T20"])])
    asked = planted.visits[repairs].notna().any(axis=1)
    assert (asked == (planted.visits["暗访类型"] == "售后暗访")).all()
    assert 0.3 < asked.mean() < 0.37  # every third visit


def test_customers_answers_are_in_the_old_chinese_encoding(little: Written) -> None:
    raw = (little.folder / "客户答卷.csv").read_bytes()
    assert raw.decode("gb18030").startswith("答卷编号,门店编号,答卷日期,期次,渠道,")
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")


def test_everything_that_has_a_name_has_it_in_both_languages() -> None:
    for name in ("touchpoints", "dimensions", "items", "questions", "departments", "survey_dimensions", "survey_items"):
        frame = lists.listed(name)
        for column in frame.columns[frame.columns.str.endswith(("_zh", "_en"))]:
            assert (frame[column] != "").all(), (name, column)
        assert not frame.filter(like="_en").iloc[:, 0].str.contains(r"[\u4e00-\u9fff]").any()
        assert frame.filter(like="_zh").iloc[:, 0].is_unique


def test_comments_hold_no_personal_data() -> None:
    for name in ("comments", "remarks"):
        assert not lists.listed(name)["text_zh"].str.contains(r"\d{5,}|@").any()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_chain(little: Written, tmp_path: Path) -> None:
    again, other = small(tmp_path / "again"), small(tmp_path / "other", seed=2)
    for path in [*again.paths, again.folder / "truth.json"]:
        assert path.read_bytes() == (little.folder / path.name).read_bytes(), path.name
    assert not other.answers["Q01"].equals(little.answers["Q01"])


def test_nothing_planted_is_the_same_chain(little: Written, tmp_path: Path) -> None:
    plain = small(tmp_path, planted=False)
    pd.testing.assert_frame_equal(plain.stores, little.stores)
    columns = ["暗访编号", "暗访日期", "暗访员编号", "状态"]
    pd.testing.assert_frame_equal(plain.visits[columns], little.visits[columns])
    assert plain.truth["effects"] == []
    assert set(plain.truth["driver_weights"].values()) == {0.0}


def test_a_large_chain_comes_as_parquet_with_the_same_answers(
    little: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "PARQUET_CELLS", 0)
    large = small(tmp_path)
    path = large.folder / "暗访数据_2026Q3.parquet"
    assert path in large.paths
    sheet = little.sheet("暗访数据_2026Q3.xlsx", "暗访")
    table = pyarrow.parquet.read_table(path).to_pandas()
    assert list(table.columns) == list(sheet.columns)
    items = [c for c in sheet.columns if c in little.items.index]
    pd.testing.assert_frame_equal(table[items].astype(float), sheet[items].astype(float))


@pytest.mark.parametrize(("stores", "months"), [(1, 1), (6, 2), (7, 3), (150, 1)])
def test_a_chain_of_any_size_can_be_built(tmp_path: Path, stores: int, months: int) -> None:
    chain = Written(tmp_path, build(tmp_path, stores=stores, months=months, customers=50, end=END))
    assert chain.truth["stores"] == stores
    assert len(chain.answers) == 50


def test_without_customers_there_is_no_file_of_theirs(tmp_path: Path) -> None:
    chain = small(tmp_path, customers=0)
    assert not (tmp_path / "客户答卷.csv").exists()
    assert all(path.exists() for path in chain.paths)
    assert "customer_responses" not in chain.truth["rows"]


def test_several_visits_a_month_have_their_own_days_and_numbers(tmp_path: Path) -> None:
    chain = small(tmp_path, visits=10, months=1)
    visits = chain.sheet("暗访数据_2026Q4.xlsx", "暗访")
    own = visits[visits["门店编号"].str.startswith("S")]
    assert len(own) == 120
    assert own["暗访编号"].is_unique
    assert not own.duplicated(["门店编号", "暗访日期"]).any()


def test_months_end_with_the_last_complete_one() -> None:
    assert months_until(dt.date(2026, 2, 28), 3) == (dt.date(2025, 12, 1), dt.date(2026, 1, 1), dt.date(2026, 2, 1))


def test_the_truth_file_tells_the_twelve_months_of_the_season(planted: Written) -> None:
    season = planted.effect("seasonality")["points_per_item_by_calendar_month"]
    assert sum(season.values()) == pytest.approx(0.0)
    assert json.loads((planted.folder / "truth.json").read_text(encoding="utf-8"))["months"] == [
        "2024-11-01",
        "2026-10-01",
    ]
