"""The part of the data page about the anonymous surveys: what each wave shows, hides and holds back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from sq.analyses.anonymous_waves import STATES, AnonymousWave
from sq.figures.shares import groups_key, groups_shown
from sq.language import N_, _, day, moment, number
from sq.ui.blocks import Column, caption, color_legend, nothing_here, numbers, promises
from sq.ui.data_blocks import begin_close
from sq.ui.drill import drill_chart
from sq.ui.links import link_to, plain
from sq.ui.origin_blocks import confirm

# What is kept of the people who answer, in the order in which readers ask.
PERSONAL: tuple[tuple[str, str], ...] = (
    (
        N_("Names and numbers of people"),
        N_("The tables have no columns for them; columns that a table does not know are not read."),
    ),
    (
        N_("Single answers"),
        N_("Kept only in the intake, which no page opens. What pages read holds finished groups and nothing else."),
    ),
    (
        N_("Comments"),
        N_("Shown from {comments} respondents of a group on, shuffled, with telephone numbers and the like masked."),
    ),
    (
        N_("Role and length of service"),
        N_("Only for the chain and for regions, only for the whole form, never both together."),
    ),
)
COMMENT_MINIMUM = 10


def waves_part(waves: Sequence[AnonymousWave], theme: str) -> None:
    """What each wave shows and hides, what waits and why, and the way to close a wave."""
    if not waves:
        nothing_here(_("No anonymous survey has been loaded yet: employees, internal service or service awareness."))
        _personal_data()
        return
    for wave in waves:
        if wave.waiting or wave.is_open:
            text = _("{survey}, {wave}: {sentence}", survey=wave.label, wave=wave.name, sentence=wave.sentence)
            (st.info if wave.is_open else st.warning)(plain(text))
    _groups(waves, theme)
    _close([wave for wave in waves if wave.is_open])
    _personal_data()


def wave_name(wave: AnonymousWave) -> str:
    """The survey and the wave in words."""
    return _("{survey}, {wave}", survey=wave.label, wave=wave.name)


def _groups(waves: Sequence[AnonymousWave], theme: str) -> None:
    """The share of groups shown and hidden, by wave, with the numbers behind it."""
    frame = wave_table(waves)
    closed = frame[frame["groups"] > 0]
    if len(closed):
        title = _("Groups shown and hidden, by wave (% of groups)")
        st.subheader(title, anchor=False)
        drill_chart(groups_shown(closed, theme), "sq_waves", alt=title)
        color_legend(groups_key(theme))
        caption(
            _("A group is a store; of internal service a region’s rating of a department."),
            _("A group shows from {minimum} answers on.", minimum=_minimums(waves)),
            _("Further groups are hidden where subtraction would give a small one away."),
        )
    numbers(frame, _columns(), "anonymous_waves", "sq_waves_n", is_open=True)


def _minimums(waves: Sequence[AnonymousWave]) -> str:
    """The minimum of all waves; where it was changed between waves, the range."""
    found = sorted({wave.minimum for wave in waves if wave.minimum})
    return "–".join(number(value, 0) for value in dict.fromkeys((found[0], found[-1]))) if found else "5"


def wave_table(waves: Sequence[AnonymousWave]) -> pd.DataFrame:
    """One row per wave, in the reader's words."""
    return pd.DataFrame(
        {
            "label": [wave_name(wave) for wave in waves],
            "state": [_(STATES[wave.state]) for wave in waves],
            "ends": [day(wave.ends_on) for wave in waves],
            "published": [moment(wave.last_published) if wave.last_published else "" for wave in waves],
            "answers": [wave.answers for wave in waves],
            "rate": [wave.response_rate for wave in waves],
            "groups": [wave.groups for wave in waves],
            "shown": [wave.shown for wave in waves],
            "few": [wave.few for wave in waves],
            "neighbour": [wave.neighbour for wave in waves],
            "few_share": [wave.share(wave.few) for wave in waves],
            "neighbour_share": [wave.share(wave.neighbour) for wave in waves],
            "waiting": [wave.waiting for wave in waves],
        }
    )


def _columns() -> list[Column]:
    return [
        Column("label", _("Survey and wave"), width=230),
        Column("state", _("State"), width=190),
        Column("ends", _("Closes after")),
        Column("published", _("Published")),
        Column("answers", _("Answers"), "count"),
        Column("rate", _("Response rate (%)"), "number", 0),
        Column("shown", _("Groups shown"), "count"),
        Column("few", _("Hidden: too few answers"), "count"),
        Column("few_share", _("in %"), "number", 0),
        Column("neighbour", _("Hidden: protects a neighbour"), "count"),
        Column("neighbour_share", _("in %"), "number", 0),
        Column("waiting", _("Forms waiting"), "count"),
    ]


def _close(waves: Sequence[AnonymousWave]) -> None:
    """Close a wave before its end, after asking."""
    if not waves:
        return
    st.subheader(_("Close a wave"), anchor=False)
    known = {f"{wave.instrument} {wave.wave}": wave for wave in waves}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(_("Wave"), list(known), format_func=lambda key: wave_name(known[key]), key="sq_wave_open")
        if st.button(_("Close this wave"), key="sq_close_wave"):
            wave = known[chosen]
            confirm(
                _("Close {wave}?", wave=plain(wave_name(wave))),
                _(
                    "Its results are published now. Answers that come later are shown only when enough of them come "
                    "together; the sizes of groups that may be shown are fixed from now on. This cannot be undone."
                ),
                _("Close this wave"),
                partial(begin_close, wave.instrument, wave.wave),
            )


def _personal_data() -> None:
    """What is kept of the people who answer."""
    st.subheader(_("Personal data"), anchor=False)
    promises([(_(what), _(how).format(comments=number(COMMENT_MINIMUM, 0))) for what, how in PERSONAL])
    link_to("definitions", _("The promise of anonymity in full"), {"part": "promises"})
