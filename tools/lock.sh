#!/usr/bin/env bash
# Makes requirements.lock from pyproject.toml: every dependency of running, testing and building, pinned with hashes,
# for every platform and Python from 3.11. Pins already in the file stay unless they must move;
# `make lock UPGRADE=1` takes the newest of all.
set -euo pipefail
cd "$(dirname "$0")/.."

# uv has an environment of its own, so a broken lock can still be made again.
if ! build/uv/bin/uv --version >/dev/null 2>&1; then
    "$(tools/python.sh)" -m venv --clear build/uv
    build/uv/bin/python -m pip install --quiet --disable-pip-version-check uv
fi

# The lock must not depend on this machine, nor name where its packages came from.
unset UV_INDEX UV_EXTRA_INDEX_URL UV_FIND_LINKS
build/uv/bin/uv pip compile pyproject.toml \
    --no-config --quiet \
    --group build --group test \
    --universal --python-version 3.11 \
    --generate-hashes --no-emit-index-url --no-emit-find-links \
    --custom-compile-command "make lock" \
    ${UPGRADE:+--upgrade} \
    --output-file requirements.lock
