"""Boundaries of sentences.

One regular expression serves every language, and a wrong boundary costs little where a text is only
split to fit a model. Rules for each language, such as those of pysbd, would be a dependency.
"""

import re

# Matches the white space after a sentence or around the end of a line. A run of blanks is searched
# for a line feed only from its start, which keeps the time linear.
SENTENCE_ENDS = re.compile(r"(?<=[.!?…])\s+|(?<!\s)\s*\n\s*")
