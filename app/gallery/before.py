"""What an edit was made from, to be laid beside its result."""

from dataclasses import dataclass

from app.errors import NotFound
from app.inputs.addresses import named_by
from app.inputs.form import Form
from app.inputs.masks import pictures_of
from app.media.queries import Media
from app.media.room import MediaRoom
from app.runs.queries import Run
from app.team.access import Person, may_see


@dataclass(frozen=True)
class Before:
    """The main picture that an edit was given; None when it is not kept here."""

    picture: Media | None

    @property
    def name(self) -> str:
        """What its owner calls it."""
        return (self.picture and self.picture.name) or "the input"


async def before_of(
    room: MediaRoom, run: Run, form: Form, result: Media, member: Person
) -> Before | None:
    """What a result was made from; None where there is no picture on both sides.

    A picture at an address elsewhere is never shown from there: the visitor's browser would tell
    that place who looks at it.
    """
    address = _main_picture(run, form)
    if result.kind != "image" or address is None:
        return None
    media_id = named_by(address)
    if media_id is None:
        return Before(None)
    try:
        picture = await room.find(media_id)
    except NotFound:
        return Before(None)
    return Before(picture if may_see(member, picture.owner_id) else None)


def _main_picture(run: Run, form: Form) -> str | None:
    for field in pictures_of(form):
        value = run.inputs.get(field.name)
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, str) and first:
            return first
    return None
