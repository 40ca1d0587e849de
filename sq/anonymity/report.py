"""The report of an audit, for a works council: plain sentences and tables, as Markdown or HTML, in either language.

Rendered late and in the current language. It names places and subjects, never an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from sq.anonymity.audit import Audit, Found, WaveAudit
from sq.anonymity.estimates import ESTIMATE_MINIMUM
from sq.language import _, day, moment, ngettext, number
from sq.statistics.attack import COUNT_ROOM, JOINT_ROOM, LARGEST_SET, SCORE_ROOM

INSTRUMENTS = {"employee": "Employees", "internal_service": "Internal service", "awareness": "Service awareness"}
MOST_LISTED = 20


@dataclass(frozen=True)
class Part:
    """One part of a report: a heading of level 1-3, a paragraph, a list or a table (first row: headings)."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    level: int = 0


def report(audit: Audit) -> list[Part]:
    """The whole report, in the current language."""
    parts = [
        Part("heading", _("Audit of the anonymous surveys"), level=1),
        Part("paragraph", _verdict(audit)),
        Part("list", rows=tuple((line,) for line in _facts(audit))),
    ]
    if audit.waves:
        parts += [Part("heading", _("What is shown"), level=2), Part("table", rows=_shown(audit))]
        parts += [Part("heading", _("Rules in force"), level=2), Part("table", rows=_rules(audit))]
        parts += [Part("list", rows=tuple((line,) for line in _standing_rules()))]
        parts += [Part("heading", _("What was attacked, and the result"), level=2), Part("table", rows=_results(audit))]
        parts += [part for wave in audit.waves for part in _leaks(wave)]
    parts += [Part("heading", _("How it was attacked"), level=2)]
    return parts + [Part("paragraph", text) for text in _method()]


def _verdict(audit: Audit) -> str:
    if not audit.waves:
        return _("There are no answers of an anonymous survey in this snapshot.")
    if audit.is_safe:
        return _(
            "No sum over one to {people} people is determined by this snapshot and all publications before it.",
            people=LARGEST_SET,
        )
    return _("THE AUDIT FAILED: what is shown tells of few people. The places are named below.")


def _facts(audit: Audit) -> list[str]:
    return [
        _("Snapshot: {id}", id=audit.snapshot),
        _("Digest of its contents: {digest}", digest=audit.snapshot.rpartition("-")[2]),
        _("Made: {when} (UTC)", when=audit.created_at),
        _("Audited: {when}", when=moment(audit.audited_at)),
    ]


def _name(wave: WaveAudit) -> str:
    return f"{_(INSTRUMENTS[wave.instrument])} · {wave.name}"


def _shown(audit: Audit) -> tuple[tuple[str, ...], ...]:
    head = (
        _("Survey and wave"),
        _("End"),
        _("State"),
        _("Smallest groups shown"),
        _("Hidden: too few answers"),
        _("Hidden: to protect a neighbour"),
        _("Respondents whose own group is shown"),
        _("Forms that wait"),
    )
    return (head, *(_shown_row(w) for w in audit.waves))


def _shown_row(wave: WaveAudit) -> tuple[str, ...]:
    states = {"open": _("open"), "published": _("published"), "waiting": _("published, later changes wait")}
    share = f"{100 * wave.covered / wave.respondents:.0f} %" if wave.respondents else "–"
    counts = [number(n, 0) for n in wave.groups] if wave.versions else ["–"] * 3
    return (_name(wave), day(wave.ends_on), states.get(wave.state, wave.state), *counts, share, number(wave.waiting, 0))


def _rules(audit: Audit) -> tuple[tuple[str, ...], ...]:
    head = (
        _("Survey and wave"),
        _("Answers per group, at least"),
        _("Sensitive questions, at least"),
        _("Publications"),
    )
    rows = [
        (_name(w), number(w.minimum_group, 0), number(w.minimum_sensitive, 0), number(w.versions, 0))
        for w in audit.waves
    ]
    return (head, *rows)


def _standing_rules() -> list[str]:
    return [
        _("A wave keeps the thresholds of its first publication for good: loosening them reveals nothing earlier."),
        _("Means above 95 and below 5 are shown as limits, shares above 90 % and below 10 % too."),
        _("Groups: chain, regions, cities, stores, departments; role and tenure of chain and regions only, uncrossed."),
        _("Comments only from groups of at least ten people, shuffled, joined to nothing."),
        _(
            "Reliabilities, drivers and links: of at least {people} people, with nobody or as many left beside them; "
            "once, until as many forms differ.",
            people=ESTIMATE_MINIMUM,
        ),
    ]


def _results(audit: Audit) -> tuple[tuple[str, ...], ...]:
    head = (
        _("Survey and wave"),
        _("Facts"),
        _("Sets of 1-4 people tried"),
        _("Linear programmes"),
        _("Every sum stays open by at least"),
        _("Result"),
    )
    return (head, *(_result_row(w) for w in audit.waves))


def _result_row(wave: WaveAudit) -> tuple[str, ...]:
    done = wave.attacked
    kept = _("{points} points of 100", points=number(min(done.narrowest * SCORE_ROOM, 100.0), 0))
    return (
        _name(wave),
        number(done.facts, 0),
        number(done.sets, 0),
        number(done.programmes, 0),
        kept if done.sets and wave.is_safe else "–",
        _result(wave),
    )


def _result(wave: WaveAudit) -> str:
    if wave.is_dropped:
        return _("its answers were dropped; audited before")
    if not wave.versions:
        return _("nothing is shown")
    return _("safe") if wave.is_safe else _("NOT SAFE")


def _leaks(wave: WaveAudit) -> list[Part]:
    if wave.is_safe:
        return []
    lines = [_found(f) for f in wave.found[:MOST_LISTED]]
    lines += [_("What is shown does not fit the answers: {cell}", cell=cell) for cell in wave.wrong[:MOST_LISTED]]
    if wave.attacked.undecided:
        lines.append(_("{count} sets could not be decided in time.", count=number(wave.attacked.undecided, 0)))
    return [Part("heading", _name(wave), level=3), Part("list", rows=tuple((line,) for line in lines))]


def _found(found: Found) -> str:
    people = ngettext("{count} person", "{count} people", found.people)
    return _("{people} in {place}: {subject}", people=people, place=found.place or "–", subject=found.subject)


def _method() -> list[str]:
    return [
        _(
            "The attacker is assumed to know who is in which group, who answered which question and whose answers "
            "changed, and to have kept every publication. Every mean, share and count ever shown became a linear "
            "equation with the interval that its rounding leaves. For every set of one to four people worth trying "
            "(members of the same group, whole small groups and what lies between two groups, random sets), linear "
            "programming found the least and the greatest sum of their answers that fits all equations together."
        ),
        _(
            "A set fails when its sum is confined to less than {points} points of 100 ({joint} where all questions are "
            "taken together), or the number of its people with an opinion to less than {share} of a person. A "
            "group of five whose mean is shown as 95 or more leaves 25 points to each of its members.",
            points=number(SCORE_ROOM, 0),
            joint=number(JOINT_ROOM, 0),
            share=number(COUNT_ROOM, 2),
        ),
        _(
            "Not protected: what people tell of themselves in comments; a group of one opinion, to within the limits "
            "shown; the last answer, from somebody who knows the answers of all others in the group."
        ),
    ]


# --- files ----------------------------------------------------------------------------------------------------------


def markdown(parts: list[Part]) -> str:
    """The report as Markdown."""
    return "\n\n".join(_markdown(part) for part in parts) + "\n"


def _markdown(part: Part) -> str:
    if part.kind == "heading":
        return f"{'#' * part.level} {part.text}"
    if part.kind == "list":
        return "\n".join(f"- {row[0]}" for row in part.rows)
    if part.kind == "table":
        head, *rows = ([cell.replace("|", "\\|") for cell in row] for row in part.rows)
        lines = [head, ["---"] * len(head), *rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return part.text


def html(parts: list[Part]) -> str:
    """The report as one HTML page without any script."""
    title = next((escape(p.text) for p in parts if p.kind == "heading"), "")
    style = (
        "body{font-family:sans-serif;max-width:70rem;margin:2rem auto;line-height:1.5}"
        "table{border-collapse:collapse}td,th{border:1px solid #999;padding:.3rem .6rem;text-align:left}"
    )
    body = "\n".join(_html(part) for part in parts)
    return (
        f'<!doctype html>\n<html><head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head>\n'
        f"<body>\n{body}\n</body></html>\n"
    )


def _html(part: Part) -> str:
    if part.kind == "heading":
        return f"<h{part.level}>{escape(part.text)}</h{part.level}>"
    if part.kind == "list":
        return "<ul>" + "".join(f"<li>{escape(row[0])}</li>" for row in part.rows) + "</ul>"
    if part.kind == "table":
        head, *rows = part.rows
        top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
        lines = ("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        return f"<table><tr>{top}</tr>{''.join(lines)}</table>"
    return f"<p>{escape(part.text)}</p>"


def write(parts: list[Part], path: Path) -> Path:
    """Write the report as HTML where the name says so, else as Markdown."""
    text = html(parts) if path.suffix.lower() in {".html", ".htm"} else markdown(parts)
    path.write_text(text, encoding="utf-8")
    return path
