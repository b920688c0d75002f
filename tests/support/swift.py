"""A real S3-compatible store for the tests: OpenStack Swift, one server for each of its four parts.

Source: Swift's own "SAIO" set-up, without root, syslog or replication, with its `s3api`.
"""

import itertools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import httpx
import obstore
from obstore.store import S3Store

from tests.support.processes import Service, free_port, listens

START_SECONDS = 60
KEY = "test:tester"
SECRET = "testing"  # of a store that lives as long as the tests, on loopback
REGION = "us-east-1"
PARTITION_POWER = 1
CHECKOUT = Path(__file__).resolve().parents[2]
RINGS = "tests.support.swift_rings"

COMMON = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {folder}/disks
mount_check = false
disable_fallocate = true
fallocate_reserve = 0
log_address = {folder}/nowhere
log_level = WARNING
"""

SWIFT = """
[swift-hash]
swift_hash_path_suffix = tests
[storage-policy:0]
name = only
default = yes
"""

PART = """
[pipeline:main]
pipeline = {part}-server
[app:{part}-server]
use = egg:swift#{part}
"""

PLAIN_FILTERS = ["catch_errors", "gatekeeper", "listing_formats", "bulk", "slo", "dlo"]

PROXY = f"""
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats bulk s3api tempauth slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
location = {REGION}
auth_pipeline_check = false
[filter:tempauth]
use = egg:swift#tempauth
user_{KEY.replace(":", "_")} = {SECRET} .admin
""" + "".join(f"[filter:{name}]\nuse = egg:swift#{name}\n" for name in PLAIN_FILTERS)


class Swift:
    """A store on free ports of 127.0.0.1, all of it in one folder."""

    def __init__(self) -> None:
        """Prepare it, without starting it."""
        self._folder = make_folder_with_attributes(
            [Path(tempfile.gettempdir()), Path("/var/tmp"), CHECKOUT / ".cache"]
        )
        self._ports = {part: free_port() for part in ("account", "container", "object", "proxy")}
        self._services = [self._service(part) for part in self._ports]
        self._numbers = itertools.count(1)

    def start(self) -> None:
        """Start its four servers and wait until the store answers. Raises NotReady with a log."""
        self._configure()
        for service in self._services:
            service.start()
        for service, port in zip(self._services, self._ports.values(), strict=True):
            service.wait_until(lambda port=port: listens(port), START_SECONDS)  # type: ignore[misc]

    @property
    def endpoint(self) -> str:
        """The address of the store, without a bucket."""
        return f"http://127.0.0.1:{self._ports['proxy']}"

    def fresh_bucket(self) -> str:
        """Make an empty bucket. Returns its name."""
        bucket = f"bucket-{next(self._numbers)}"
        address = obstore.sign(self.store(bucket), "PUT", "", timedelta(minutes=1))
        httpx.put(address, timeout=30).raise_for_status()
        return bucket

    def store(self, bucket: str) -> S3Store:
        """The bucket by obstore, for looking into it past the product."""
        return S3Store(
            bucket,
            endpoint=self.endpoint,
            access_key_id=KEY,
            secret_access_key=SECRET,
            region=REGION,
            client_options={"allow_http": True},
        )

    def s3_environment(self, bucket: str) -> dict[str, str]:
        """The settings that make the product keep its files in a bucket."""
        return {
            "PLAYGROUND_STORAGE_URL": f"s3://{bucket}",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": REGION,
        }

    def stop(self) -> None:
        """Stop it and remove all that it kept."""
        for service in self._services:
            service.kill()
        shutil.rmtree(self._folder)

    def _service(self, part: str) -> Service:
        # The very interpreter, not the launchers beside it: those hold the path of the venv.
        module = f"swift.{'obj' if part == 'object' else part}.server"
        return Service(
            f"Swift's {part} server",
            [sys.executable, "-m", module, str(self._folder / f"{part}.conf"), "--verbose"],
            log=self._folder / f"{part}.log",
            folder=self._folder,
        )

    def _configure(self) -> None:
        (self._folder / "disks" / "disk").mkdir(parents=True)
        (self._folder / "swift.conf").write_text(SWIFT)
        for part, port in self._ports.items():
            common = COMMON.format(
                port=port, user=pwd.getpwuid(os.geteuid()).pw_name, folder=self._folder
            )
            own = PROXY if part == "proxy" else PART.format(part=part)
            (self._folder / f"{part}.conf").write_text(common + own)
        rings = [f"{part}={port}" for part, port in self._ports.items() if part != "proxy"]
        command = [sys.executable, "-m", RINGS, str(self._folder), str(PARTITION_POWER), *rings]
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"Swift's rings could not be made: {done.stderr}"


def make_folder_with_attributes(candidates: Iterable[Path]) -> Path:
    """Make a folder in the first place whose files can carry the attributes that Swift writes."""
    for place in candidates:
        try:
            place.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix="playground-swift-", dir=place))
        except OSError:
            continue  # a place where nothing can be written is as unfit as one without attributes
        if keeps_attributes(folder):
            return folder
        folder.rmdir()
    raise RuntimeError(
        "Swift, the S3 store of the tests, needs a file system with extended attributes. Set TMPDIR"
        " to a folder that has them."
    )


def keeps_attributes(folder: Path) -> bool:
    """Whether files in a folder can carry extended attributes of 4 KB, as Swift's do."""
    probe = folder / "probe"
    probe.touch()
    try:
        os.setxattr(probe, "user.swift.metadata", b"x" * 3000)
    except OSError:
        return False
    finally:
        probe.unlink()
    return True
