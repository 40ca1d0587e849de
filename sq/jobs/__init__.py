"""Work of a page that takes longer than a click: import, withdrawal, publication, rollback as child processes.

The app never opens the intake; a child does, and leaves its progress and its outcome as files in
``data/work/jobs/<id>/``. A reader who reloads the page finds the job again by its id. May import intake and publish;
must not know figures, exports or the screen.
"""

from sq.jobs.jobs import Job, job, keep_profile, saved, saved_profiles, snapshots, start, tidy
from sq.jobs.tasks import Outcome, Progress, Task

__all__ = [
    "Job",
    "Outcome",
    "Progress",
    "Task",
    "job",
    "keep_profile",
    "saved",
    "saved_profiles",
    "snapshots",
    "start",
    "tidy",
]
