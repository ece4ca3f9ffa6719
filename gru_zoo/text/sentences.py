"""Boundaries of sentences.

One regular expression serves every language, and a wrong boundary costs little where a text is only
split to fit a model. Rules for each language, such as those of pysbd, would be a dependency.
"""

import re

# Titles that stand before a name, in English, French, German and Spanish, and short forms that
# never end a sentence.
_ABBREVIATIONS = (
    "Mr Mrs Ms Dr Prof Sen Sens Rep Reps Gov Gen Lt Col Sgt Capt Rev Hon St Mme Mlle Hr Fr Sr Sra "
    "vs e.g i.e a.m p.m z.B p.ej"
).split()
# A single capital is an initial or the end of an abbreviation such as "U.S.".
_NO_END = r"(?<!\b[A-Z]\.)" + "".join(rf"(?<!\b{re.escape(a)}\.)" for a in _ABBREVIATIONS)

# Matches the white space after a sentence or around the end of a line. A run of blanks is searched
# for a line feed only from its start, which keeps the time linear.
SENTENCE_ENDS = re.compile(rf"(?<=[.!?…]){_NO_END}\s+|(?<!\s)\s*\n\s*")
