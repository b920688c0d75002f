"""The `playground` command."""

import asyncio
import gc
import logging
import os
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from app import logs
from app.db.held import HeldByAnother, is_held
from app.errors import InvalidSettings, PlaygroundError
from app.settings import Settings, load_settings

# Of the bucket's own variables, those that give somebody else its files.
_BUCKET_SECRETS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")

_log = logging.getLogger(__name__)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # words in square brackets are the simulator's, not a style
    help="A self-hosted playground for RunComfy's image and video models.",
)


@app.command()
def serve() -> None:
    """Start the playground. Settings come from the environment and `.env`."""
    settings = load_settings()
    # What is loaded here stays. To look through it for garbage takes a sixth of the start, and
    # would make pages wait later.
    gc.disable()
    from app.main import create_app, prepare
    from app.serving import Server

    listener = _listener(settings)
    if settings.on_sqlite and is_held(settings.data_dir):
        raise HeldByAnother(settings.data_dir)
    _start_log(*settings.secrets)
    for name in _unknown_settings():
        _log.warning("%s is not a setting of this release and has no effect.", name)
    # Here too, since what fails inside the server is told as a traceback.
    prepare(settings)
    _say(f"Playground: {settings.people_address}")
    if settings.simulated:
        _say("No RUNCOMFY_TOKEN is set: the built-in simulator plays RunComfy.")
    server = Server(create_app(settings))
    gc.freeze()
    gc.enable()
    server.run(sockets=[listener])
    # Given up by the others: whoever supervises it starts it anew.
    if not server.started or server.lost:
        raise typer.Exit(1)


@app.command()
def check() -> None:
    """Print the settings in force, and try the database, the storage and RunComfy."""
    from app.checking import check_all

    settings = load_settings()
    if not asyncio.run(check_all(settings)):
        raise typer.Exit(1)


@app.command()
def models(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words to find, as one types them.")
    ] = None,
    kind: Annotated[str, typer.Option(help="A category, such as text-to-image.")] = "",
    takes: Annotated[str, typer.Option(help="text, image, video or audio.")] = "",
    makes: Annotated[str, typer.Option(help="image, video or audio.")] = "",
    price: Annotated[str, typer.Option(help="known, or the most in dollars: 0.01, …, 1.")] = "",
    show: Annotated[str, typer.Option(help="new, changed or removed.")] = "",
    sort: Annotated[str, typer.Option(help="used, cheapest, fastest or name.")] = "name",
) -> None:
    """List the models that the playground knows: id and name."""
    from app.catalogue.wanted import asked
    from app.checking import known_models

    order = "" if sort == "used" else sort
    chosen = {"takes": takes, "makes": makes, "price": price, "show": show, "sort": order}
    wanted = asked(" ".join(words or ()), kind, chosen)
    for model in asyncio.run(known_models(load_settings(), wanted)):
        print(f"{model.model_id}\t{model.display_name}")


@app.command(name="import")
def import_model(
    source: Annotated[str, typer.Argument(help="A file, an https address, or - for the input.")],
    save: Annotated[bool, typer.Option("--save", help="Keep it, if it is whole.")] = False,
    model_id: Annotated[str, typer.Option("--id", help="The model's id.")] = "",
) -> None:
    """Read a model's API page, its schema or a curl line, and say what was understood."""
    from app.checking import import_text

    text = source if source.startswith("https://") else _text_of(source)
    if not asyncio.run(import_text(load_settings(), text, model_id=model_id, save=save)):
        raise typer.Exit(1)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="A new file to write it to.")]) -> None:
    """Write everything into one file, beside a running server or without one.

    Database and files, each compared with its hash; neither the token nor any other secret.
    """
    from app.chores.backup import back_up
    from app.chores.telling import Telling

    if not asyncio.run(back_up(load_settings(), file, Telling(print))):
        raise typer.Exit(1)


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="What `playground backup` wrote.")]) -> None:
    """Put a backup into an empty place, whatever its database and storage; with no server running.

    Runs that were waiting or being sent then become unknown: nothing is sent by itself.
    """
    from app.chores.restore import restore as put_back
    from app.chores.telling import Telling

    asyncio.run(put_back(load_settings(), file, Telling(print)))


@app.command()
def verify(
    mend: Annotated[
        bool, typer.Option("--mend", help="Also delete files that nothing refers to.")
    ] = False,
) -> None:
    """Compare every kept file with its hash, and bring back what RunComfy still has.

    Small pictures and prepared copies are made anew. Ends with 1 when something stays missing or
    damaged.
    """
    from app.chores.telling import Telling
    from app.chores.verify import verify as look_through

    if not asyncio.run(look_through(load_settings(), Telling(print), delete=mend)):
        raise typer.Exit(1)


def simulator(
    port: Annotated[int, typer.Option(help="The loopback port to listen on.")] = 8001,
    data: Annotated[
        Path | None, typer.Option(help="Where requests are remembered; data/simulator unless set.")
    ] = None,
    token: Annotated[str, typer.Option(help="The token to demand; none when empty.")] = "",
    queue_seconds: Annotated[float, typer.Option(help="Seconds a request waits per place.")] = 1.5,
    run_seconds: Annotated[float, typer.Option(help="Seconds a request runs, about.")] = 4.0,
    fetch: Annotated[
        list[str] | None, typer.Option(help="An origin whose pictures are really fetched.")
    ] = None,
    rough: Annotated[
        bool,
        typer.Option("--rough", help="Draw pictures at a fraction of the work, and less well."),
    ] = False,
    models: Annotated[
        Path | None,
        typer.Option(
            help="A folder of further models to offer, one to a JSON file.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
) -> None:
    from app.simulator.service import create_simulator

    folder = data or load_settings().data_dir / "simulator"
    folder.mkdir(parents=True, exist_ok=True)
    _start_log(token)
    _say(f"Simulator: http://127.0.0.1:{port}")
    uvicorn.run(
        create_simulator(
            folder=folder,
            token=token or None,
            fetch_origins=fetch or [],
            queue_seconds=queue_seconds,
            run_seconds=run_seconds,
            rough=rough,
            models=models,
        ),
        host="127.0.0.1",
        port=port,
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )


def main() -> None:
    """Run the command; what is wrong with a setting is said in a sentence, not a traceback."""
    from app.simulator.faults import HELP

    # The mark keeps each paragraph's lines as they are.
    as_written = HELP.strip().replace("\n\n", "\n\n\b\n")
    app.command(help=f"Play RunComfy on this machine.\n\n\b\n{as_written}")(simulator)
    try:
        app()
    except PlaygroundError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None


def _text_of(source: str) -> str:
    try:
        read = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return read.decode("utf-8-sig")
    except OSError as error:
        raise PlaygroundError(f"{source} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise PlaygroundError(f"{source} is not a text.") from error


def _listener(settings: Settings) -> socket.socket:
    """Take the port first: that it is taken is better said before anything is started."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        raise InvalidSettings(
            f"{settings.host}:{settings.port} cannot be listened on: {error.strerror}. Set"
            " PLAYGROUND_PORT to another port, or stop what uses this one."
        ) from error
    return listener


def _unknown_settings() -> list[str]:
    known = {f"PLAYGROUND_{name.upper()}" for name in Settings.model_fields}
    return sorted(
        name for name in os.environ if name.startswith("PLAYGROUND_") and name not in known
    )


def _start_log(*secrets: str) -> None:
    """Log to stderr, as JSON unless somebody reads along at a terminal."""
    of_bucket = [os.environ.get(name, "") for name in _BUCKET_SECRETS]
    logs.set_up([*secrets, *of_bucket], as_json=not sys.stderr.isatty())


def _say(words: str) -> None:
    """Tell whoever started it; where nobody looks, the log, whose every line is JSON."""
    if sys.stderr.isatty():
        print(words, flush=True)
    else:
        _log.info(words)


if __name__ == "__main__":
    main()
