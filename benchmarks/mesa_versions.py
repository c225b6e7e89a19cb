"""Whether a newer Mesa gives the same bits: a short run in a temporary environment, compared with this one.

Not part of `make benchmarks`, because it installs packages. Mesa from 3.4 on needs Python 3.12 or newer:
`python -m benchmarks.mesa_versions --mesa 3.5.1 --python python3.13`.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.measure import ROOT

NEEDED: Final = ("networkx", "numba", "numpy", "pydantic", "scipy")
"""What the model and scenario files import beside Mesa; their versions are the lock's."""
SCALE: Final = 2_000.0
MONTHS: Final = 12
PROGRAM: Final = "from benchmarks.mesa_versions import short_run; short_run()"


def main() -> None:
    """Run under the other Mesa and here; exit code 1 when the results differ."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        python = _environment(Path(folder), options.python, options.mesa)
        other = _report(python, cache=Path(folder) / "cache")
    here = _report(sys.executable)
    print(f"here:  {here}\nother: {other}")
    if here.split()[-1] != other.split()[-1]:
        sys.exit("the two runs differ")
    print("the same bits")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare a short run under another Mesa with one under this Mesa.")
    parser.add_argument("--mesa", default="3.5.1", help="version of Mesa to try")
    parser.add_argument("--python", default="python3.13", help="an interpreter that this Mesa supports")
    return parser.parse_args()


def _environment(folder: Path, python: str, mesa: str) -> str:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, flags=re.MULTILINE))
    wanted = [f"{name}=={locked[name]}" for name in NEEDED]
    subprocess.run([python, "-m", "venv", str(folder / "venv")], check=True)
    own = str(folder / "venv" / "bin" / "python")
    subprocess.run([own, "-m", "pip", "install", "--quiet", f"mesa=={mesa}", *wanted], check=True)
    return own


def _report(python: str, cache: Path | None = None) -> str:
    environment = dict(os.environ) if cache is None else {**os.environ, "UNTACT_CACHE_DIR": str(cache)}
    done = subprocess.run(
        [python, "-c", PROGRAM], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()


def short_run() -> None:
    """Print the versions and the SHA-256 of a short run's indicators and merchants."""
    import mesa

    from benchmarks.measure import settings_of
    from model.calendar import month_text
    from model.economy import run

    settings = settings_of("levers/payment_terminal", SCALE, MONTHS)
    group = f"merchants@{month_text(settings.start + MONTHS - 1)}"
    result = run(settings, seed=1, groups=(group,))
    digest = hashlib.sha256(result.core.tobytes())
    for column in result.groups[group].values():
        digest.update(column.tobytes())
    print(f"Mesa {mesa.__version__}, Python {sys.version.split()[0]}: {digest.hexdigest()}")


if __name__ == "__main__":
    main()
