#!/usr/bin/env bash
# Makes .venv: exactly what requirements.lock pins, checked by hash, and Ombud itself as an editable install.
# Running it again is harmless.
set -euo pipefail
cd "$(dirname "$0")/.."

# An environment whose Python has gone, or is too old, is made again.
if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$(tools/python.sh)
    echo "Making .venv with $("$python" -V)"
    "$python" -m venv --clear .venv
fi

.venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
.venv/bin/python -m pip install --quiet --require-hashes -r requirements.lock
.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
touch .venv/.installed
