"""The written files read back with plain pandas, and visits scored without any of sq's code."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

TOUCHPOINTS = [f"T{n:02d}" for n in range(1, 21)]


@dataclass
class Written:
    """One folder of the simulated chain."""

    folder: Path
    paths: list[Path] = field(default_factory=list)

    def sheet(self, file: str, name: str) -> pd.DataFrame:
        """A sheet as it stands in the file, item columns (id and text) by their id."""
        frame = pd.read_excel(self.folder / file, sheet_name=name, na_values=["不适用"], engine="calamine")
        return frame.rename(columns=lambda heading: heading.split(" ")[0])

    @cached_property
    def truth(self) -> dict[str, Any]:
        """What was planted."""
        told: dict[str, Any] = json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))
        return told

    def effect(self, name: str) -> dict[str, Any]:
        """One planted effect."""
        return next(e for e in self.truth["effects"] if e["id"] == name)

    @cached_property
    def stores(self) -> pd.DataFrame:
        """One row per store and membership."""
        return self.sheet("门店资料.xlsx", "门店")

    @cached_property
    def items(self) -> pd.DataFrame:
        """The checklist by item id."""
        rows = self.sheet("门店资料.xlsx", "检查项")
        return rows[rows["测评工具"] == "暗访"].set_index("题目编号")

    @cached_property
    def questions(self) -> pd.DataFrame:
        """The questionnaire by item id."""
        rows = self.sheet("门店资料.xlsx", "检查项")
        return rows[rows["测评工具"] == "客户满意度"].set_index("题目编号")

    @cached_property
    def visits(self) -> pd.DataFrame:
        """Counted visits with the store's first region and brand, the month and the stream."""
        files = sorted(self.folder.glob("暗访数据*.xlsx"))
        rows = pd.concat([self.sheet(f.name, "暗访") for f in files], ignore_index=True)
        rows = rows[rows["状态"].isin(["通过", "申诉中"])]
        places = self.stores.drop_duplicates("门店编号")[["门店编号", "大区", "品牌"]]
        rows = rows.merge(places, on="门店编号", how="left")
        return pd.concat([rows, rows["暗访日期"].dt.to_period("M").rename("month")], axis=1)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Share 0-1 of each answer, empty where not applicable."""
        low, high = self.items["最低分"], self.items["最高分"]
        return (self.visits[list(self.items.index)].astype(float) - low) / (high - low)

    def scores(self, items: list[str]) -> pd.Series:
        """Score 0-100 on some items: sum(weight x share) / sum(weight) over the applicable ones."""
        weights, shares = self.items.loc[items, "权重"], self.shares[items]
        return (shares * weights).sum(axis=1) / (shares.notna() * weights).sum(axis=1) * 100

    def touchpoint(self, touchpoint: str) -> pd.Series:
        """Score 0-100 on a touchpoint."""
        return self.scores(list(self.items.index[self.items["触点编号"] == touchpoint]))

    @cached_property
    def is_own(self) -> pd.Series:
        """Whether the visit was to an own store."""
        return self.visits["品牌"].isna()

    @cached_property
    def ordinary(self) -> pd.Series:
        """Score on items that neither veto nor have an effect of their own (not T08, not after-sales)."""
        inside = ~self.items["触点编号"].isin(["T08", "T18", "T19", "T20"]) & (self.items["一票否决"] == "否")
        return self.scores(list(self.items.index[inside]))

    def survey(self, instrument: str) -> pd.DataFrame:
        """The items of a survey of the staff by item id."""
        rows = self.sheet("门店资料.xlsx", "检查项")
        return rows[rows["测评工具"] == instrument].set_index("题目编号")

    def survey_shares(self, forms: pd.DataFrame, instrument: str) -> pd.DataFrame:
        """Points 0-100 of each answer, reversed items turned round; empty where not applicable."""
        items = self.survey(instrument)
        low, high = items["最低分"], items["最高分"]
        shares = (forms[list(items.index)].astype(float) - low) / (high - low)
        turned = items["是否反向"] == "是"
        shares.loc[:, turned] = 1 - shares.loc[:, turned]
        return shares * 100

    @cached_property
    def waves(self) -> list[str]:
        """The surveys of employees, by time."""
        return list(self.truth["surveys"]["employee"])

    @cached_property
    def employees(self) -> pd.DataFrame:
        """Employees' forms of all waves."""
        files = [p for p in self.paths if p.name.startswith("员工答卷")]
        return pd.concat([self.sheet(p.name, "员工答卷") for p in files], ignore_index=True)

    @cached_property
    def internal(self) -> pd.DataFrame:
        """Forms on internal service, made wide again."""
        forms = pd.read_csv(self.folder / "内部服务评价.csv", encoding="utf-8-sig")
        answers = pd.read_csv(self.folder / "内部服务评价得分.csv", encoding="utf-8-sig")
        wide = answers.pivot(index="答卷编号", columns="题目编号", values="得分").reset_index()
        return forms.merge(wide, on="答卷编号", how="left", validate="one_to_one")

    @cached_property
    def regions(self) -> pd.Series:
        """The first region of each own store."""
        first = self.stores.drop_duplicates("门店编号")
        return first[first["品牌"].isna()].set_index("门店编号")["大区"]

    def points(self, name: str) -> pd.DataFrame:
        """The true points that the truth file tells, by store and wave or period."""
        told = self.truth["surveys"]["store_points"][name]
        return pd.DataFrame.from_dict(told, orient="index", columns=range(len(self.waves)))

    def by_store(self, scores: pd.Series, store: pd.Series, turn: pd.Series) -> pd.DataFrame:
        """Mean scores by store and wave (number), less the mean of the region in that wave."""
        means = scores.groupby([store, turn]).mean().unstack()
        return means - means.groupby(self.regions.reindex(means.index)).transform("mean")

    @cached_property
    def measured_internal(self) -> pd.DataFrame:
        """Internal service by store and wave, from the files."""
        scores = self.survey_shares(self.internal, "内部服务")
        left = scores.mean(axis=1) - scores.mean(axis=1).groupby(self.internal["部门编号"]).transform("mean")
        return self.by_store(left, self.internal["门店编号"], self.internal["期次"].map(self.waves.index))

    @cached_property
    def measured_employees(self) -> pd.DataFrame:
        """Employees' mean score by store and wave, from the files."""
        forms = self.employees[self.employees["门店编号"].notna()]
        scores = self.survey_shares(forms, "员工满意度").mean(axis=1)
        return self.by_store(scores, forms["门店编号"], forms["期次"].map(self.waves.index))

    def period(self, days: pd.Series) -> pd.Series:
        """How many surveys of employees were over before the month of each day."""
        months = pd.PeriodIndex(pd.to_datetime(self.wave_ends), freq="M")
        return pd.Series(np.searchsorted(months.asi8, pd.PeriodIndex(days, freq="M").asi8), index=days.index)

    @cached_property
    def wave_ends(self) -> list[pd.Timestamp]:
        """The last days of the surveys of employees."""
        rows = self.sheet("门店资料.xlsx", "期次")
        return list(rows[rows["测评工具"] == "员工满意度"].sort_values("期次编号")["结束日期"])

    @cached_property
    def measured_delivered(self) -> pd.DataFrame:
        """Visits' score on ordinary items by store and period, less that of all own stores in the same month."""
        left = self.ordinary - self.ordinary.where(self.is_own).groupby(
            [self.visits["month"], self.visits["暗访类型"]]
        ).transform("mean")
        own = self.is_own
        return self.by_store(left[own], self.visits["门店编号"][own], self.period(self.visits["暗访日期"])[own])

    @cached_property
    def measured_perceived(self) -> pd.DataFrame:
        """Customers' mean score on ordinary questions by store and period."""
        asked = self.questions[(self.questions["用途"] == "得分") & ~self.questions["触点编号"].isin(["T08"])]
        ordinary = asked[~asked["触点编号"].isin(["T18", "T19", "T20"])].index
        scores = ((self.answers[list(ordinary)] - 1) / 4 * 100).mean(axis=1)
        return self.by_store(scores, self.answers["门店编号"], self.period(self.answers["答卷日期"]))

    @cached_property
    def answers(self) -> pd.DataFrame:
        """Customer answers."""
        return pd.read_csv(self.folder / "客户答卷.csv", encoding="gb18030", parse_dates=["答卷日期"])


def difference(one: pd.Series, other: pd.Series) -> tuple[float, float]:
    """The difference of two means and its standard error (Welch)."""
    one, other = one.dropna(), other.dropna()
    return float(one.mean() - other.mean()), float(np.sqrt(one.var() / len(one) + other.var() / len(other)))


def least_squares(outcome: pd.Series, columns: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Coefficients and standard errors of a regression with a constant."""
    x = np.column_stack([np.ones(len(columns)), columns])
    beta, *_rest = np.linalg.lstsq(x, outcome, rcond=None)
    left = outcome - x @ beta
    spread = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * left.var())
    return pd.Series(beta[1:], columns.columns), pd.Series(spread[1:], columns.columns)
