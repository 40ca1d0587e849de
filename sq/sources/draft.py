"""``sq profile draft FILE``: a mapping profile proposed from a file's headings and values, for a person to check."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, groupby
from pathlib import Path
from typing import Any

import pandas as pd

from sq import records
from sq.errors import ProfileError, SourceError
from sq.language import Message, _
from sq.places import plain_name
from sq.sources.dates import date_kinds
from sq.sources.delimited import content, decoded, encoding_of, separator_of
from sq.sources.failures import Listing
from sq.sources.guessing import Guess, guessed_columns, guessed_table, is_long, named_like
from sq.sources.headings import ANSWERS, columns_of, is_explanation, plain, required_columns, table_names
from sq.sources.kinds import Kind, kind_of
from sq.sources.observing import Scale, Seen, seen
from sq.sources.profile import IN_BRACES
from sq.sources.profile_checks import not_allowed
from sq.sources.raw import RawSheet, plain_text
from sq.sources.reading import raw_sheets
from sq.sources.standard import NOT_APPLICABLE

FOOTER = re.compile(
    r"\s*(?:合\s*计|总\s*计|小\s*计|汇总|平均|total|sum|grand total|average|mean)\s*[:：]?\s*", re.IGNORECASE
)
MOST_TOTALS = 5  # rows of totals at the foot
FAMILY = 3  # columns on one scale that make a list of questions
ASKS = (
    "satisf",
    "rating",
    "rate",
    "quality",
    "agree",
    "满意",
    "评分",
    "评价",
    "得分",
    "recommend",
    "推荐",
    "overall",
    "整体",
    "总体",
)
OVERALL = ("overall", "as a whole", "总体", "整体")
RECOMMEND = ("recommend", "推荐")
YEAR = re.compile(r"(?:19|20)\d{2}")
CODE = re.compile(r"([A-Za-z]{0,4}\d[\w-]{0,8}(?:\.\d+)?)[\s.、:：_)）]+\S")
MOST_REGIONS = 1.2  # of a store, on average: a column that says more is no region of stores
NOWHERE = "?"  # the region of a store of which none is known
LISTED = 20  # headings written out
WIDTH = 100  # letters of a line of comment


@dataclass(frozen=True)
class Drafted:
    """One sheet with what was guessed of it."""

    sheet: RawSheet
    columns: list[Seen]
    guess: Guess
    long: tuple[Seen, Seen] | None
    totals: tuple[str, tuple[str, ...]] | None


def write_draft(path: Path, output: Path, table: str | None = None) -> Path:
    """Write a draft; a profile that is there already stays.

    Raises:
        SourceError: as `draft`, or there is a file of that name, or it cannot be written.
    """
    text = draft(path, table)
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise SourceError(
            Message("{file} cannot be written, or is there already.", {"file": plain_name(output)}),
            Message("Choose another name: a profile that was checked is not overwritten."),
        ) from error
    return output


def draft(path: Path, table: str | None = None) -> str:
    """A profile for a file as TOML text, with comments that say why and what to check.

    Raises:
        SourceError: the file cannot be read, or nothing in it is like a table that is known.
        ProfileError: there is no such table.
    """
    name = plain_name(path)
    if table is not None and table not in table_names():
        raise ProfileError(not_allowed(table, table_names()), Message("Say with --table what the file holds."))
    sheets = [sheet for sheet in raw_sheets(path, name) if sheet.sheet is None or not is_explanation(sheet.sheet)]
    drafted = [found for sheet in sheets if (found := _drafted(sheet, table, name)) is not None]
    if not drafted:
        raise SourceError(
            Message("Nothing in {file} is like a table that is known.", {"file": name}),
            Message("Say with --table what it is, or write the profile by hand: docs/profiles.md shows how."),
        )
    parts = [_opening(name)]
    shared: dict[str, list[str]] = {}
    parts += ["\n".join(_Section(found, path, len(sheets) > 1, shared).lines()) for found in drafted]
    parts += ["\n".join(lines) for lines in shared.values()]
    return "\n\n".join(parts) + "\n"


def _drafted(sheet: RawSheet, table: str | None, name: str) -> Drafted | None:
    sheet, totals = _without_totals(sheet)
    if len(sheet.frame) == 0 or len(sheet.columns) < 2:
        return None
    columns = seen(sheet)
    table = table or guessed_table(columns, [name.split(".")[0], sheet.sheet or ""])
    guess = guessed_columns(table.removesuffix(ANSWERS), columns)
    long = is_long(columns) if table in records.RESPONSE_TABLES else None
    if (
        long is None
        and table in records.RESPONSE_TABLES
        and not (_items(columns, guess) or "total_score" in guess.columns)
    ):
        return None
    if table not in records.RESPONSE_TABLES and not guess.columns:
        return None
    return Drafted(sheet, columns, guess, long, totals)


def _without_totals(sheet: RawSheet) -> tuple[RawSheet, tuple[str, tuple[str, ...]] | None]:
    """A sheet without the rows of totals at its foot, and the heading and words by which they are known."""
    foot = sheet.frame.tail(MOST_TOTALS)
    for heading in sheet.columns:
        words = {plain_text(cell) for cell in foot[heading] if isinstance(cell, str) and FOOTER.fullmatch(cell)}
        is_total = sheet.frame[heading].map(plain_text).isin(words) if words else None
        if is_total is not None and is_total.sum() <= MOST_TOTALS:
            kept = (~is_total).to_numpy()
            frame = sheet.frame[kept].reset_index(drop=True)
            return replace(sheet, frame=frame, rows=sheet.rows[kept]), (heading, tuple(sorted(words)))
    return sheet, None


def _opening(name: str) -> str:
    return (
        "\n".join(
            _comment(
                _(
                    "A draft made from the headings and values of {file}. Check every line, above all those marked "
                    "with ???, then run: python -m sq check {file} --profile (this file)",
                    file=name,
                )
            )
        )
        + f"\nname = {_quoted(name.split('.')[0])}"
    )


def _items(columns: Sequence[Seen], guess: Guess) -> list[Seen]:
    """Columns that seem to be questions: words that are known, or numbers on a scale that several share."""
    if guess.table not in records.RESPONSE_TABLES:
        return []
    free = [c for c in columns if c.scale is not None and c not in _held(guess)]
    families = Counter(_family(c) for c in free)
    runs = _runs(columns, free)
    items = [c for c in free if c.scale and _is_item(c, c.scale, max(families[_family(c)], runs[c.heading]))]
    highest = {
        shape: max(c.scale.high for c in items if c.scale and _shape(c) == shape) for shape in map(_shape, items)
    }
    return [replace(c, scale=replace(c.scale, high=highest[_shape(c)])) for c in items if c.scale]


def _shape(column: Seen) -> tuple[float, float, bool]:
    """Where a scale begins and about where it ends: the best grade may not have been given to everyone."""
    scale = column.scale
    if scale is None:
        return (0, 0, False)
    ends = [scale.high] if scale.words or scale.high <= 2 else [end for end in (5, 7, 10) if scale.high <= end]
    return (scale.low, ends[0], scale.is_choice)


def _family(column: Seen) -> tuple[object, ...]:
    """What questions of one list share: their scale and the beginning of their headings."""
    start = re.match(r"[^\W\d]*\d*", column.heading)
    return (*_shape(column), start[0] if start and start[0] else column.heading)


def _runs(columns: Sequence[Seen], free: Sequence[Seen]) -> dict[str, int]:
    """Heading → how many columns on the same scale stand side by side with it."""
    found: dict[str, int] = {}
    held = {c.heading for c in free}
    for _shape_of, run in groupby(columns, lambda c: _shape(c) if c.heading in held else None):
        listed = [c.heading for c in run]
        found |= dict.fromkeys(listed, len(listed))
    return found


def _held(guess: Guess) -> list[Seen]:
    """Columns of the table that are no answers for sure."""
    return [c for ours, c in guess.columns.items() if ours not in {"outcome", "touchpoint_id", "format"}]


def _is_item(column: Seen, scale: Scale, alike: int) -> bool:
    if scale.high - scale.low == 1 and scale.low == 1:
        return False  # 1 and 2 are codes of two kinds more often than answers
    asks = any(word in column.heading.casefold() for word in ASKS)
    return bool(scale.words) or asks or alike >= FAMILY


class _Section:
    """The lines of one section; reference rows go to ``shared``, once for the whole profile."""

    def __init__(self, found: Drafted, path: Path, has_sheets: bool, shared: dict[str, list[str]]) -> None:
        self.found, self.path, self.has_sheets, self.shared = found, path, has_sheets, shared
        self.sheet, self.columns = found.sheet, found.columns
        self.guess = found.guess.columns
        self.table = found.guess.table
        self.items = [] if found.long else _items(found.columns, found.guess)
        self.used: set[str] = set()
        self.derives: list[str] = []

    def lines(self) -> list[str]:
        """The section, and with one row per answer a second one for the answers."""
        forms = self._forms()
        if self.found.long:
            return [*self._head(self.table), *forms, "distinct = true", *self.derives, "", *self._answers()]
        items = self._item_lines()
        return [*self._head(self.table), *forms, *self._skips(), *self._rest(), *self._missing(), *items, *self.derives]

    def _head(self, table: str) -> list[str]:
        lines = ["[[section]]", f"files = [{_quoted(_pattern(self.path))}]"]
        lines += [f"sheets = [{_quoted(self.sheet.sheet)}]"] if self.has_sheets and self.sheet.sheet else []
        lines.append(f"table = {_quoted(table)}")
        return lines + self._text_lines()

    def _text_lines(self) -> list[str]:
        """Encoding, separator and decimal sign, where they are not the usual ones."""
        if kind_of(self.path, self.sheet.file) is not Kind.TEXT:
            return []
        data = content(self.path, self.sheet.file)
        encoding = encoding_of(data)
        start = next(decoded(data[:4096].rpartition(b"\n")[0] or data[:4096], encoding.replace("-sig", "")), "")
        separator = separator_of(next((line for line in start.splitlines() if line.strip()), ""))
        lines = []
        if encoding not in {"utf-8", "utf-8-sig"}:
            lines.append(f"encoding = {_quoted(encoding)} # {_('??? told from its bytes: are all signs right?')}")
        if separator != ",":
            lines.append(f"separator = {_quoted(separator)}")
        if any(column.has_comma for column in self.columns):
            lines.append('decimal = ","')
        return lines

    # columns

    def _forms(self) -> list[str]:
        lines: list[str] = []
        for ours in required_columns(self.table):
            lines += self._required(ours)
        if self.table in {"employee_responses", "awareness_responses"}:
            lines += self._unit()
        if self.found.long and "is_single_answer" in columns_of(self.table):
            lines += [f"constants.is_single_answer = true # {_('??? every row is one answer of somebody unknown')}"]
        for ours, column in self.guess.items():
            if column.heading not in self.used and f"columns.{ours}" not in " ".join(lines):
                lines += self._column(ours, column)
                if ours == "touchpoint_id" and self.table != "touchpoints":
                    self._touchpoints(column)
        return lines

    def _required(self, ours: str) -> list[str]:
        if ours in self.guess:
            lines = self._column(ours, self.guess[ours])
        elif ours == records.keys(self.table)[0] and self.table != "stores":
            return self._key(ours)
        elif ours in date_kinds(self.table):
            return self._no_date(ours)
        elif ours == "store_id" and self.table != "stores":
            return self._no_store()
        elif ours == "wave_id" and self.table in records.RESPONSE_TABLES:
            return self._wave()
        else:
            return [f'constants.{ours} = "???" # {_("??? required: no heading seems to be this column")}']
        if ours == "wave_id" and self.table in records.RESPONSE_TABLES:
            self._waves(self.guess[ours].counts)
        if ours == "department_id" and self.table != "departments":
            self._departments(self.guess[ours])
        return lines + (self._stores(self.guess[ours]) if ours == "store_id" else [])

    def _column(self, ours: str, column: Seen) -> list[str]:
        self.used.add(column.heading)
        why = "" if self.found.guess.sure.get(ours, 1) >= 0.8 else _("??? by its name: is it this column?")
        spec: dict[str, Any] = {"heading": column.heading}
        if column.date_format:
            spec["format"] = column.date_format
            if column.formats:
                why = _("??? the format {other} fits too: which comes first, day or month?", other=column.formats[0])
        return [f"columns.{ours} = {_spec(spec)}" + (f" # {why}" if why else "")]

    def _key(self, ours: str) -> list[str]:
        """A column of its own, columns that tell rows apart together, or the number of the row."""
        own = next((c for c in self.columns if c.is_key and c.kind in {"text", "number", "words"}), None)
        if own is not None and (own.kind == "text" or own.is_whole):
            self.used.add(own.heading)
            return [f"columns.{ours} = {_spec({'heading': own.heading})} # {_('??? it differs in every row')}"]
        together = self._telling_apart()
        if together:
            template = "-".join(f"{{{c.heading}}}" for c in together)
            why = _("??? together they tell the rows apart")
        else:
            template, why = (
                "{file}-{row}",
                _("??? nothing tells rows apart: the number of the row; a new file counts anew"),
            )
        return [f"columns.{ours} = {_quoted(template)} # {why}"]

    def _telling_apart(self) -> list[Seen]:
        wanted = [
            c
            for ours, c in self.guess.items()
            if ours in {"store_id", *date_kinds(self.table), "total_score", "shopper_id"}
        ]
        wanted += [c for c in self.columns if c.different > self.sheet.frame.shape[0] / 50 and c not in wanted][:3]
        usable = [c for c in wanted if not set("{}") & set(c.heading) and c.filled == c.rows]
        for size in (2, 3):
            for some in combinations(usable, size):
                if not self._frame([c.heading for c in some]).duplicated().any():
                    return list(some)
        return []

    def _frame(self, headings: list[str]) -> pd.DataFrame:
        return self.sheet.frame[headings].map(plain_text)

    def _no_date(self, ours: str) -> list[str]:
        """A day for all rows: of the year in a cell or the file's name, else of the file itself."""
        days = [c for c in self.columns if c.is_whole and "date" in plain(c.heading) and 1 <= c.low <= c.high <= 31]
        year = YEAR.search(self.path.name)
        day = dt.date(int(year[0]), 1, 1) if year else _written_on(self.path)
        day = min(day, dt.date.today())
        why = _("??? no column holds dates: put in the day of the survey")
        lines = [f"constants.{ours} = {day.isoformat()} # {why}"]
        for column in days[:1]:
            template = _quoted(f"{day:%Y-%m}-{{{column.heading}}}")
            lines.append(f"# columns.{ours} = {template} # {_('perhaps days of a month, instead of the line above')}")
        return lines

    def _no_store(self) -> list[str]:
        self._reference("stores", {"store_id": "ALL", "store_name": "ALL", "region": "ALL"})
        return [f'constants.store_id = "ALL" # {_("??? no column names a store: all rows count for one")}']

    def _stores(self, column: Seen) -> list[str]:
        """Let the stores be derived from the rows that name them."""
        if self.table == "stores":
            return []
        names = [c for c in self.columns if c is not column and named_like("stores", "store_name", c.heading) >= 0.75]
        name = next((c for c in names if c.kind == "text"), column)
        region = next((c for c in self.columns if self._is_region(c, column)), None)
        spec = _or_nowhere(region) if region else {"constant": NOWHERE}
        why = "" if region else f" # {_('??? no column seems to be a region')}"
        self.derives += [
            "",
            *_comment(_("The stores as the rows name them; leave this out when a list of stores is delivered.")),
            "[section.derive.stores]",
            f"columns.store_id = {_spec({'heading': column.heading})}",
            f"columns.store_name = {_spec(_or_nowhere(name))}",
            f"columns.region = {_spec(spec)}{why}",
        ]
        self.used |= {name.heading} | ({region.heading} if region else set())
        return []

    def _is_region(self, column: Seen, store: Seen) -> bool:
        return (
            column is not store
            and column.kind in {"words", "text", "number"}
            and 1 <= column.different <= store.different
            and named_like("stores", "region", column.heading) > 0.4
            and len(self._frame([store.heading, column.heading]).drop_duplicates()) <= MOST_REGIONS * store.different
        )

    def _unit(self) -> list[str]:
        """An employee's form names a store or a department."""
        if "store_id" in self.guess and "department_id" not in self.guess:
            return self._column("store_id", self.guess["store_id"]) + self._stores(self.guess["store_id"])
        if "department_id" not in self.guess:
            self._reference("departments", {"department_id": "ALL", "name_zh": "ALL"})
            return [
                f'constants.department_id = "ALL" # {_("??? no column names a department: all rows count for one")}'
            ]
        lines = self._column("department_id", self.guess["department_id"])
        self._departments(self.guess["department_id"])
        if "store_id" in self.guess:
            lines += self._column("store_id", self.guess["store_id"]) + self._stores(self.guess["store_id"])
        return lines

    def _departments(self, column: Seen) -> None:
        self.derives += [
            "",
            *_comment(_("The departments as the rows name them.")),
            "[section.derive.departments]",
            f"columns.department_id = {_spec({'heading': column.heading})}",
            f"columns.name_zh = {_spec({'heading': column.heading})}",
        ]

    def _touchpoints(self, column: Seen) -> None:
        self.derives += [
            "",
            *_comment(_("The touchpoints as the rows name them; ??? put in their names, stages and order.")),
            "[section.derive.touchpoints]",
            f"columns.touchpoint_id = {_spec({'heading': column.heading})}",
            f"columns.name_zh = {_spec({'heading': column.heading})}",
            'columns.stage = { constant = "sales" }',
            "columns.position = { constant = 1 }",
        ]

    def _wave(self) -> list[str]:
        year = YEAR.search(self.path.name)
        wave = year[0] if year else str(dt.date.today().year - 1)
        self._waves([wave])
        return [f"constants.wave_id = {_quoted(wave)} # {_('??? no column names the wave: one for all rows')}"]

    def _waves(self, names: Iterable[str]) -> None:
        """Waves of the years that their names hold."""
        for name in names:
            found = YEAR.search(name)
            year = int(found[0]) if found else dt.date.today().year - 1
            row = {"instrument": records.RESPONSE_TABLES[self.table][0], "wave_id": name, "name": name}
            self._reference("waves", {**row, "starts_on": dt.date(year, 1, 1), "ends_on": dt.date(year, 12, 31)})

    def _reference(self, table: str, row: Mapping[str, Any]) -> None:
        lines = [f"[[{table}]]", *(f"{key} = {_value(value)}" for key, value in row.items())]
        self.shared.setdefault("\n".join(lines), lines)

    # answers

    def _item_lines(self) -> list[str]:
        if not self.items:
            return []
        ids = _item_ids(self.items)
        lines = ["", "[section.items]"]
        for column in self.items:
            assert column.scale is not None
            own = set(column.scale.missing) - self._common_missing()
            spec: dict[str, Any] = {"heading": column.heading}
            spec |= {"values": dict(column.scale.words)} if column.scale.words else {}
            spec |= {"missing": _sorted(own | self._common_missing())} if own else {}
            why = f" # {_('??? are these codes no answers?')}" if own else ""
            lines.append(f"{_key(ids[column.heading])} = {_spec(spec)}{why}")
            self.used.add(column.heading)
            self._item(ids[column.heading], column, column.scale)
        return lines

    def _common_missing(self) -> set[int | str]:
        """Codes of the most items, unless they lie on the scale of another one."""
        scales = [column.scale for column in self.items if column.scale and not column.scale.words]
        found = Counter(scale.missing for scale in scales if scale.missing).most_common(1)
        codes = found[0][0] if found else ()
        return {code for code in codes if not any(_lies_on(code, scale) for scale in scales)}

    def _missing(self) -> list[str]:
        common = _sorted(self._common_missing())
        why = _("??? codes outside the scale that seem to mean no answer")
        return [f"missing = {_value(common)} # {why}"] if common else []

    def _item(self, item: str, column: Seen, scale: Scale) -> None:
        text = column.heading
        row: dict[str, Any] = {"instrument": records.RESPONSE_TABLES[self.table][0], "item_id": item, "text_zh": text}
        row |= {"scale_min": scale.low, "scale_max": scale.high}
        folded = text.casefold()
        if scale.is_choice:
            row |= {"role": "outcome", "multi_select": True}
        elif any(word in folded for word in OVERALL):
            row["role"] = "overall"
        elif any(word in folded for word in RECOMMEND) and scale.high == 10:
            row["role"] = "recommend"
        lines = ["[[items]]", *(f"{key} = {_value(value)}" for key, value in row.items())]
        held = ", ".join(f"{value} ({n})" for value, n in list(column.counts.items())[:8])
        lines.insert(1, f"# {_one_line(_('seen: {values}', values=held))}")
        self.shared[f"{row['instrument']} {item}"] = lines

    def _answers(self) -> list[str]:
        """The second section of a file with one row per answer."""
        assert self.found.long is not None
        question, answer = self.found.long
        assert answer.scale is not None
        key = records.RESPONSE_TABLES[self.table][1]
        codes = {text: CODE.match(text) or re.match(r"(\d+)", text) for text in question.counts}
        spec: dict[str, Any] = {"heading": question.heading}
        if all(codes.values()):
            spec["extract"] = r"^\s*([A-Za-z]{0,4}\d+)"
        lines = [*self._head(self.table + ANSWERS), self._key_line(key), f"columns.item_id = {_spec(spec)}"]
        lines.append(f"columns.value = {_spec({'heading': answer.heading})}")
        if answer.scale.missing:
            why = _("??? codes outside the scale that seem to mean no answer")
            lines.append(f"missing = {_value(answer.scale.missing)} # {why}")
        lines.append("distinct = true")
        for text in question.counts:
            found = re.match(r"\s*([A-Za-z]{0,4}\d+)", text) if "extract" in spec else None
            column = Seen(text, answer.rows, answer.filled, answer.counts, answer.kind)
            if (item := found[1] if found else text) not in {name.split(" ", 1)[-1] for name in self.shared}:
                self._item(item, column, answer.scale)
        self.used |= {question.heading, answer.heading}
        return [*lines, *self._rest()]

    def _key_line(self, key: str) -> str:
        return (
            f"columns.{key} = {_spec({'heading': self.guess[key].heading})}" if key in self.guess else self._key(key)[0]
        )

    # rows

    def _skips(self) -> list[str]:
        """Rows of totals at the foot."""
        if self.found.totals is None:
            return []
        heading, words = self.found.totals
        return [
            f'skip."row of totals" = {_spec({"heading": heading, "is": list(words)})} # {_("??? are these no data?")}'
        ]

    def _rest(self) -> list[str]:
        """Columns that nothing uses, so that their findings stay silent."""
        unused = [c.heading for c in self.columns if c.heading not in self.used]
        if not unused:
            return []
        plainly = len(unused) <= LISTED and not any(set("*?[") & set(heading) for heading in unused)
        listed = unused if plainly else ["*"]
        told = [] if plainly else _comment(_("Not used: {names}", names=str(Listing(tuple(unused[:LISTED])))))
        return [*told, f"ignore = {_value(listed)} # {_('??? nothing uses these columns')}"]


def _written_on(path: Path) -> dt.date:
    return dt.datetime.fromtimestamp(path.stat().st_mtime).astimezone().date()


def _or_nowhere(column: Seen) -> dict[str, Any]:
    """A column in which no row is empty: words for nothing stand for NOWHERE too."""
    nothing = [text for text in column.counts if text.strip().casefold() in NOT_APPLICABLE]
    return {"heading": column.heading} | ({"missing": nothing} if nothing else {}) | {"default": NOWHERE}


def _lies_on(code: int | str, scale: Scale) -> bool:
    return isinstance(code, int) and scale.low <= code <= scale.high and code not in scale.missing


def _sorted(codes: Iterable[int | str]) -> list[int | str]:
    return sorted(codes, key=lambda code: (isinstance(code, str), str(code).zfill(9)))


def _item_ids(columns: Iterable[Seen]) -> dict[str, str]:
    """Heading → id: the code at its beginning, the heading itself where it is short, else a number."""
    found: dict[str, str] = {}
    for i, column in enumerate(columns, start=1):
        code = CODE.match(column.heading)
        short = plain(column.heading)
        name = code[1] if code else short if re.fullmatch(r"[\w.]{1,24}", short) else f"q{i:02}"
        found[column.heading] = name if name not in found.values() else f"q{i:02}"
    return found


def _pattern(path: Path) -> str:
    """The file's name as a pattern: signs that mean something in a pattern, or nothing in a text, stand as ``?``."""
    return "".join("?" if c in "[]?*" or not c.isprintable() else c for c in path.name)


def _spec(spec: Mapping[str, Any]) -> str:
    """A column in its short or long form."""
    if set(spec) == {"heading"} and not IN_BRACES.search(spec["heading"]):
        return _quoted(spec["heading"])
    return "{ " + ", ".join(f"{_key(key)} = {_value(value)}" for key, value in spec.items()) + " }"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_quoted(str(key))} = {_value(v)}" for key, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else _quoted(str(value))


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(text: str | None) -> str:
    """A text of TOML: JSON's quotes are TOML's, but for the delete sign."""
    return json.dumps(text or "", ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:400]


def _comment(text: str) -> Iterator[str]:
    """A text as lines of comment."""
    line = "#"
    for word in _one_line(text).split(" "):
        if len(line) + len(word) > WIDTH:
            yield line
            line = "#"
        line += f" {word}"
    yield line
