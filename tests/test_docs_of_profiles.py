"""The three worked examples of docs/profiles.md do what the page says."""

import re
from pathlib import Path

import pandas as pd
import pytest

from sq.analyses.score import score
from sq.sources.profile import Column, Derived, ItemGroup, Lookup, Profile, Rule, Section, Unpivot
from tests.conftest import ROOT, sq

PAGE = (ROOT / "docs" / "profiles.md").read_text("utf-8")
BLOCK = re.compile(r"^```(csv|toml) (\S+)\n(.*?)^```$", re.M | re.S)


def chapter(number: int) -> str:
    """An example of the page, from its heading to the next."""
    return PAGE.split(f"## Example {number}:")[1].split("\n## ")[0]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Path, str]]:
    """Each example brought in by its own profile: the data folder and what the command printed."""
    done = {}
    for number in (1, 2, 3):
        folder = tmp_path_factory.mktemp(f"example{number}")
        for _, name, text in BLOCK.findall(chapter(number)):
            (folder / name).write_text(text, "utf-8")
        files = [str(path) for path in sorted(folder.glob("*.csv"))]
        profile = next(folder.glob("*.toml"))
        data = folder / "data"
        done[number] = (data, sq("import", *files, "--profile", str(profile), folder=data))
    return {number: (data, result.stdout) for number, (data, result) in done.items()}


def figures(folder: Path, metric: str, by: str, months: tuple[str, str] = ("", ""), **where: str) -> dict[str, float]:
    """Value by place, as ``sq score`` prints it."""
    rows = score(folder, metric, by, where, *months)
    return dict(zip(rows["place"], rows["value"], strict=True))


def says(number: int, *figures_told: float) -> bool:
    """Whether an example's text states all these figures, to one decimal."""
    return all(f"{figure:.1f}" in chapter(number) for figure in figures_told)


def test_the_visits_file_scores_what_the_page_says(outcome: dict[int, tuple[Path, str]]) -> None:
    folder, printed = outcome[1]
    assert "mystery_visits: 6 read = 4 new + 0 changed + 0 unchanged + 0 rejected + 2 skipped" in printed
    shown = figures(folder, "mystery_score", "region")
    # Germany: one of three, two of two. France: two of three, three of three
    assert shown == pytest.approx({"Germany": (100 / 3 + 100) / 2, "France": (200 / 3 + 100) / 2})
    assert says(1, shown["Germany"], shown["France"])
    ticked = figures(folder, "item_pass_rate", "item", region="France")
    assert ticked["shown screen"] == ticked["shown paper"] == 50  # visit 1003 of 1003 and 1005
    assert set(figures(folder, "mystery_score", "store", region="France")) == {"FR-12", "FR-31"}


def test_the_survey_of_two_years_scores_what_the_page_says(outcome: dict[int, tuple[Path, str]]) -> None:
    folder, printed = outcome[2]
    assert "customer_responses: 6 read = 6 new" in printed
    old = figures(folder, "overall_satisfaction", "chain", ("2024-01", "2024-12")).popitem()[1]
    new = figures(folder, "overall_satisfaction", "chain", ("2025-01", "2025-12")).popitem()[1]
    assert old == pytest.approx((75 * 1.5 + 100 * 0.5 + 25 * 1.0) / 3)
    assert new == pytest.approx((100 * 1 + 50 * 1) / 2)
    assert says(2, old, new)
    piers = figures(folder, "overall_satisfaction", "region", ("2024-01", "2024-12"))
    assert piers == pytest.approx({"Pier A": 75, "Pier B": (100 * 0.5 + 25) / 1.5})


def test_published_shares_and_single_answers_show_what_the_page_says(outcome: dict[int, tuple[Path, str]]) -> None:
    folder, printed = outcome[3]
    assert "aggregates: 12 read = 11 new + 0 changed + 0 unchanged + 0 rejected + 1 skipped" in printed
    assert "employee_responses: 14 read = 13 new + 0 changed + 0 unchanged + 0 rejected + 1 skipped" in printed
    nurses = {"dimension": "customer:Nurses"}
    nation = score(folder, "published_share", "chain", nurses, "2025-12", "2025-12").iloc[0]
    assert (nation["value"], nation["n"]) == (80.5, 12_000)
    assert nation["low"] < 80.5 < nation["high"]
    states = score(folder, "published_share", "region", nurses, "2025-12", "2025-12").set_index("place")
    assert states["value"].to_dict() == {"Ohio": 81}
    assert states["low"].isna().all()
    shown = figures(folder, "employee_index", "department", item="1")
    assert shown == {"Roads": round(14 / 18 * 100, 1), "Courts": round(10 / 18 * 100, 1)}
    assert says(3, nation["value"], states["value"]["Ohio"], *shown.values())


def test_the_page_names_every_key_of_a_profile() -> None:
    for model in (Profile, Section, Column, Rule, Lookup, Unpivot, Derived, ItemGroup):
        for name, info in model.model_fields.items():
            key = info.alias or name
            assert re.search(rf"\b{key}\b", PAGE), f"{model.__name__}.{key}"


def test_every_example_is_whole() -> None:
    kinds = [[kind for kind, _, _ in BLOCK.findall(chapter(number))] for number in (1, 2, 3)]
    assert kinds == [["csv", "toml"], ["csv", "csv", "toml"], ["csv", "csv", "toml"]]
    assert pd.Series([name for _, name, _ in BLOCK.findall(PAGE)]).is_unique
