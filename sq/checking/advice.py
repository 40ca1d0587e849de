"""What to change in a mapping profile that makes many findings, told beside them as what to write."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sq.checking.findings import Finding
from sq.sources.headings import ANSWERS, columns_of, required_columns
from sq.sources.profile import Column, Profile, Section

# ways of writing a day that a file may use throughout, the common ones first
FORMATS = (
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%d/%m",
    "%Y-%d-%m",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
)
FEW_CODES = 3  # more different numbers outside a scale are a scale, not codes
SPAN = re.compile(r"(-?[\d.,]+)–(-?[\d.,]+)")


def advice(findings: Iterable[Finding], profile: Profile) -> list[Finding]:
    """A finding for every change of the profile that would make others go away, the most rows first."""
    groups = _grouped(findings)
    told = [new for group in groups for new in _told(group, profile)]
    return sorted(_joined(told), key=lambda finding: -finding.row_count)


@dataclass(frozen=True)
class _Group:
    """All findings of one code in one column of a file."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def values(self) -> list[str]:
        return list(dict.fromkeys(f.value for f in self.findings if f.value))

    def telling(self, code: str, snippet: str) -> Finding:
        """The advice to write a snippet, at the place of the group's first row."""
        one, rows = self.first, sum(f.row_count for f in self.findings)
        first = min(f.first_row for f in self.findings)
        return Finding("note", code, one.table, one.file, one.sheet, one.column, snippet, "", first, rows)


def _grouped(findings: Iterable[Finding]) -> list[_Group]:
    found: dict[tuple[str, ...], list[Finding]] = {}
    for f in findings:
        if f.severity != "note":
            found.setdefault((f.code, f.table, f.file, f.sheet, f.column), []).append(f)
    return [_Group(tuple(group)) for group in found.values()]


def _joined(told: Sequence[Finding]) -> Iterator[Finding]:
    """The same advice for several columns of a file told once, at the first of them."""
    found: dict[tuple[str, ...], list[Finding]] = {}
    for f in told:
        found.setdefault((f.code, f.table, f.file, f.sheet, f.value), []).append(f)
    for same in found.values():
        yield replace(min(same, key=lambda f: f.first_row), row_count=sum(f.row_count for f in same))


def _told(group: _Group, profile: Profile) -> Iterator[Finding]:
    match group.first.code:
        case "out_of_scale":
            yield from _scale(group)
        case "not_a_number":
            yield from _words(group, profile)
        case "not_a_date" | "in_the_future":
            yield from _format(group, profile)
        case "not_in_list" | "not_yes_or_no":
            yield group.telling("profile_values", f"values = {{ {_pairs(group.values)} }}")
        case "duplicate_key":
            yield from _key(group, profile)
        case "unknown_store" | "unknown_department":
            yield from _derive(group, profile)
        case "missing":
            yield from _default(group, profile)


def _scale(group: _Group) -> Iterator[Finding]:
    """Numbers outside a scale: a few are codes, many are a wider scale; one may be either."""
    span = SPAN.search(group.first.allowed)
    numbers = sorted({float(value) for value in group.values if _is_number(value)})
    if span is None or not numbers:
        return
    low, high = (float(end.replace(",", "")) for end in span.groups())
    if len(numbers) <= FEW_CODES:
        yield group.telling("profile_missing", f"missing = [{', '.join(f'{n:g}' for n in numbers)}]")
    wider = [n for n in numbers if n > high]
    if wider and wider[0] == high + 1 and wider == [high + 1 + i for i in range(len(wider))]:
        yield group.telling("profile_scale", f"scale_max = {wider[-1]:g}")
    elif numbers[-1] == low - 1:
        yield group.telling("profile_scale", f"scale_min = {numbers[0]:g}")


def _words(group: _Group, profile: Profile) -> Iterator[Finding]:
    section = _section(group, profile)
    if section is None or not group.values:
        return
    name = next((n for n, spec in section.columns.items() if group.first.column in spec.headings()), None)
    key = "item_values" if name is None or name == "value" else "values"
    yield group.telling("profile_values", f"{key} = {{ {_pairs(group.values)} }}")


def _format(group: _Group, profile: Profile) -> Iterator[Finding]:
    """A format that reads all the dates that were not read, or that puts them into the past."""
    spec = _column(group, profile)
    if spec is None or not group.values:
        return
    given = [spec.format] if isinstance(spec.format, str) else spec.format or []
    texts = group.values
    if group.first.code == "in_the_future":
        swapped = [form.translate(str.maketrans("dm", "md")) for form in given if {"%d", "%m"} <= set(_parts(form))]
        fitting = swapped[:1]
    else:
        fitting = [form for form in FORMATS if form not in given and all(_reads(form, text) for text in texts)][:1]
    for form in fitting:
        yield group.telling("profile_date", f'format = "{form}"')


def _parts(form: str) -> list[str]:
    return re.findall(r"%\w", form)


def _reads(form: str, text: str) -> bool:
    try:
        dt.datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def _key(group: _Group, profile: Profile) -> Iterator[Finding]:
    """A key that repeats: the row number tells rows apart."""
    section = _section(group, profile)
    if section is None or section.table.endswith(ANSWERS):
        return
    key = columns_of(section.table)[0]
    spec = section.columns.get(key)
    if spec is not None and spec.constant is None:
        text = spec.template or f"{{{spec.headings()[0]}}}"
        yield group.telling("profile_key", f'columns.{key} = "{text}-{{row}}"')


def _derive(group: _Group, profile: Profile) -> Iterator[Finding]:
    table = "stores" if group.first.code == "unknown_store" else "departments"
    section = _section(group, profile)
    if section is not None and table not in section.derive:
        columns = ", ".join(f'{name} = "…"' for name in required_columns(table))
        yield group.telling("profile_derive", f"derive.{table}.columns = {{ {columns} }}")


def _default(group: _Group, profile: Profile) -> Iterator[Finding]:
    spec = _column(group, profile)
    if spec is not None and spec.headings():
        yield group.telling("profile_skip", f'skip."no value" = {{ heading = "{group.first.column}", empty = true }}')


def _section(group: _Group, profile: Profile) -> Section | None:
    """The section that makes the group's table, if only one does or only one knows the heading."""
    mine = [section for section in profile.section if section.table == group.first.table]
    knowing = [section for section in mine if any(group.first.column in s.headings() for s in section.columns.values())]
    return knowing[0] if knowing else mine[0] if len(mine) == 1 else None


def _column(group: _Group, profile: Profile) -> Column | None:
    """How the profile reads the group's column."""
    section = _section(group, profile)
    specs = section.columns.items() if section else ()
    return next((s for name, s in specs if group.first.column in (*s.headings(), name)), None)


def _pairs(values: Iterable[str]) -> str:
    return ", ".join(f'"{value}" = …' for value in values)


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
