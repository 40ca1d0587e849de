"""Parts of the page about employees that can be tested without a page."""

from dataclasses import dataclass

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
