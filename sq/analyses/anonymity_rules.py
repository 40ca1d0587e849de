"""The promise of anonymity in words, with the numbers that are in force."""

from __future__ import annotations

from collections.abc import Sequence

from sq.analyses.wording import Listing
from sq.anonymity.cells import MEAN_LIMITS
from sq.anonymity.details import COMMENT_MINIMUM, FULL_SCALE
from sq.anonymity.hiding import SENSITIVE_MINIMUM, SENSITIVE_REST
from sq.anonymity.shares import SHARE_LIMITS
from sq.language import N_, Message, number
from sq.metrics.catalogue import INSTRUMENT_NAMES
from sq.metrics.cells import SurveyWave, waves
from sq.records import ANONYMOUS
from sq.warehouse import Warehouse

# The rules of anonymity.md as a reader needs them; the gaps are filled with the numbers in force.
_RULES: tuple[tuple[str, str], ...] = (
    (
        N_("What happens to the answers of employees?"),
        N_(
            "They never leave the import. Publishing computes the number of each group once and stores only that: no "
            "page, export or command can add up, filter or weight anew."
        ),
    ),
    (
        N_("Why is a group hidden although it is large enough?"),
        N_(
            "So that nobody can subtract: under any group that is shown, what is hidden adds up to nothing or to at "
            "least as many answers as a group needs ({sensitive_rest} for sensitive dimensions). It is labelled "
            "“hidden to protect a neighbour”."
        ),
    ),
    (
        N_("Which groups are there?"),
        N_(
            "Company, region, city, store and department, each by dimension and question; company and region also by "
            "role or by length of service, never by both. Internal service: the region that rates and the department "
            "that is rated. Other filters have no effect, and the page says so."
        ),
    ),
    (
        N_("How precisely are extremes told?"),
        N_(
            "Shares above {share_high} % or below {share_low} % and means above {mean_high} or below {mean_low} show "
            "as that limit only, because a group of one opinion would tell what each of its members answered."
        ),
    ),
    (
        N_("Is the spread of answers shown?"),
        N_("As three bands (favourable, neutral, unfavourable) up to {bands} answers, as the whole scale above."),
    ),
    (
        N_("Where do comments of employees appear?"),
        N_(
            "In groups of at least {comments} people, in random order, joined neither to answers nor to role or date."
            " What people wrote about themselves is not checked."
        ),
    ),
    (
        N_("When is a wave shown, and what if answers come late?"),
        N_(
            "When it is closed: after its last day, or when somebody closes it. Late or changed answers are published"
            " as soon as no group changes by fewer answers than a group needs; until then they wait and are counted "
            "on the data page. The smallest group of a wave stays as it was when the wave was first published."
        ),
    ),
    (
        N_("How are anonymous groups compared?"),
        N_(
            "From their shown and rounded numbers only: with the rest of the company, the wave before, the wave a "
            "year earlier or a target. A difference with a hidden group, or with a number told as a limit, is not "
            "formed. Waves are never added up."
        ),
    ),
)


def anonymity_rules(warehouse: Warehouse) -> tuple[tuple[Message, Message], ...]:
    """(question, answer) pairs: the sizes in force of the newest published waves, then the rules."""
    values = {
        "sensitive_rest": number(SENSITIVE_REST, 0),
        "share_low": number(SHARE_LIMITS[0], 0),
        "share_high": number(SHARE_LIMITS[1], 0),
        "mean_low": number(MEAN_LIMITS[0], 0),
        "mean_high": number(MEAN_LIMITS[1], 0),
        "bands": number(FULL_SCALE - 1, 0),
        "comments": number(COMMENT_MINIMUM, 0),
    }
    told = [(Message(question), Message(answer, values)) for question, answer in _RULES]
    newest = [(name, known[-1]) for name in ANONYMOUS if (known := waves(warehouse, name))]
    question = Message(N_("When is a group of employees shown?"))
    return (told[0], (question, _sizes(newest)), *told[1:])


def _sizes(newest: Sequence[tuple[str, SurveyWave]]) -> Message:
    """From how many answers on a group is shown, survey by survey where there are waves."""
    if not newest:
        words = N_(
            "From 5 answers to the question on, more where the setting says so; {sensitive} for sensitive dimensions."
        )
        return Message(words, {"sensitive": number(SENSITIVE_MINIMUM, 0)})
    one = N_("{instrument} ({wave}): from {minimum} answers on, {sensitive} for sensitive dimensions")
    parts = [
        Message(
            one,
            {
                "instrument": Message(INSTRUMENT_NAMES[name]),
                "wave": wave.name,
                "minimum": number(wave.minimum, 0),
                "sensitive": number(wave.minimum_sensitive, 0),
            },
        )
        for name, wave in newest
    ]
    words = N_("Counted are the answers to the question itself. In force: {sizes}. Below, it is labelled as hidden.")
    return Message(words, {"sizes": Listing(tuple(parts))})
