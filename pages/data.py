"""Where do the data come from, are they complete, and how does one bring more?"""

from sq.analyses.coverage import coverage
from sq.ui import data_blocks as loading
from sq.ui import origin_blocks as origin
from sq.ui.blocks import answer, caption, nothing_here
from sq.ui.cache import answered
from sq.ui.frame import Reader, open_page
from sq.ui.links import choice
from sq.ui.speech import _


def published_parts(reader: Reader, part: str) -> None:
    if not reader.has_data:
        nothing_here(_("Nothing has been loaded yet. Bring files first."))
        return
    known = answered(reader, coverage)
    if part == "batches":
        origin.batches_part(known)
    elif part == "findings":
        origin.findings_part(known)
    elif part == "coverage":
        origin.coverage_part(known, reader.theme)
    else:
        origin.snapshots_part(reader.snapshot)
    caption(origin.data_age(known))


with open_page("data", needs_data=False) as reader:
    if reader.has_data:
        answer(answered(reader, coverage).answer)
    else:
        answer(_("There is no data yet: bring the programme’s files, or fill in the blank workbook."))
    work = loading.current_work()
    if work is None:
        part = choice(_("What to see"), "part", loading.PARTS, hidden=True)
        if part == "load":
            loading.bring_files()
        else:
            published_parts(reader, part)
    elif work.job.result is None:
        loading.watched(work)
    else:
        loading.ended(work, work.job.result)
