"""Two people changed the same thing: the later one is told, and sees both."""

from __future__ import annotations

from sq.errors import WorkspaceError
from sq.language import N_, Message
from sq.workspace.records import FIELDS, Kept


class Conflict(WorkspaceError):
    """What was to be saved stands on an older version. ``theirs`` is None where it was deleted in between."""

    def __init__(self, mine: Kept, theirs: Kept | None) -> None:
        self.mine, self.theirs = mine, theirs
        if theirs is None:
            what = Message(N_("Somebody has deleted this in the meantime; nothing was saved."))
            super().__init__(what, Message(N_("Your text is still here: save it as new, or leave it.")))
        else:
            what = Message(N_("Somebody has changed this in the meantime; nothing was saved."))
            super().__init__(what, Message(N_("Both texts are below: choose one, or put them together.")))

    def differences(self) -> list[tuple[Message, str, str]]:
        """Field, what was to be saved, what is stored now; only where they differ."""
        if self.theirs is None:
            return []
        pairs = [(name, getattr(self.mine, name), getattr(self.theirs, name)) for name in self.mine.told]
        return [(Message(FIELDS[name]), str(a), str(b)) for name, a, b in pairs if a != b]

    def insisted(self) -> Kept:
        """My text on top of theirs: to be saved with `change`; where it was deleted, as new with `add`."""
        version = self.theirs.version if self.theirs is not None else 0
        known = self.mine.id if self.theirs is not None else ""
        return self.mine.model_copy(update={"version": version, "id": known})
