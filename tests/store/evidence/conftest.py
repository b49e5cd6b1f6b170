"""Fixtures of evidence tests: blob stores in a folder, in memory and in S3."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.evidence.blobs import Blobs
from tests.store.evidence.s3_bucket import Bucket, s3_server

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(s3_endpoint: str) -> Bucket:
    """An empty one."""
    bucket = Bucket(s3_endpoint, f"bucket-{next(_numbers)}")
    bucket.create()
    return bucket


@pytest.fixture(params=["folder", "memory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """Nothing is stored yet."""
    if request.param == "s3":
        bucket: Bucket = request.getfixturevalue("bucket")
        return bucket.open()
    return Blobs.open((tmp_path / "evidence").as_uri() if request.param == "folder" else "memory:///")
