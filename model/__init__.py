"""What happens in the economy: no result files, no plots, no processes.

Importing this package chooses the folder of Numba's compiled kernels. Numba does not notice an edit in an
imported file, so the folder is named by the hash of all sources; it must be set before any kernel exists.
"""

import os
import sys
import tempfile
from pathlib import Path

from model import source_hash as fingerprints


def _cache_root() -> Path:
    """The first writable of UNTACT_CACHE_DIR or `.cache` of the checkout, and a temporary folder."""
    chosen = Path(os.environ.get("UNTACT_CACHE_DIR") or fingerprints.MODEL_FOLDER.parent / ".cache").resolve()
    own = Path(tempfile.gettempdir()) / f"untact-{os.getuid()}"
    for folder in (chosen, own):
        if _is_ours(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="untact-"))


def _is_ours(folder: Path) -> bool:
    # Cached kernels are code: a folder that someone else prepared under /tmp is not trusted.
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = folder.stat().st_uid
    except OSError:
        return False
    return os.access(folder, os.W_OK) and owner in {0, os.getuid()}


def _point_numba_at(folder: Path) -> None:
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    numba = sys.modules.get("numba")  # its copy of the variable is taken when it is first imported
    if numba is not None:
        numba.config.CACHE_DIR = str(folder)


CACHE_ROOT: Path = _cache_root()
_point_numba_at(CACHE_ROOT / "numba" / fingerprints.source_hash()[:32])
