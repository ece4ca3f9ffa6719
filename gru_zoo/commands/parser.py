"""What a module of commands gets to add its commands to the parser."""

import argparse
from collections.abc import Callable
from typing import Protocol

Command = Callable[[argparse.Namespace], int]


class AddCommand(Protocol):
    """Adds a command to the parser of `gru-zoo`."""

    def __call__(self, name: str, function: Command, text: str) -> argparse.ArgumentParser:
        """Add a command.

        Args:
            name: its name.
            function: runs it with the parsed arguments and returns the exit status.
            text: what it does, for the help.

        Returns:
            The parser of the command, to which its arguments are added.
        """
