"""Microsoft's own tools for the tests: installed once into build/npm, found by name."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

_WANTED = Path(__file__).parent / "npm"
_INSTALLED = Path(__file__).parents[1] / "build" / "npm"
_SECONDS = 300


def npm_package(name: str) -> Path:
    """The folder of an npm package, such as `adaptivecards`. Skips where there is no npm or no network.

    The packages and their versions stand in tests/npm. They are installed once; whoever comes at the same
    time, in another process too, waits for it.
    """
    trouble = _install()
    if trouble:
        pytest.skip(trouble)
    return _INSTALLED / "node_modules" / name


@cache
def _install() -> str | None:
    """What keeps the packages from us; None: they are there."""
    if shutil.which("node") is None or (npm := shutil.which("npm")) is None:
        return "No node and npm: install Node.js to hold us against Microsoft's own tools."
    _INSTALLED.mkdir(parents=True, exist_ok=True)
    with (_INSTALLED / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _install_now(npm)


def _install_now(npm: str) -> str | None:
    done, fingerprint = _INSTALLED / "installed", _fingerprint()
    if done.exists() and done.read_text() == fingerprint:
        return None
    done.unlink(missing_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_WANTED / name, _INSTALLED / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    environment = {**os.environ, "NO_UPDATE_NOTIFIER": "1"}
    try:
        subprocess.run(
            command, cwd=_INSTALLED, env=environment, capture_output=True, timeout=_SECONDS, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError) as error:
        return f"npm could not install the packages of tests/npm ({type(error).__name__})."
    done.write_text(fingerprint)
    return None


def _fingerprint() -> str:
    """Changes when other packages are wanted."""
    return hashlib.sha256((_WANTED / "package-lock.json").read_bytes()).hexdigest()
