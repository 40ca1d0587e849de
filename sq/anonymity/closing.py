"""Closes a wave before its end, so that the next publication shows it."""

from __future__ import annotations

import datetime as dt
from difflib import get_close_matches
from pathlib import Path

from sq.anonymity import ledger
from sq.errors import IntakeError, UnknownName
from sq.intake import create_current_views, open_intake, writing
from sq.language import N_, Message
from sq.places import intake_file
from sq.records import ANONYMOUS


def close_wave(folder: Path, instrument: str, wave: str, undo: bool = False) -> Message:
    """Close a wave of an anonymous survey, or take that back as long as it was not published.

    Raises:
        UnknownName: there is no such survey or wave; offers the nearest names.
        IntakeError: nothing was imported, or the wave cannot be opened again.
    """
    if instrument not in ANONYMOUS:
        raise _unknown(N_("There is no anonymous survey {name}."), instrument, list(ANONYMOUS))
    with writing(folder), open_intake(folder, read_only=not intake_file(folder).exists()) as con:
        create_current_views(con)
        ledger.make_tables(con)
        if wave not in (known := ledger.known_waves(con, instrument)):
            raise _unknown(N_("There is no wave {name} of this survey."), wave, sorted(known))
        if undo:
            return _opened(con, instrument, wave)
        if (instrument, wave) in ledger.closed_waves(con):
            return Message(N_("Wave {wave} is closed already."), {"wave": wave})
        ledger.close(con, instrument, wave, dt.datetime.now().replace(microsecond=0))  # noqa: DTZ005 - office time
    return Message(N_("Wave {wave} is closed; its results are published from now on."), {"wave": wave})


def _opened(con: ledger.Connection, instrument: str, wave: str) -> Message:
    if any((v.instrument, v.wave) == (instrument, wave) for v in ledger.versions(con)):
        raise IntakeError(
            Message(N_("Wave {wave} has been published: it cannot be opened again."), {"wave": wave}),
            Message(N_("Answers that arrive later wait until every group changes by enough of them.")),
        )
    ledger.reopen(con, instrument, wave)
    return Message(N_("Wave {wave} is open until its end."), {"wave": wave})


def _unknown(text: str, name: str, known: list[str]) -> UnknownName:
    nearest = get_close_matches(name, known, n=3, cutoff=0.4) or known[:5]
    if not nearest:
        return UnknownName(Message(text, {"name": name}), Message(N_("Import the waves first.")))
    return UnknownName(
        Message(text, {"name": name}), Message(N_("Did you mean {names}?"), {"names": ", ".join(nearest)})
    )
