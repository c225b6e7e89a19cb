"""What every test relies on."""

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every run, and no deadline: the first call of a kernel compiles it.
settings.register_profile("untact", deadline=None, derandomize=True, max_examples=100)
settings.load_profile("untact")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Path:
    """The Chromium of this machine; tests of pages are skipped where there is none."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return Path(found)
    pytest.skip("no Chromium on the PATH, so pages were not opened")
