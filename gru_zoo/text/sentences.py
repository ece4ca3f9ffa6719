"""Boundaries of sentences."""

import re

# Matches the white space after a sentence or around the end of a line. A run of blanks is searched
# for a line feed only from its start, which keeps the time linear.
SENTENCE_ENDS = re.compile(r"(?<=[.!?…])\s+|(?<!\s)\s*\n\s*")
