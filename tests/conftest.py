"""What does every test stand on?"""

import os
import subprocess
import sys

import pytest
from hypothesis import settings

IS_CI = bool(os.environ.get("CI"))

# No deadlines: a slow machine is not a failing rule. In CI the same examples are drawn each time, so that a
# red run is red again at home with CI=true.
settings.register_profile(
    "ombud", deadline=None, derandomize=IS_CI, database=None if IS_CI else settings().database
)
settings.load_profile("ombud")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the Chromium to drive. As root it needs `--no-sandbox`.

    It is looked for in a process of its own, so that playwright leaves no event loop behind in this one.
    """
    search = subprocess.run(
        [sys.executable, "-m", "tests.chromium"], capture_output=True, text=True, check=False
    )
    if search.returncode == 0:
        return search.stdout.strip()
    reason = "No Chromium: `make test` installs one where it may; else set OMBUD_CHROMIUM to its path."
    if IS_CI:
        pytest.fail(reason)
    pytest.skip(reason)
