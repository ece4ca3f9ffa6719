"""Where sentences end."""

import re

# Behind a sentence, or a line. A run of blanks without an end of line is looked through but once,
# from its beginning.
SENTENCE_ENDS = re.compile(r"(?<=[.!?…])\s+|(?<!\s)\s*\n\s*")
