"""The names of controls: `keyframes.0.prompt`; a dot inside a property's name is doubled."""

import re

# What follows a union's own name where its branch is chosen.
AS = "._as"

_ROW = re.compile("0|[1-9][0-9]{0,8}")


def within(name: str, key: str) -> str:
    """The name of what lies inside a control of that name."""
    return f"{name}.{escaped(key)}" if name else escaped(key)


def escaped(key: str) -> str:
    """One property's name inside a longer name."""
    return key.replace(".", "..")


def parts_of(name: str) -> list[str]:
    """The properties' names and row numbers that a name is made of, outermost first."""
    return [part.replace("\0", ".") for part in name.replace("..", "\0").split(".")]


def row_of(text: str) -> int | None:
    """A row's number, counted from 0; None for a text that is none."""
    return int(text) if _ROW.fullmatch(text) else None


def is_inside(name: str, outer: str) -> bool:
    """Whether a name is that of a control, or of something inside it."""
    return name == outer or (name.startswith(f"{outer}.") and name[len(outer) + 1 :][:1] != ".")
