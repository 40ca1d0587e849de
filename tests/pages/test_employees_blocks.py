"""Parts of the page about employees that can be tested without a page."""

from dataclasses import dataclass

import pandas as pd
import pytest

from sq.selection import Selection
from sq.ui import employees_blocks


@dataclass(frozen=True)
class Shown:
    """As much of the beliefs as a click needs."""

    selection: Selection


def test_an_element_without_a_touchpoint_opens_nothing_and_one_with_it_opens_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[Selection] = []
    monkeypatch.setattr(employees_blocks, "open_explore", opened.append)
    shown = Shown(Selection(start="2026-01", end="2026-03", region="North"))
    employees_blocks._into(shown, "")  # type: ignore[arg-type]
    assert opened == []
    employees_blocks._into(shown, "greeting")  # type: ignore[arg-type]
    assert [(one.region, one.touchpoint) for one in opened] == [("North", "greeting")]


def test_of_many_places_the_chart_of_response_rates_shows_the_lowest_that_may_be_shown() -> None:
    rates = [float(rate) for rate in range(99, 69, -1)]  # 30 places, and one that is hidden
    frame = pd.DataFrame({"id": [f"S{rate:.0f}" for rate in rates], "value": rates})
    hidden = pd.DataFrame({"id": ["hidden"], "value": [float("nan")]})
    every = pd.concat([frame, hidden], ignore_index=True)
    shown = employees_blocks.lowest(every)
    assert shown["value"].tolist() == [float(rate) for rate in range(93, 69, -1)]  # 24 of them, the lowest last
    assert employees_blocks.lowest(every.tail(5))["id"].tolist() == ["S73", "S72", "S71", "S70", "hidden"]
