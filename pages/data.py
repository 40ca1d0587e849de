"""Where do the data come from, are they complete, and how does one bring more?"""

from sq.analyses.anonymous_waves import anonymous_waves
from sq.analyses.coverage import Coverage, coverage
from sq.ui import anonymous_blocks as anonymous
from sq.ui import data_blocks as loading
from sq.ui import origin_blocks as origin
from sq.ui.blocks import answer, caption, nothing_here
from sq.ui.cache import answered
from sq.ui.frame import Reader, failures_told, open_page
from sq.ui.links import choice
from sq.ui.speech import _


def published(reader: Reader) -> Coverage | None:
    """What is known of the published data; a damaged snapshot is told and leaves the rest of the page usable."""
    if not reader.has_data:
        answer(_("There is no data yet: bring the programme’s files, or fill in the blank workbook."))
        return None
    found: Coverage | None = None
    with failures_told():
        found = answered(reader, coverage)
        answer(found.answer)
    return found


def shown_part(reader: Reader, known: Coverage | None, part: str) -> None:
    if part == "load":
        loading.bring_files()
    elif not reader.has_data:
        nothing_here(_("Nothing has been loaded yet. Bring files first."))
    elif part == "snapshots":
        origin.snapshots_part(reader.snapshot)
    elif part == "anonymous":
        anonymous.waves_part(answered(reader, anonymous_waves), reader.theme)
    elif known is not None:
        published_part(reader, known, part)
    if part != "load" and known is not None:
        caption(origin.data_age(known))


def published_part(reader: Reader, known: Coverage, part: str) -> None:
    if part == "batches":
        origin.batches_part(known)
    elif part == "findings":
        origin.findings_part(known)
    else:
        origin.coverage_part(known, reader.theme)


with open_page("data", needs_data=False) as reader:
    known = published(reader)
    work = loading.current_work()
    if work is None:
        shown_part(reader, known, choice(_("What to see"), "part", loading.PARTS, hidden=True))
    elif work.job.result is None:
        loading.watched(work)
    else:
        loading.ended(work, work.job.result)
