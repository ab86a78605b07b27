"""The one exception that the command line shows as a sentence, without a traceback."""

from __future__ import annotations


class UserError(Exception):
    """A mistake of the user or of their machine; the message is one sentence with the remedy.

    The command line prints the message to stderr and ends with exit code 2.
    """
