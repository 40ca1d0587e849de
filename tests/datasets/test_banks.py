"""Mystery visits to banks: three questionnaires of two years give the figures of the files and of the publisher."""

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from tests.datasets.bringing import EVERY_PAGE, Brought, brought, opens, skipped, tables
from tests.pages.conftest import Open

SOURCE = "mystery_shopping_banks_2dii"
FILES = ("mystery_2022.csv", "mystery_esip_2021.csv", "mystery_france_2021.csv")
IN_2021 = ("2021-01", "2021-12")
IN_2022 = ("2022-01", "2023-01")  # the last 38 visits of the round fell in January
WHOLE = [
    "Germany",
    "Estonia",
    "Greece",
    "Romania",
    "Denmark",
]  # the publisher had 29 visits in Ireland, the file has 24
PROFILE_4 = "1. What is your Mystery Shopper Profile?"
# columns of 2022 with yes and no that count in the score
YES_NO = (13, 14, 15, 28, 35, 37, 38, 39, 40, 41, 44, 45, 47, 48, 50, 53)
pytestmark = pytest.mark.xdist_group("banks")


@pytest.fixture(scope="module")
def banks(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Brought:
    return brought(tmp_path_factory, shared, SOURCE, *FILES)


def file(shared: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(shared / "datasets" / SOURCE / name)


def test_every_visit_is_loaded_or_skipped_by_name(banks: Brought, shared: Path) -> None:
    visits = banks.counts["mystery_visits"]
    # France: 101 lines, one of them without a single value, ten of totals below the visits
    assert (visits["read"], visits["new"], visits["skipped"]) == (253 + 199 + 100, 253 + 199 + 90, 10)
    assert skipped(tables(shared, SOURCE, *FILES)) == {"mystery_france_2021.csv": {"not a visit": 10}}
    in_2022, in_2021, france = (file(shared, name) for name in FILES)
    banks_of = [in_2022.iloc[:, [5, 9]], in_2021.iloc[:, [4, 9]], france[france.iloc[:, 5].notna()].iloc[:, [6]]]
    assert banks.counts["stores"]["new"] == sum(len(part.drop_duplicates()) for part in banks_of) == 127 + 83 + 13


def test_the_score_is_the_share_of_yes_among_the_questions_that_were_asked(banks: Brought, shared: Path) -> None:
    visits = file(shared, FILES[0])
    marks = [visits.iloc[:, i].map({"Yes": 1.0, "No": 0.0}) for i in YES_NO]
    marks.append(visits.iloc[:, 34].map({"Very familiar": 1.0, "Not familiar": 0.0}))
    marks.append(visits.iloc[:, 52].str.startswith("Yes").astype(float))
    harm = visits.iloc[:, 23].map(lambda text: np.nan if pd.isna(text) else float(text.startswith("No, it means")))
    marks.append(harm.where(visits[PROFILE_4] == "Profile 4"))  # a question for one profile only
    score = pd.concat(marks, axis=1).mean(axis=1) * 100
    expected = score.groupby(visits["Country"]).agg(["mean", "count"])
    printed = banks.scores("mystery_score", "region", IN_2022)
    assert {place: row["n"] for place, row in printed.items()} == expected["count"].to_dict()
    assert {place: row["value"] for place, row in printed.items()} == pytest.approx(expected["mean"].to_dict())
    assert sum(expected["count"]) == 253


def test_what_nobody_asked_is_missing_and_what_nobody_ticked_is_not_chosen(banks: Brought, shared: Path) -> None:
    visits = file(shared, FILES[0])
    items = banks.scores("item_pass_rate", "item", IN_2022)
    fourth = visits[visits[PROFILE_4] == "Profile 4"]
    assert items["no_harm"]["n"] == len(fourth) == 59
    assert items["q10_taxonomy"]["n"] == 253  # a list to tick, shown to all
    assert items["q10_taxonomy"]["value"] == pytest.approx(100 * visits.iloc[:, 18].notna().mean())
    with_materials = visits[visits.iloc[:, 29] != "No materials"]
    assert items["q14_during"]["n"] == len(with_materials) == 202
    assert items["q14_during"]["value"] == pytest.approx(100 * with_materials.iloc[:, 30].notna().mean())


def published_counts(shared: Path, sheet: str, top: int) -> dict[str, int]:
    """Country → number of Yes in a table of the publisher that begins in a row."""
    book = openpyxl.load_workbook(shared / "datasets" / SOURCE / "2022_published_tables.xlsx", data_only=True)
    rows = list(book[sheet].iter_rows(min_row=top, max_row=top + 3, values_only=True))
    countries = [cell for cell in rows[0] if cell][:6]
    yes = next(row for row in rows if "Yes" in row)
    first = yes.index("Yes") + 1
    return {country: int(count or 0) for country, count in zip(countries, yes[first : first + 6], strict=True)}


@pytest.mark.parametrize(
    ("item", "sheet", "top"),
    [
        ("mentions_first", "Part 2.", 7),
        ("after_traditional", "Part 2.", 14),
        ("explains", "Part 2.", 21),
        ("all_products", "Part 2.", 58),
        ("genuine_step", "Part 4. ", 6),
        ("asks_first", "Part 4. ", 13),
        ("matches_both", "Part. 5", 16),
        ("matches", "Part. 5", 23),
    ],
)
def test_counts_of_yes_by_country_are_those_published_for_2022(
    banks: Brought, shared: Path, item: str, sheet: str, top: int
) -> None:
    book = openpyxl.load_workbook(shared / "datasets" / SOURCE / "2022_published_tables.xlsx", read_only=True)
    name = next(title for title in book.sheetnames if title.strip() == sheet.strip())
    printed = banks.scores("item_pass_rate", "region", IN_2022, item=item)
    assert {place: round(row["value"] * row["n"] / 100) for place, row in printed.items()} == (
        published_counts(shared, name, top)
    )


PUBLISHED_2021 = {  # first row of the question in the publisher's analysis → our item
    9: ["6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "6.7", "6.8", "6.9", "6.10"],
    27: [
        "8 family situation",
        "8 professional situation",
        "8 savings",
        "8 financial goals",
        "8 risk aversion",
        "8 environmental non-financial objectives",
        "8 social non-financial goals",
        "8 financial experience",
        "8 extra-financial experience",
        "8 financial knowledge",
        "8 extra-financial knowledge",
        "8 None of the above",
    ],
    40: ["profile_summary"],
    43: ["profile_right"],
    46: ["q11_direct", "q11_choose", "q11_confirm", "q11_concrete", "q11_scenarios"],
    53: ["interest"],
    56: ["financial_only"],
    59: ["extra_financial"],
    67: ["offers"],
}


@pytest.mark.parametrize("country", WHOLE)
def test_shares_by_country_are_those_published_for_2021(banks: Brought, shared: Path, country: str) -> None:
    book = openpyxl.load_workbook(shared / "datasets" / SOURCE / "2021_esip_published_analysis.xlsx", data_only=True)
    sheet = book["Sheet1"]
    column = [cell.value for cell in sheet[1]].index(country) + 1
    published = {
        item: sheet.cell(first + i, column).value
        for first, items in PUBLISHED_2021.items()
        for i, item in enumerate(items)
    }
    published["financial_only"] = 1 - published["financial_only"]  # a question turned round
    printed = banks.scores("item_pass_rate", "item", IN_2021, region=country)
    shares = {item: printed[item]["value"] / 100 for item in published}
    assert shares == pytest.approx(published, abs=6e-5)  # published with four decimals
    assert len(published) == 33


def test_the_workbooks_give_the_same_answers_as_the_csv_files(shared: Path) -> None:
    for csv, book in (("mystery_2022.csv", "2022_quantitative.xlsx"), (FILES[1], "2021_esip_quantitative.xlsx")):
        one, other = (
            next(t for t in tables(shared, SOURCE, name) if t.table == "mystery_visits") for name in (csv, book)
        )
        assert one.items == other.items
        pd.testing.assert_frame_equal(one.frame.astype(str), other.frame.astype(str))


def test_french_dates_and_words_are_read_as_written(shared: Path) -> None:
    visits = next(t for t in tables(shared, SOURCE, FILES[2]) if t.table == "mystery_visits")
    raw = file(shared, FILES[2])
    raw = raw[raw.iloc[:, 5].notna()]
    expected = pd.to_datetime(raw.iloc[:, 5], format="%d/%m/%Y").dt.date.tolist()
    assert visits.frame["visited_on"].tolist() == expected
    assert visits.frame["impact"].sum() == (raw.iloc[:, 107] == "Oui").sum() == 17
    assert visits.frame["green_wish"].isna().sum() == (~raw.iloc[:, 97].isin(["Oui", "Non"])).sum()


def test_countries_banks_and_stages_stand_on_screen(banks: Brought, shared: Path, open_page: Open) -> None:
    for page in EVERY_PAGE:
        opens(open_page, banks.folder, page, start="2022-01", end="2023-01")
    rate = file(shared, FILES[0]).query("Country == 'Germany'").iloc[:, 15].eq("Yes").mean() * 100
    query = {"metric": "item_pass_rate", "item": "explains", "region": "Germany", "start": "2022-01", "end": "2023-01"}
    assert f"{rate:.1f}" in opens(open_page, banks.folder, "explore", "en", **query)
