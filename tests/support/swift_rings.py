"""Writes the three rings of a one-disk Swift, which say on what port each of its servers listens.

Run as `python -m tests.support.swift_rings FOLDER POWER account=PORT container=PORT object=PORT`:
Swift changes how a process does its input and output, so it is never imported into the tests' own.
"""

import sys
from pathlib import Path

from swift.common.ring import RingBuilder  # type: ignore[import-untyped]


def main() -> None:
    """Write `account.ring.gz`, `container.ring.gz` and `object.ring.gz` into the folder."""
    folder, power = Path(sys.argv[1]), int(sys.argv[2])
    for ring in sys.argv[3:]:
        name, port = ring.split("=")
        write_ring(folder / f"{name}.ring.gz", power, int(port))


def write_ring(path: Path, power: int, port: int) -> None:
    """One copy of everything, on the one disk called `disk`."""
    builder = RingBuilder(part_power=power, replicas=1, min_part_hours=0)
    disk = {"region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "device": "disk"}
    builder.add_dev({**disk, "weight": 1.0})
    builder.rebalance()
    builder.get_ring().save(str(path))


if __name__ == "__main__":
    main()
