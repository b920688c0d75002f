"""Who asks. In `open` there is one owner, whoever reaches the address."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request


@dataclass(frozen=True)
class Person:
    """Someone who may use the playground."""

    id: str
    name: str


OWNER = Person(id="owner", name="You")


def member_of(request: Request) -> Person:
    """Who sends this request."""
    return OWNER


Member = Annotated[Person, Depends(member_of)]


def may_see(member: Person, owner_id: str) -> bool:
    """Whether a run, and the media that came of it, may be shown to this person."""
    return member.id == owner_id
