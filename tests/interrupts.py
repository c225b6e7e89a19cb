"""For tests that interrupt a process they have started."""

import signal


def heed_interrupts() -> None:
    """Who runs the tests in the background may have told their processes to ignore Ctrl-C; a batch here must not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
