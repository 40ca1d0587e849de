"""From a difference to a colour: seven classes with fixed breaks, the same on every page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sq.figures.template import tokens
from sq.language import N_, Message, _, number, percent_sign, signed
from sq.metrics.catalogue import Metric

# Multiples of the metric's smallest relevant difference: inside the first one is neutral.
BREAKS = (-4.0, -2.0, -1.0, 1.0, 2.0, 4.0)
LIMIT_SIGNS = {">=": "≥", "<=": "≤"}
BETTER, WORSE = "▲", "▼"
MODES: dict[str, str] = {
    "difference": N_("Difference"),
    "reliable": N_("Reliable only"),
    "bands": N_("Bands"),
    "rank": N_("Rank"),
}


@dataclass(frozen=True)
class Swatch:
    """One entry of a colour key."""

    color: str
    label: str
    pattern: str = ""  # hatched, crossed or dotted (sq/ui/style.py)
    beside: str = ""  # a second colour with the same meaning


def mark(verdict: str) -> str:
    """▲ reliably better, ▼ reliably worse, whatever direction the metric has; else nothing."""
    return {"better": BETTER, "worse": WORSE}.get(verdict, "")


def difference_shades(frame: pd.DataFrame, metric: Metric, theme: str, reliable_only: bool = False) -> list[str]:
    """One colour per row: orange worse, blue better, neutral small, grey too few.

    A difference that is not reliable has a faint tint of its colour, or, if asked, is grey as well.
    """
    t = tokens(theme)
    size = frame["difference"].to_numpy(float) * metric.direction / metric.smallest_relevant_difference
    classes = np.searchsorted(np.array(BREAKS), np.nan_to_num(size), side="right")
    reliable = frame["verdict"].isin(["better", "worse"]).to_numpy()
    grey = np.isnan(size) | (~reliable if reliable_only else frame["verdict"].isin(["too_few", ""]).to_numpy())
    colors = [(t.diverging if full else t.pale)[k] for full, k in zip(reliable, classes, strict=True)]
    return [t.grey if is_grey else color for is_grey, color in zip(grey, colors, strict=True)]


def band_shades(frame: pd.DataFrame, metric: Metric, theme: str) -> list[str]:
    """One colour per row by the metric's absolute bands (60 and 75 for scores); grey where they do not exist."""
    t = tokens(theme)
    values = frame["value"].to_numpy(float)
    if not metric.bands:
        return [t.grey] * len(values)
    classes = np.searchsorted(np.array(metric.bands), np.nan_to_num(values), side="right")
    return [t.grey if np.isnan(v) else t.bands[k] for v, k in zip(values, classes, strict=True)]


def rank_shades(frame: pd.DataFrame, theme: str) -> list[str]:
    """One colour per row by ``rank`` among ``ranked`` places: the best seventh is the deepest blue, no rank is grey.

    The rank of a place that does not differ reliably has a faint tint only.
    """
    t = tokens(theme)
    if "rank" not in frame:
        return [t.grey] * len(frame)
    share = (frame["rank"].to_numpy(float) - 0.5) / frame["ranked"].to_numpy(float)
    reliable = frame["verdict"].isin(["better", "worse"])
    palettes = [t.diverging if full else t.pale for full in reliable]
    return [t.grey if np.isnan(s) else shades[6 - int(s * 7)] for s, shades in zip(share, palettes, strict=True)]


def shades(frame: pd.DataFrame, metric: Metric, theme: str, mode: str = "difference") -> list[str]:
    """One colour per row in one of MODES."""
    if mode == "bands":
        return band_shades(frame, metric, theme)
    if mode == "rank":
        return rank_shades(frame, theme)
    return difference_shades(frame, metric, theme, reliable_only=mode == "reliable")


def ink(color: str) -> str:
    """Black or white, whichever reads better on a colour (WCAG relative luminance)."""
    return "#111820" if luminance(color) > 0.19 else "#FFFFFF"


def luminance(color: str) -> float:
    """Relative luminance of ``#RRGGBB`` (WCAG 2.2)."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2): 4.5 is AA for text, 3 for marks."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def color_key(metric: Metric, theme: str, mode: str = "difference") -> tuple[Swatch, ...]:
    """The colours of a mode with their breaks in words, worst first."""
    t = tokens(theme)
    few = Swatch(t.grey, _("too few to judge") if mode != "reliable" else _("not reliable or too few"), "hatched")
    if mode == "bands":
        return _band_key(metric, theme)
    if mode == "rank":
        last, first = Swatch(t.diverging[0], _("last in its row")), Swatch(t.diverging[6], _("first in its row"))
        middle = Swatch(t.diverging[3], _("in the middle, or all alike but for chance"))
        return last, middle, first, Swatch(t.pale[0], _("faint: not reliable"), beside=t.pale[6]), few
    edges = [abs(b) * metric.smallest_relevant_difference for b in BREAKS[3:]]
    one, two, four = (number(edge, metric.decimals) for edge in edges)
    labels = (
        _("worse by more than {size}", size=four),
        _("worse by {low} to {high}", low=two, high=four),
        _("worse by {low} to {high}", low=one, high=two),
        _("within ±{size}", size=one),
        _("better by {low} to {high}", low=one, high=two),
        _("better by {low} to {high}", low=two, high=four),
        _("better by more than {size}", size=four),
    )
    full = [Swatch(color, label) for color, label in zip(t.diverging, labels, strict=True)]
    pale = [] if mode == "reliable" else [Swatch(t.pale[0], _("faint: not reliable"), beside=t.pale[6])]
    return (*full, *pale, few)


def _band_key(metric: Metric, theme: str) -> tuple[Swatch, ...]:
    t = tokens(theme)
    if not metric.bands:
        return (Swatch(t.grey, _("no bands for this metric")),)
    low, high = (number(edge, 0) for edge in metric.bands)
    return (
        Swatch(t.bands[0], _("below {edge}", edge=low)),
        Swatch(t.bands[1], _("{low} to below {high}", low=low, high=high)),
        Swatch(t.bands[2], _("{edge} or more", edge=high)),
    )


def value_text(value: float, metric: Metric, limit: object = "") -> str:
    """A value with its unit: ``81.2 points``, ``12.5 %``; ``≥95 points`` where only its limit may be shown."""
    shown = limited(value, limit, metric.decimals)
    if metric.unit == "%":
        return shown + percent_sign()
    return str(Message(N_("{value} {unit}"), {"value": shown, "unit": Message(metric.unit)}))


def limited(value: float, limit: object = "", decimals: int = 1) -> str:
    """A number, or the limit that it stands for: ``≥95``."""
    sign = LIMIT_SIGNS.get(str(limit), "")
    return f"{sign}{number(value, 0)}" if sign else number(value, decimals)


def difference_text(value: float, metric: Metric) -> str:
    """A signed difference with its unit: ``+1.3 points``, ``−2.0 pp``."""
    unit = Message(metric.difference_unit)
    return str(Message(N_("{value} {unit}"), {"value": signed(value, metric.decimals), "unit": unit}))
