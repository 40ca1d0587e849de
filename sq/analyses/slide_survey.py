"""Customers and employees as a slide: their index by dimension, from the same analysis as the drill."""

from __future__ import annotations

from dataclasses import replace

from sq.analyses.slide_content import SlideContent
from sq.analyses.slide_explore import explore_slide
from sq.analyses.slides import View
from sq.metrics.catalogue import METRICS


def customers_slide(view: View) -> SlideContent:
    """The customers' index (or the address's customer metric) by dimension."""
    return _by_dimension(view, "customer", "customer_index")


def employees_slide(view: View) -> SlideContent:
    """The employees' index (or the address's employee metric) by dimension."""
    return _by_dimension(view, "employee", "employee_index")


def _by_dimension(view: View, instrument: str, usual: str) -> SlideContent:
    asked = view.selection
    is_own = asked.metric in METRICS and METRICS[asked.metric].instrument == instrument
    metric = asked.metric if is_own else usual
    selection = asked.but(metric=metric, split=asked.split or "dimension", stage="", touchpoint="")
    return explore_slide(replace(view, selection=selection))
