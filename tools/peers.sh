#!/usr/bin/env bash
# Makes build/peers: what `make bench-peers` measures beside Ombud, as tests/bench/peers.requirements.txt pins it.
# Running it again is harmless.
set -euo pipefail
cd "$(dirname "$0")/.."

"$(tools/python.sh)" -m venv --clear build/peers
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
build/peers/bin/python -m pip install --quiet --no-deps -r tests/bench/peers.requirements.txt
build/peers/bin/python -m pip check
touch build/peers/.installed
