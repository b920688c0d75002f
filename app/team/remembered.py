"""How each person left the pages, so that they find them so again."""

from app.db.changes import HABITS, count_change
from app.db.engine import Database
from app.team import queries

MORE_SETTINGS = "more_settings"
"""Whether "More settings" stands open in forms: `open`, or empty."""

# No more people than a team has; whoever is left out is read anew.
_PEOPLE_KEPT = 1_000


class Remembered:
    """The habits of everybody, read once for each and kept in memory."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._habits: dict[str, dict[str, str]] = {}
        self._changes: dict[str, int] = {}
        self._forgotten = 0

    async def get(self, owner_id: str, name: str) -> str:
        """How a person left something; empty where they never touched it."""
        habits = self._habits.get(owner_id)
        if habits is None:
            async with self._database.read() as tx:
                habits = await queries.remembered_of(tx, owner_id)
            if len(self._habits) >= _PEOPLE_KEPT:
                self._habits.clear()
            self._habits[owner_id] = habits
        return habits.get(name, "")

    async def set(self, owner_id: str, name: str, value: str) -> None:
        """Keep how a person leaves something."""
        async with self._database.begin() as tx:
            await queries.remember(tx, owner_id, name, value)
            await count_change(tx, HABITS)
        self._habits.pop(owner_id, None)
        self._changes[owner_id] = self._changes.get(owner_id, 0) + 1

    def forget(self) -> None:
        """Read everybody's habits anew: another process has kept one."""
        self._habits.clear()
        self._forgotten += 1

    def changes(self, owner_id: str) -> int:
        """A number that grows with each habit kept."""
        return self._forgotten + self._changes.get(owner_id, 0)
