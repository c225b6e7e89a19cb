"""`python -m benchmarks [--quick] [name ...]`: run these benchmarks, or all of them."""

import argparse
from importlib import import_module
from typing import Final

NAMES: Final = ("engine", "effect_by_scale", "compile_time", "against_evidence")


def main() -> None:
    """Run the chosen benchmarks one after another and print what they find."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed, memory, precision, fit.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"which to run: {', '.join(NAMES)}; all by default")
    parser.add_argument("--quick", action="store_true", help="smaller and fewer runs, about a minute in all")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(NAMES))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; choose from {', '.join(NAMES)}")
    for name in options.names or NAMES:
        print(f"== {name}", flush=True)
        import_module(f"benchmarks.{name}").main(options.quick)
        print(flush=True)


if __name__ == "__main__":
    main()
