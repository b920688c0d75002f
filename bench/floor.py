"""The floor: ready bytes from a bare FastAPI route, a file given and taken as plainly as can be.

Run as `python -m bench.floor PORT PAGE FILE`.
"""

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse


def create_floor(page: Path, file: Path) -> FastAPI:
    """An app that does as little as an app can for the same answers."""
    app = FastAPI(openapi_url=None)
    ready = page.read_bytes()

    @app.get("/page")
    async def show_page() -> Response:
        return Response(ready, media_type="text/html")

    @app.get("/unchanged")
    async def unchanged() -> Response:
        return Response(status_code=304)

    @app.get("/healthz")
    async def healthz() -> Response:
        return Response(b"ok", media_type="text/plain")

    @app.get("/file")
    async def show_file() -> Response:
        return FileResponse(file, media_type="image/png")

    @app.post("/upload")
    async def take(request: Request) -> Response:
        # The framework streams what is larger than a megabyte to a file of its own.
        async with request.form():
            pass
        return Response(b"ok", media_type="text/plain")

    return app


def main() -> None:
    """Serve until it is stopped."""
    port, page, file = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    app = create_floor(page, file)
    uvicorn.run(app, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
