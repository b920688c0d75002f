"""Where templates and static files lie: beside `app/` in a checkout, inside it in a wheel."""

from pathlib import Path

_APP = Path(__file__).resolve().parent
_HOME = _APP if (_APP / "templates").is_dir() else _APP.parent
TEMPLATES, STATIC = _HOME / "templates", _HOME / "static"
