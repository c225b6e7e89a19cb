"""Mistakes a user can mend: each is one sentence that says what is wrong and what to do."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path


class UserError(Exception):
    """A mistake in what the user gave; its text is one sentence, shown without a traceback."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def messages(self) -> tuple[str, ...]:
        """The sentences to show, one a line."""
        return (self.message,)


class UserErrors(UserError):
    """Several mistakes found in one reading, shown together in the order they were found."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__("\n".join(messages))
        self._messages = tuple(messages)

    @property
    def messages(self) -> tuple[str, ...]:
        """The sentences to show, one a line."""
        return self._messages


def at(path: Path | str, line: int | None, what: str) -> str:
    """`path:line: what`, or `path: what` where no line is known (line counts from 1)."""
    return f"{path}: {what}" if line is None else f"{path}:{line}: {what}"


def did_you_mean(given: str, allowed: Sequence[str]) -> str:
    """A clause ` (did you mean ...?)` with the nearest allowed names, or `; allowed: ...` if none is near."""
    near = get_close_matches(given, allowed, n=3, cutoff=0.6)
    if near:
        return f" (did you mean {' or '.join(near)}?)"
    return f"; allowed: {', '.join(allowed)}"


def raise_if_any(messages: Sequence[str]) -> None:
    """Raises `UserError` for one message, `UserErrors` for several, and returns quietly for none."""
    if len(messages) == 1:
        raise UserError(messages[0])
    if messages:
        raise UserErrors(messages)
