"""The parts of the screen that can be checked without one."""

import tomllib
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sq.figures.template import FONT, THEMES
from sq.selection import Selection
from sq.ui.blocks import Column, csv_bytes, safe_text
from sq.ui.drill import picked_id
from sq.ui.filters import changed, without
from sq.ui.period_filter import month_label, months_from, presets, quarter_spans, with_month
from sq.ui.plotly_words import plotly_locale
from sq.ui.sitemap import SITE_MAP, built_pages, front_page

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert safe_text(text) == f"'{text}"


def test_a_downloaded_table_has_headings_full_precision_and_no_formula() -> None:
    frame = pd.DataFrame({"name": ["=HYPERLINK(1)", "北京"], "value": [81.23456, -2.0], "unused": [1, 2]})
    lines = csv_bytes(frame, [Column("name", "门店"), Column("value", "-x", "number")]).decode("utf-8-sig").splitlines()
    assert lines == ["门店,'-x", "'=HYPERLINK(1),81.23456", "北京,-2.0"]


def test_a_downloaded_table_opens_in_excel_as_utf_8() -> None:
    assert csv_bytes(pd.DataFrame({"a": [1]}), [Column("a", "a")]).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ({"customdata": ["North"]}, "North"),
        ({"customdata": "North"}, "North"),
        ({"customdata": {"0": "North"}}, "North"),
        ({"id": "North"}, "North"),
        ({}, ""),
    ],
)
def test_a_click_gives_the_id_of_its_mark(point: dict[str, object], expected: str) -> None:
    assert picked_id({"selection": {"points": [point]}}) == expected


def test_a_click_that_takes_a_mark_back_picks_nothing() -> None:
    assert picked_id({"selection": {"points": []}}) == ""


def test_choosing_a_region_clears_what_lies_below_it() -> None:
    selection = Selection(region="North", city="A", store="S1", touchpoint="T1", split="item")
    assert changed(selection, "region", "South") == Selection(region="South", touchpoint="T1")


def test_taking_a_filter_off_gives_its_default_back() -> None:
    assert without(Selection(rule="points", format="X"), "rule") == Selection(format="X")
    assert without(Selection(touchpoint="T1", item="I1"), "touchpoint") == Selection()


def test_presets_leave_the_running_month_out() -> None:
    months = months_from(date(2024, 11, 1), date(2026, 5, 1))  # May 2026 still runs
    assert presets(months, date(2026, 5, 1)) == {
        "month": ("2026-04", "2026-04"),
        "quarter": ("2026-01", "2026-03"),
        "half": ("2025-11", "2026-04"),
        "year": ("2025-05", "2026-04"),
        "calendar": ("2026-01", "2026-05"),
        "all": ("2024-11", "2026-05"),
    }


def test_presets_stay_inside_short_data() -> None:
    months = months_from(date(2026, 2, 1), date(2026, 3, 1))
    assert presets(months, None)["year"] == ("2026-02", "2026-03")
    assert "quarter" not in presets(months, None)


def test_a_quarter_holds_only_months_with_data() -> None:
    months = months_from(date(2025, 12, 1), date(2026, 4, 1))
    assert quarter_spans(months) == {
        date(2026, 4, 1): ("2026-04", "2026-04"),
        date(2026, 1, 1): ("2026-01", "2026-03"),
        date(2025, 10, 1): ("2025-12", "2025-12"),
    }


def test_moving_one_end_past_the_other_takes_it_along() -> None:
    selection = Selection(start="2026-01", end="2026-03", wave="W1")
    assert with_month(selection, "start", "2026-05") == Selection(start="2026-05", end="2026-05")
    assert with_month(selection, "end", "2026-04") == Selection(start="2026-01", end="2026-04")
    assert with_month(selection, "end", None) == selection


def test_the_running_month_is_marked() -> None:
    may = date(2026, 5, 1)
    assert month_label(may, may) == "May 2026 (running)"
    assert month_label(may, None) == "May 2026"


def test_the_theme_in_the_settings_has_the_colours_of_the_figures() -> None:
    for name, tokens in THEMES.items():
        theme = CONFIG["theme"][name]
        assert theme["backgroundColor"] == tokens.page
        assert theme["secondaryBackgroundColor"] == tokens.panel
        assert theme["textColor"] == tokens.text
        assert theme["primaryColor"] == tokens.accent
        assert theme["borderColor"] == tokens.line
    assert CONFIG["theme"]["font"] == FONT


def test_settings_keep_readers_from_waiting_and_requests_at_home() -> None:
    assert CONFIG["runner"]["postScriptGC"] is False
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert not any("http" in str(value) for section in CONFIG.values() for value in section.values())


def test_plotly_speaks_chinese_without_fetching_anything() -> None:
    words = plotly_locale("zh")
    assert words["locales"]["zh-CN"]["format"]["shortMonths"][10] == "11月"
    assert plotly_locale("en") == {}


def test_the_menu_shows_built_pages_in_the_order_of_the_site_map() -> None:
    keys = [page.key for section in SITE_MAP for page in section.pages]
    assert len(set(keys)) == len(keys)
    assert [page.key for page in built_pages()] == [key for key in keys if key in {p.key for p in built_pages()}]
    assert front_page().path == "app.py"
