"""A Dockerfile read, and its steps carried out in a folder, where there is no container engine."""

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMMENT = re.compile(r"^\s*#.*\n", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """One instruction: `RUN`, and what stands after it, on one line."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """What follows, as a JSON list if it is one, else split as a shell does."""
        if self.text.startswith("["):
            words: list[str] = json.loads(self.text)
            return words
        return shlex.split(self.text)


def read_stages(path: Path) -> list[list[Step]]:
    """The steps of each stage, from its `FROM` on, in order."""
    stages: list[list[Step]] = []
    for step in _steps(path.read_text()):
        if step.name == "FROM":
            stages.append([])
        stages[-1].append(step)
    return stages


def _steps(text: str) -> Iterator[Step]:
    joined = COMMENT.sub("", text).replace("\\\n", " ")
    for line in filter(str.strip, joined.splitlines()):
        name, rest = line.split(maxsplit=1)
        yield Step(name.upper(), rest.strip())


class Image:
    """The file system of an image as a folder: what the Dockerfile calls `/data` is in there."""

    def __init__(self, root: Path, stages: list[list[Step]]) -> None:
        """Take the places that belong to the image from the Dockerfile's own words."""
        self.root = root
        steps = [step for stage in stages for step in stage]
        named = [step.words for step in steps if step.name in ("WORKDIR", "VOLUME")]
        copied = [step.words[-1:] for step in steps if step.text.startswith("--from=")]
        places = {place for words in (*named, *copied) for place in words}
        self._places = re.compile(
            r"(?<![\w./-])("
            + "|".join(sorted(map(re.escape, places), reverse=True))
            + r")(?![\w-])"
        )

    def inside(self, text: str) -> str:
        """The same words, but each place of the image is the one in the folder."""
        return self._places.sub(lambda found: f"{self.root}{found.group(1)}", text)

    def environment(self, stage: list[Step], path: str) -> dict[str, str]:
        """What a stage sets by `ENV`; path: the PATH it begins with."""
        settings = {"PATH": path}
        for step in stage:
            if step.name == "ENV":
                for word in step.words:
                    name, value = word.split("=", 1)
                    settings[name] = self.inside(value).replace("$PATH", settings["PATH"])
        return settings

    def copy(self, step: Step, source: Path, folder: Path) -> None:
        """Carry out a `COPY` from the checkout into a folder of the image."""
        *names, target = step.words
        for name in names:
            place = folder / target / (Path(name).name if target.endswith("/") else "")
            if (source / name).is_dir():
                shutil.copytree(source / name, folder / target, dirs_exist_ok=True)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source / name, place)
