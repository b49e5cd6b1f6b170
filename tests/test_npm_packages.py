"""Tests of Microsoft's tools: they are there, pinned, and the lock names no address."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests import npm_packages
from tests.npm_packages import npm_package

WANTED = Path(__file__).parent / "npm"


def wanted() -> dict[str, str]:
    found: dict[str, str] = json.loads((WANTED / "package.json").read_text())["dependencies"]
    return found


def test_each_is_there_in_the_version_that_is_wanted() -> None:
    for name, version in wanted().items():
        description = json.loads((npm_package(name) / "package.json").read_text())
        assert (description["name"], description["version"]) == (name, version)


def test_every_package_is_pinned_by_its_content_and_none_by_an_address() -> None:
    packages = json.loads((WANTED / "package-lock.json").read_text())["packages"]
    rest = {name: row for name, row in packages.items() if name}
    assert all(row["integrity"].startswith("sha512-") for row in rest.values())
    assert not [name for name, row in rest.items() if "resolved" in row]


def test_without_node_the_tests_that_want_them_say_why_they_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert "install Node.js" in str(npm_packages._install.__wrapped__())
