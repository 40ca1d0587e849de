"""Employees, internal service, awareness and audits: written the way vendors send them, nobody named."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

from sq.demo import build, building
from tests.demo.test_files import SMALL, small
from tests.demo.written import Written

WAVES = ["2025H1", "2025H2", "2026H1", "2026H2"]
PHONE, IDENTITY = r"(?<!\d)1[3-9]\d{9}(?!\d)", r"(?<!\d)\d{17}[\dX]"
OTHERS = (r"[\w.]+@[\w.]+", "我叫", "微信wxid_")


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return small(tmp_path_factory.mktemp("little"))


def test_employees_are_asked_every_half_year_and_the_last_wave_is_over(planted: Written) -> None:
    assert planted.waves == WAVES
    waves = planted.sheet("门店资料.xlsx", "期次")
    spans = waves[waves["测评工具"] == "员工满意度"].set_index("期次编号")
    assert spans["开始日期"].dt.strftime("%Y-%m-%d").to_dict() == {
        "2025H1": "2025-04-01",
        "2025H2": "2025-10-01",
        "2026H1": "2026-04-01",
        "2026H2": "2026-10-01",
    }
    assert spans["结束日期"].max() == pd.Timestamp("2026-10-31")
    assert sorted(waves.loc[waves["测评工具"] == "内部服务", "期次编号"]) == WAVES
    assert sorted(waves.loc[waves["测评工具"] == "服务意识", "期次编号"]) == ["2025H2", "2026H2"]
    assert [p.name for p in planted.paths if p.name.startswith("员工答卷")] == [f"员工答卷_{w}.xlsx" for w in WAVES]


def test_everybody_of_every_open_store_and_department_is_invited(planted: Written) -> None:
    invited = pd.read_csv(planted.folder / "发放.csv")
    employees = invited[(invited["测评工具"] == "员工满意度") & (invited["层级"] == "门店")]
    staff = planted.stores.drop_duplicates("门店编号").set_index("门店编号")["员工人数"]
    assert (employees["发放数"].to_numpy() == staff[employees["对象"]].to_numpy()).all()
    assert staff.between(8, 25).all()
    assert (staff.min(), staff.max()) == (8, 25)
    # 120 stores, less the one that opens in July 2025 (first wave) and the one that closes in April 2026 (last wave)
    assert employees.groupby("期次").size().tolist() == [119, 120, 120, 119]
    departments = invited[invited["层级"] == "职能部门"]
    assert departments.groupby("期次")["发放数"].sum().tolist() == [128] * 4  # 16 + 24 + 14 + 30 + 26 + 18
    assert sorted(departments["对象"].unique()) == ["AFS", "FIN", "HR", "IT", "MKT", "OPS"]


def test_between_55_and_90_percent_answer_and_small_stores_may_fall_below_five(planted: Written) -> None:
    invited = pd.read_csv(planted.folder / "发放.csv")
    invited = invited[invited["测评工具"] == "员工满意度"].set_index(["期次", "对象"])["发放数"]
    place = planted.employees["门店编号"].fillna(planted.employees["部门编号"])
    forms = planted.employees.groupby(["期次", place.rename("对象")]).size()
    rates = forms.groupby("期次").sum() / invited.groupby("期次").sum()
    assert rates.between(0.69, 0.76).all(), "mean of 55 and 90 is 72.5 %; standard error of 126 units about 1.5"
    assert (forms <= invited.reindex(forms.index)).all()
    few = (forms < 5).groupby("期次").sum()
    assert few.between(1, 20).all(), "something to hide in every wave"


def test_a_form_belongs_to_a_store_or_a_department_and_its_number_tells_nothing(planted: Written) -> None:
    forms = planted.employees
    assert (forms["门店编号"].notna() ^ forms["部门编号"].notna()).all()
    assert forms["答卷编号"].is_unique
    for wave, rows in forms[forms["门店编号"].notna()].groupby("期次"):
        assert rows["答卷编号"].is_monotonic_increasing
        order = rows["门店编号"].str[1:].astype(int).to_numpy()
        assert abs(np.corrcoef(np.arange(len(order)), order)[0, 1]) < 0.12, (wave, "4 / sqrt(1,250)")


def test_roles_and_tenures_are_missing_now_and_then(planted: Written) -> None:
    in_stores = planted.employees[planted.employees["门店编号"].notna()]
    assert set(in_stores["岗位"].dropna()) == {"管理者", "一线员工"}
    assert in_stores["岗位"].isna().mean() == pytest.approx(0.03, abs=0.012)
    assert set(planted.employees["岗位"][planted.employees["门店编号"].isna()].dropna()) == {"管理者"}
    assert planted.employees["工龄段"].isna().mean() == pytest.approx(0.05, abs=0.012)
    assert planted.employees["工龄段"].nunique() == 4


def test_the_questionnaire_has_the_eleven_dimensions_two_of_them_sensitive(planted: Written) -> None:
    dimensions = planted.sheet("门店资料.xlsx", "维度")
    employee = dimensions[dimensions["测评工具"] == "员工满意度"]
    assert len(employee) == 11
    assert set(employee.loc[employee["是否敏感"] == "是", "维度名称"]) == {"待遇和社会保障", "离职意向"}
    items = planted.survey("员工满意度")
    assert len(items) == 48
    assert items.groupby("维度编号").size().between(4, 5).all()
    assert (items["是否反向"] == "是").sum() == 9
    assert planted.survey("内部服务").groupby("维度编号").size().tolist() == [2] * 5
    assert len(planted.survey("管理诊断")) == 30
    assert planted.survey("管理诊断")["维度编号"].nunique() == 9


def test_internal_service_comes_long_one_row_per_answer(planted: Written) -> None:
    answers = pd.read_csv(planted.folder / "内部服务评价得分.csv", encoding="utf-8-sig")
    assert len(answers) == len(planted.internal) * 10
    assert not answers.duplicated(["答卷编号", "题目编号"]).any()
    assert answers["得分"].isna().mean() == pytest.approx(0.03, abs=0.004)
    assert set(answers["答卷编号"]) == set(planted.internal["答卷编号"])
    rated = planted.internal.groupby(["期次", "门店编号"])["部门编号"].nunique()
    assert (rated == 6).mean() > 0.99, "three raters, each of whom leaves out one department in twelve"
    assert set(planted.internal["支持问题"].dropna()) == {"忽视请求", "资源不足", "未按时限", "质和量不足"}
    assert set(planted.internal["请求问题"].dropna()) == {"内容不明确", "没有完成时限", "超出能力"}


def test_only_managers_are_asked_what_matters_to_customers(planted: Written) -> None:
    forms = planted.sheet("服务意识答卷.xlsx", "服务意识答卷")
    items = planted.survey("服务意识")
    belief = list(items.index[items["用途"] == "重要性"])
    own = list(items.index[items["用途"] == "感知"])
    assert list(items.loc[belief, "服务要素"]) == list(items.loc[own, "服务要素"])
    customers = planted.questions[planted.questions["用途"] == "重要性"]
    assert set(items.loc[belief, "服务要素"]) == set(customers["服务要素"])
    assert forms.loc[forms["岗位"] == "一线员工", belief].isna().all().all()
    assert forms.loc[forms["岗位"] == "管理者", belief].notna().mean().min() > 0.9
    assert forms[own].notna().mean().min() > 0.97


def test_every_open_store_is_audited_before_each_survey(planted: Written) -> None:
    audits = planted.sheet("管理诊断.xlsx", "管理诊断")
    months = audits["诊断日期"].dt.strftime("%Y-%m")
    assert months.value_counts().sort_index().to_dict() == {
        "2025-03": 119,
        "2025-09": 120,
        "2026-03": 120,
        "2026-09": 119,
    }
    assert audits["诊断编号"].is_unique
    assert audits["诊断员编号"].nunique() == 12


def test_some_comments_tell_who_wrote_them_and_most_are_chinese(planted: Written) -> None:
    comments = planted.employees["意见"].dropna()
    assert 0.2 < len(comments) / len(planted.employees) < 0.24
    told = {kind: comments.str.contains(kind).sum() for kind in (PHONE, IDENTITY, *OTHERS)}
    assert min(told.values()) >= 3, told
    assert sum(told.values()) < 0.06 * len(comments)
    assert comments.str.contains(r"[\u4e00-\u9fff]").mean() > 0.95
    for number in comments.str.findall(IDENTITY).explode().dropna():
        weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]  # GB 11643-1999, table 1
        rest = sum(int(d) * w for d, w in zip(number[:17], weights, strict=True)) % 11
        assert number[17] == "10X98765432"[rest]
        assert re.match(r"\d{6}19000101", number), "born in 1900: nobody's"


def test_unhappy_people_write_unhappy_comments(planted: Written) -> None:
    mood = planted.survey_shares(planted.employees, "员工满意度").mean(axis=1)
    comments = planted.employees["意见"]
    good, bad = comments == "带我的师傅很耐心。", comments == "空调坏了一个夏天。"
    assert mood[good].min() >= 67.5 > 54.5 >= mood[bad].max()


def test_published_results_come_with_and_without_their_n(planted: Written) -> None:
    rows = planted.sheet("汇总结果.xlsx", "汇总结果")
    assert len(rows) == 2 * (6 + 2)  # two years: six regions, satisfied share, NPS
    assert rows["样本量"].notna().sum() == 2 * 4 + 2
    assert (rows["统计量"] == "净推荐值").sum() == 2


def test_large_surveys_come_as_parquet_with_the_same_answers(
    little: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "PARQUET_CELLS", 0)
    large = small(tmp_path)
    names = {p.name for p in large.paths if p.suffix == ".parquet"}
    assert names >= {
        "员工答卷_2026H2.parquet",
        "内部服务评价.parquet",
        "内部服务评价得分.parquet",
        "服务意识答卷.parquet",
        "管理诊断.parquet",
    }
    table = pyarrow.parquet.read_table(large.folder / "员工答卷_2026H2.parquet").to_pandas()
    items = list(little.survey("员工满意度").index)
    assert list(table.columns) == list(little.employees.columns)
    pd.testing.assert_frame_equal(table[items].astype(float), little.employees[items].astype(float))
    long = pyarrow.parquet.read_table(large.folder / "内部服务评价得分.parquet").to_pandas()
    text = pd.read_csv(little.folder / "内部服务评价得分.csv", encoding="utf-8-sig")
    columns = ["答卷编号", "题目编号"]
    pd.testing.assert_frame_equal(long[columns], text[columns], check_dtype=False)
    pd.testing.assert_series_equal(long["得分"].astype(float), text["得分"].astype(float))


@pytest.mark.parametrize(("months", "waves", "expected"), [(24, 2, 2), (14, 4, 2), (6, 4, 1), (2, 4, 1), (24, 0, 0)])
def test_a_short_chain_has_fewer_surveys(tmp_path: Path, months: int, waves: int, expected: int) -> None:
    chain = Written(tmp_path, build(tmp_path, **SMALL | {"months": months, "waves": waves, "customers": 10}))  # type: ignore[arg-type]
    assert len([p for p in chain.paths if p.name.startswith("员工答卷")]) == expected
    assert ("employee_responses" in chain.truth["rows"]) == (expected > 0)
    staff = {"weak_department", "low_region", "dropped_dimension", "mistaken_managers", "weak_area"}
    assert (staff <= {e["id"] for e in chain.truth["effects"]}) == (expected > 0)
