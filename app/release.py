"""Which release this is."""

from importlib.metadata import PackageNotFoundError, version


def _release() -> str:
    try:
        return version("runcomfy-playground")
    except PackageNotFoundError:
        # Started from a checkout that was never installed.
        return "unreleased"


RELEASE = _release()
