#!/usr/bin/env bash
# Prints the first Python on this machine that can run Ombud: 3.11 or newer, able to make a virtual environment.
set -euo pipefail

for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "$candidate"
        exit 0
    fi
done

echo "Ombud needs Python 3.11 or newer with its venv module (on Debian: apt install python3-venv)." >&2
echo "None was found; name one with PYTHON=/path/to/python3." >&2
exit 1
