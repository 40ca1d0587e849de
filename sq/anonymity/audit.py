"""The audit: attacks what a real snapshot, and every publication before it, shows of the anonymous surveys.

For each wave: every version that the ledger holds up to the snapshot, the people who stood behind it as the intake knew
them at that moment, and the attack of `sq.statistics.attack` on all of it together. The answers are used to check that
what is shown is true and to make the attack faster; none is told, in a leak neither.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from sq.anonymity.estimates import ESTIMATE_MINIMUM
from sq.anonymity.exposure import (
    FORM,
    KEYS,
    MOST_TOGETHER,
    Edition,
    Exposure,
    exposures,
    focused,
    joint_exposure,
    lonely_comments,
    narrow_intervals,
    subjects,
    tally,
)
from sq.anonymity.survey import statements
from sq.errors import SnapshotError
from sq.intake import create_current_views, open_intake
from sq.language import N_, Message
from sq.places import snapshot_file
from sq.statistics.attack import Attacked, Leak, attack
from sq.warehouse import SNAPSHOT_ID, Warehouse, current_snapshot

QUERIES = Path(__file__).parent.parent / "rollups" / "55_audit.sql"
SMALLEST = {"internal_service": "region_department"}
NAMING = ("region", "store_id", "department_id", "role", "tenure")
MOST_PLACES = 12
MOST_CELLS_ALONE = 20_000  # of a snapshot that is attacked wave by wave in one process
MOST_PEOPLE = 800  # of a wave whose form by role and length of service is attacked in one piece


@dataclass(frozen=True)
class Found:
    """A leak: how many people of which place (ids and names as in the data), on what. Never an answer."""

    people: int
    place: str
    subject: str


@dataclass(frozen=True)
class WaveAudit:
    """What is shown of a wave, and what the attack made of it.

    ``groups``: shown, hidden for too few answers, hidden to protect a neighbour, among ``level`` (the smallest groups).
    ``covered``: respondents whose own smallest group is shown. ``wrong``: cells that do not fit the answers.
    """

    instrument: str
    wave: str
    name: str
    ends_on: dt.date
    state: str
    versions: int
    minimum_group: int
    minimum_sensitive: int
    waiting: int
    level: str
    groups: tuple[int, int, int]
    respondents: int
    covered: int
    attacked: Attacked
    found: tuple[Found, ...]
    wrong: tuple[str, ...]
    is_dropped: bool = False

    @property
    def is_safe(self) -> bool:
        """Nothing was found, and nothing was left undecided."""
        return not self.found and not self.wrong and not self.attacked.undecided


@dataclass(frozen=True)
class Audit:
    """The audit of one snapshot."""

    snapshot: str
    created_at: str
    audited_at: dt.datetime
    waves: tuple[WaveAudit, ...]

    @property
    def is_safe(self) -> bool:
        """No wave leaks."""
        return all(w.is_safe for w in self.waves)


def audit(folder: Path, snapshot: str | None = None) -> Audit:
    """Attack a snapshot, by default the current one.

    Raises SnapshotError when there is no such snapshot, IntakeError when the intake is missing or in use.
    """
    name = _checked(folder, snapshot) if snapshot else current_snapshot(folder)
    with _reading(folder, name) as con:
        queries = statements(QUERIES)
        (created,) = con.execute(queries["created"]).fetchone() or ("",)
        waves = [{str(k): v for k, v in wave.items()} for wave in con.execute(queries["waves"]).df().to_dict("records")]
        is_large = sum(int(wave["cells"]) for wave in waves) > MOST_CELLS_ALONE
        done = [] if is_large else [_audited(con, wave, str(created)) for wave in waves]
    if is_large:
        done = _side_by_side(folder, name, waves, str(created))
    return Audit(name, str(created), dt.datetime.now().replace(microsecond=0), tuple(done))  # noqa: DTZ005 - office time


@contextmanager
def _reading(folder: Path, snapshot: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """The intake with its current views and, as ``shown``, a snapshot."""
    path = str(snapshot_file(folder, snapshot)).replace("'", "''")
    with open_intake(folder, read_only=True) as con:
        create_current_views(con)
        con.execute(f"ATTACH '{path}' AS shown (READ_ONLY)")
        yield con


def _side_by_side(folder: Path, snapshot: str, waves: Sequence[dict[str, Any]], created: str) -> list[WaveAudit]:
    """Waves in processes of their own, the largest first; in the order given."""
    order = sorted(range(len(waves)), key=lambda w: -int(waves[w]["cells"]))
    workers = min(len(waves), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        begun = {w: pool.submit(_audited_apart, folder, snapshot, waves[w], created) for w in order}
        return [begun[w].result() for w in range(len(waves))]


def _audited_apart(folder: Path, snapshot: str, wave: dict[str, Any], created: str) -> WaveAudit:
    with _reading(folder, snapshot) as con:
        return _audited(con, wave, created)


def _checked(folder: Path, snapshot: str) -> str:
    if not SNAPSHOT_ID.fullmatch(snapshot) or not snapshot_file(folder, snapshot).exists():
        raise SnapshotError(
            Message(N_("There is no snapshot {name}."), {"name": snapshot}),
            Message(N_("See which snapshots there are: python -m sq snapshots")),
        )
    Warehouse(snapshot_file(folder, snapshot)).close()
    return snapshot


def _audited(con: duckdb.DuckDBPyConnection, wave: dict[str, Any], created: str) -> WaveAudit:
    editions = _editions(con, wave, created)
    last = editions[-1] if editions else None
    level = SMALLEST.get(wave["instrument"], "store")
    is_dropped = last is not None and len(last.shown) > 0 and not len(last.forms)
    done, found, wrong = (Attacked(), (), ()) if last is None or is_dropped else attacked(editions)
    if last is not None and not is_dropped:
        own = [wave["instrument"], wave["wave"]]
        comments = con.execute(statements(QUERIES)["shown_comments"], own).df()
        wrong += tuple(lonely_comments(last, comments)) + tuple(narrow_intervals(last))
        wrong += _small_estimates(con.execute(statements(QUERIES)["shown_estimates"], own).df())
    return WaveAudit(
        wave["instrument"],
        wave["wave"],
        wave["name"],
        pd.Timestamp(wave["ends_on"]).date(),
        wave["state"],
        len(editions),
        int(wave["minimum_group"]),
        int(wave["minimum_sensitive"]),
        int(wave["waiting"]),
        level,
        tally(last.cells) if last else (0, 0, 0),
        *_covered(last, level),
        done,
        found,
        wrong,
        is_dropped,
    )


def _small_estimates(rows: pd.DataFrame) -> tuple[str, ...]:
    """Estimates of fewer than twenty people, or of all but fewer than twenty of them."""
    small = rows[rows["n"] < ESTIMATE_MINIMUM]
    wrong = [f"{row['statistic']} {row['subject']}: {row['n']}" for row in small.to_dict("records")]
    for (statistic, outcome, subject), part in rows.groupby(["statistic", "outcome", "subject"]):
        whole, regions = part.loc[part["level"] == "chain", "n"], part.loc[part["level"] == "region", "n"]
        rest = int(whole.sum() - regions.sum())
        if len(whole) and len(regions) and 0 < rest < ESTIMATE_MINIMUM:
            wrong.append(f"{statistic} {outcome} {subject}: {rest}")
    return tuple(wrong)


def _covered(edition: Edition | None, level: str) -> tuple[int, int]:
    """Respondents, and those among them whose own store, department or pair of region and department is shown."""
    if edition is None or not len(edition.forms):
        return 0, 0
    shown = edition.shown
    smallest = shown["level"].isin([level, "department"] if level == "store" else [level])
    own = shown[smallest & (shown["subject_kind"] == "form")].reset_index(drop=True)
    return len(edition.forms), int((edition.standing(own).max(axis=1) >= 0).sum())


# --- what was shown, and who was behind it --------------------------------------------------------------------------


def _editions(con: duckdb.DuckDBPyConnection, wave: dict[str, Any], created: str) -> list[Edition]:
    """Every publication of a wave up to the snapshot, the snapshot's own last."""
    queries, key = statements(QUERIES), [wave["instrument"], wave["wave"]]
    has_ledger = (con.execute(queries["has_ledger"]).fetchone() or (0,))[0]
    versions = con.execute(queries["versions"], key).fetchall() if has_ledger else []
    own = _tables(con, "shown", key)
    found: list[Edition] = []
    for version, published_at in versions:
        shown = _tables(con, "ledger", [version])
        is_own = _is_same(shown[0], own[0])
        found.append(_edition(con, wave, shown, published_at))
        if is_own:
            return found
    if len(own[0]) and (own[0]["hidden"] == "").any():
        found.append(_edition(con, wave, own, None))
    return found


def _tables(con: duckdb.DuckDBPyConnection, place: str, values: Sequence[Any]) -> tuple[pd.DataFrame, ...]:
    queries = statements(QUERIES)
    return tuple(
        con.execute(queries[f"{place}_{part}"], list(values)).df() for part in ("cells", "categories", "problems")
    )


def _is_same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    columns = [*KEYS, "level", "subject_kind", "subject", "hidden", "n", "value", "favourable", "unfavourable"]
    return one[columns].reset_index(drop=True).astype(str).equals(other[columns].reset_index(drop=True).astype(str))


def _edition(
    con: duckdb.DuckDBPyConnection, wave: dict[str, Any], shown: tuple[pd.DataFrame, ...], moment: dt.datetime | None
) -> Edition:
    """The people behind a publication: the intake as it was at that moment."""
    create_current_views(con, moment)
    queries, instrument = statements(QUERIES), wave["instrument"]
    values = {"wave": wave["wave"], "ends_on": wave["ends_on"], "rated": instrument == "internal_service"}
    query = queries["forms"].replace("{given}", queries[f"given_{instrument}"])
    forms = con.execute(query, values).df().set_index("response_id")
    about = {"instrument": instrument, "ends_on": wave["ends_on"]}
    items = con.execute(queries["items"], about).df().set_index("item_id")
    ids = {"instrument": instrument, "ids": list(forms.index)}
    answers = con.execute(queries["answers"], ids).fetchnumpy() if len(forms) else {}
    cells, categories, problems = shown
    return Edition(forms, _shares(forms.index, items, answers), items, cells, categories, problems)


def _shares(ids: pd.Index, items: pd.DataFrame, answers: dict[str, Any]) -> pd.DataFrame:
    shares = np.full((len(ids), len(items)), np.nan)
    if answers and len(answers["response_id"]):
        row = ids.get_indexer(pd.Index(answers["response_id"]))
        column = items.index.get_indexer(pd.Index(answers["item_id"]))
        held = (row >= 0) & (column >= 0)
        low, high = (items[c].to_numpy(dtype=float)[column[held]] for c in ("scale_min", "scale_max"))
        share = np.clip((np.asarray(answers["value"], dtype=float)[held] - low) / (high - low), 0.0, 1.0)
        turned = items["is_reversed"].to_numpy(dtype=bool)[column[held]]
        shares[row[held], column[held]] = np.where(turned, 1 - share, share)
    return pd.DataFrame(shares, index=ids, columns=items.index)


# --- the attack on a wave -------------------------------------------------------------------------------------------


def attacked(editions: Sequence[Edition]) -> tuple[Attacked, tuple[Found, ...], tuple[str, ...]]:
    """Attack all editions of a wave together: what was done, leaks, cells that do not fit the answers."""
    done = Attacked()
    found: list[Found] = []
    wrong: list[str] = []
    for exposure in _everything(editions):
        wrong += [*exposure.wrong]
        points = [exposure.truth]
        if broken := exposure.release.broken(exposure.truth):
            wrong += [fact.name for fact in broken] if len(editions) == 1 else []
            points = []
        try:
            result = attack(exposure.release, exposure.targets, points, extra=50)
        except ValueError:  # no answers at all fit what is shown
            wrong += [fact.name for fact in broken]
            continue
        done = done + replace(result, leaks=())
        found += [_found(exposure, leak, editions[-1]) for leak in result.leaks]
    fewest: dict[tuple[str, str], Found] = {}
    for leak in found:
        known = fewest.get((leak.place, leak.subject), leak)
        fewest[leak.place, leak.subject] = min(known, leak, key=lambda f: f.people)
    return done, tuple(fewest.values()), tuple(dict.fromkeys(wrong))


def _everything(editions: Sequence[Edition]) -> Iterator[Exposure]:
    last = editions[-1]
    if len(last.forms) > MOST_PEOPLE and editions[-1].cells["level"].eq("region").any():
        yield from exposures(editions, [s for s in subjects(editions) if s != FORM])
        for region in sorted(set(last.forms["region"])):
            yield from focused(editions, region)
    else:
        yield from exposures(editions)
    if len(last.forms) * len(last.items) <= MOST_TOGETHER:
        yield joint_exposure(editions)
        return
    for place in _places_to_try(last):
        yield joint_exposure([_within(e, place) for e in editions])


def _places_to_try(edition: Edition) -> list[tuple[str, str]]:
    """The stores and departments in which few people skipped something: there all subjects together tell the most."""
    skipped = edition.shares.isna().any(axis=1)
    shown = edition.shown
    found = []
    for column in ("store_id", "department_id"):
        own = shown[(shown["level"] == column.removesuffix("_id")) & (shown["subject_kind"] == "form")][column]
        count = skipped.groupby(edition.forms[column]).sum()
        sizes = edition.forms.groupby(column).size()
        found += [(int(count[p]), int(sizes[p]), column, p) for p in own if p in count.index and 0 < count[p] <= 4]
    return [(column, place) for _, _, column, place in sorted(found)[:MOST_PLACES]]


def _within(edition: Edition, place: tuple[str, str]) -> Edition:
    """What one store or department shows, without opinions: means of all subjects."""
    column, name = place
    inside = edition.forms[column] == name
    cells = edition.cells[(edition.cells[column] == name) & edition.cells["level"].isin(["store", "department"])]
    scores = cells.assign(favourable=np.nan, neutral=np.nan, unfavourable=np.nan)
    items = edition.items.assign(categories=0)
    return Edition(edition.forms[inside], edition.shares[inside], items, scores.reset_index(drop=True))


def _found(exposure: Exposure, leak: Leak, edition: Edition) -> Found:
    places = []
    for atom in leak.people:
        members = edition.forms.loc[edition.forms.index.intersection(list(exposure.people[atom]))]
        common = [str(members[k].iloc[0]) for k in NAMING if members[k].nunique() == 1]
        places.append(" / ".join(name for name in common if name))
    subject = leak.target if exposure.name == "all subjects" else f"{exposure.name}: {leak.target}"
    return Found(sum(leak.people.values()), "; ".join(sorted(set(places))), subject)
