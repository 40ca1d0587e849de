"""What checking found: coded, counted, and told in the reader's language when shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sq.language import N_, Message, number
from sq.sources.table import DERIVED

SEVERITIES = ("error", "warning", "note")
# code → (severity, what is wrong, what is allowed); an error keeps the row out
CODES: dict[str, tuple[str, str, str]] = {
    "missing": ("error", N_("a value is required"), ""),
    "not_a_number": ("error", N_("“{value}” is not a number"), N_("a number, or empty for not applicable")),
    "not_a_whole_number": ("error", N_("“{value}” is not a whole number"), N_("a whole number")),
    "not_a_date": ("error", N_("“{value}” is not a date"), N_("a date such as {allowed}")),
    "not_yes_or_no": ("error", N_("“{value}” is neither yes nor no"), N_("one of: {allowed}")),
    "not_in_list": ("error", N_("“{value}” is not a known word here"), N_("one of: {allowed}")),
    "out_of_range": ("error", N_("{value} is out of range"), N_("{allowed}")),
    "out_of_scale": (
        "error",
        N_("{value} is outside the scale of the item"),
        N_("{allowed}, or empty for not applicable"),
    ),
    "bad_value": ("error", N_("“{value}” cannot be used here"), N_("{allowed}")),
    "unknown_store": (
        "error",
        N_("store “{value}” is not in the list of stores"),
        N_("a store on the list, such as {allowed}"),
    ),
    "unknown_touchpoint": (
        "error",
        N_("touchpoint “{value}” is not in the list of touchpoints"),
        N_("a touchpoint on the list, such as {allowed}"),
    ),
    "unknown_dimension": (
        "error",
        N_("dimension “{value}” is not in the list of dimensions"),
        N_("a dimension on the list, such as {allowed}"),
    ),
    "unknown_item": (
        "error",
        N_("item “{value}” is not in the list of items"),
        N_("an item on the list, such as {allowed}"),
    ),
    "unknown_response": (
        "error",
        N_("there is no form “{value}” for this answer"),
        N_("a form of this delivery or an earlier one"),
    ),
    "unknown_wave": (
        "warning",
        N_("wave “{value}” is not in the list of waves"),
        N_("a wave on the list, such as {allowed}"),
    ),
    "wave_not_listed": (
        "error",
        N_("wave “{value}” is not in the list of waves"),
        N_("a wave on the list of waves of this instrument, such as {allowed}"),
    ),
    "wave_not_begun": ("error", N_("the wave begins in the future, on {value}"), N_("no later than {allowed}")),
    "unknown_department": (
        "error",
        N_("department “{value}” is not in the list of departments"),
        N_("a department on the list, such as {allowed}"),
    ),
    "store_and_department": (
        "error",
        N_("the form names both a store and a department ({value})"),
        N_("the store or the department of the respondent; leave the other empty"),
    ),
    "no_unit": (
        "error",
        N_("the form names neither a store nor a department"),
        N_("the store or the department of the respondent"),
    ),
    "form_of_other_wave": (
        "error",
        N_("form “{value}” belongs to another wave already"),
        N_("numbers used once over all waves (taken by wave {allowed}); put the wave before the number"),
    ),
    "place_not_listed": (
        "error",
        N_("“{value}” is no place of that level"),
        N_("a place of that level, such as {allowed}"),
    ),
    "place_of_chain": (
        "error",
        N_("the row is about the whole company and names the place “{value}”"),
        N_("no place, or another level"),
    ),
    "item_and_dimension": (
        "error",
        N_("the result names both an item and a dimension ({value})"),
        N_("an item, a dimension, or neither for the whole form"),
    ),
    "sample_sizes": (
        "error",
        N_("the sample sizes {value} contradict each other"),
        N_("the lower limit up to n, n up to the upper limit"),
    ),
    "fractions": (
        "warning",
        N_("all values lie between 0 and 1"),
        N_("percentages from 0 to 100; let a profile multiply fractions by 100"),
    ),
    "wave_moved": (
        "warning",
        N_("wave “{value}” was known with other dates"),
        N_("{allowed}, if the wave was not moved on purpose"),
    ),
    "wave_reopened": (
        "warning",
        N_("wave “{value}” had ended and is open again; what is published of it stands until new answers are enough"),
        N_("{allowed}, if it was not opened again on purpose"),
    ),
    "renamed": ("note", N_("the name was “{allowed}” and is now “{value}”; the results stay together"), ""),
    "same_name": (
        "note",
        N_("“{value}” is new, and {allowed} with the same name is not in this list"),
        N_("one number per unit for good: if it is the same unit, keep its number {allowed}"),
    ),
    "unknown_place": (
        "warning",
        N_("“{value}” is no place of that level"),
        N_("a place of that level, such as {allowed}"),
    ),
    "unknown_metric": ("warning", N_("there is no metric “{value}”"), N_("a metric, such as {allowed}")),
    "duplicate_key": ("error", N_("“{value}” stands more than once in this delivery"), N_("each key once")),
    "in_the_future": ("error", N_("{value} lies in the future"), N_("no later than {allowed}")),
    "dropped_before": (
        "error",
        N_("{value} lies before the time of which single forms are kept; the published sums stand"),
        N_("from {allowed} on"),
    ),
    "before_opening": ("error", N_("{value} is before the store opened"), N_("from {allowed} on")),
    "after_closing": ("error", N_("{value} is after the store closed"), N_("until {allowed}")),
    "after_closing_late": ("warning", N_("{value} is after the store closed"), N_("until {allowed}")),
    "mixed_time_zones": (
        "error",
        N_("{value} is not on the same clock as the beginning"),
        N_("one time zone in a row, or none"),
    ),
    "wrong_order": ("error", N_("{value} is before its beginning"), N_("not before {allowed}")),
    "item_not_valid": (
        "error",
        N_("the item was not in use on that day"),
        N_("an answer only while the item is valid: {allowed}"),
    ),
    "no_scores": ("warning", N_("there is no score in this form"), N_("at least one score, or a total")),
    "profile_missing": ("note", N_("if this code means no answer, the profile should say: {value}"), ""),
    "profile_scale": ("note", N_("if the question has a wider scale, the profile should say: {value}"), ""),
    "profile_date": ("note", N_("these dates can be read if the profile says: {value}"), ""),
    "profile_values": ("note", N_("words become ours if the profile says what each means: {value}"), ""),
    "profile_key": ("note", N_("the key does not tell rows apart; if each is one of its own: {value}"), ""),
    "profile_derive": ("note", N_("if the file itself is the list, the profile should say: {value}"), ""),
    "profile_skip": ("note", N_("if such rows do not count, the profile should say: {value}"), ""),
    "unknown_heading": ("note", N_("nothing uses the column “{value}”"), ""),
    "masked": ("note", N_("names, phone numbers, ID numbers or e-mail addresses were masked"), ""),
}


@dataclass(frozen=True)
class Finding:
    """One kind of problem in one column: ``row_count`` rows, the first of them ``first_row`` (as the file counts).

    ``column`` is the file's heading; ``value`` and ``allowed`` are bare values, the words around them come from the
    code. ``value`` is empty when there are too many different ones to list.
    """

    severity: str
    code: str
    table: str
    file: str
    sheet: str
    column: str
    value: str
    allowed: str
    first_row: int
    row_count: int

    @property
    def message(self) -> Message:
        """The whole sentence: where, what, what is allowed, how often."""
        return finding_message(self)


def finding_message(finding: Any) -> Message:
    """The sentence for anything that carries the fields of a Finding (a row of the published table too)."""
    what, allowed = problem_messages(finding)
    values = {"where": _where(finding), "what": what, "allowed": allowed}
    once = N_("{where}: {what}.") if values["allowed"] is None else N_("{where}: {what}; allowed: {allowed}.")
    if finding.row_count <= 1:
        return Message(once, values)
    more = Message("and {count} more row", {}, many="and {count} more rows", count=finding.row_count - 1)
    often = (
        N_("{where} ({more}): {what}.")
        if values["allowed"] is None
        else N_("{where} ({more}): {what}; allowed: {allowed}.")
    )
    return Message(often, {**values, "more": more})


def _where(finding: Any) -> Message:
    sheet = None if finding.sheet in (None, "", DERIVED) else finding.sheet
    values = {"file": finding.file, "sheet": sheet, "row": finding.first_row, "column": finding.column}
    if finding.first_row <= 0:
        return Message(N_("{file}, sheet {sheet}"), values) if sheet else Message(N_("{file}"), values)
    if not finding.column:
        return Message(N_("{file}, sheet {sheet}, row {row}") if sheet else N_("{file}, row {row}"), values)
    text = (
        N_("{file}, sheet {sheet}, row {row}, column {column}") if sheet else N_("{file}, row {row}, column {column}")
    )
    return Message(text, values)


def problem_messages(problem: Any) -> tuple[Message, Message | None]:
    """What is wrong, and what is allowed (None where the first says it all)."""
    text = CODES[problem.code][2]
    value = problem.value or Message(_withheld(problem))
    says_it = bool(text) and bool(problem.allowed or "{" not in text)
    return (
        Message(CODES[problem.code][1], {"value": value, "allowed": problem.allowed or value}),
        Message(text, {"allowed": problem.allowed}) if says_it else None,
    )


def _withheld(problem: Any) -> str:
    """Words for a value that is not told: there are too many, or it is an answer of somebody promised anonymity."""
    return N_("several values") if getattr(problem, "first_row", 1) > 0 else N_("a value that is not shown")


def shown(value: Any) -> str:
    """A received value as it reads in a finding; long ones are cut."""
    if isinstance(value, float):
        value = int(value) if value.is_integer() else round(value, 6)
    text = str(value)
    if text.endswith(" 00:00:00"):
        text = text[:-9]
    return text if len(text) <= 60 else text[:57] + "..."


def span(low: float, high: float) -> str:
    """A closed range in figures: ``1–5``."""
    return f"{_figure(low)}–{_figure(high)}"


def _figure(value: float) -> str:
    return number(value, 0) if float(value).is_integer() else f"{value:g}"
