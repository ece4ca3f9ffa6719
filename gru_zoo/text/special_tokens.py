"""Ids of the special tokens: padding, unknown, beginning and end of a sequence."""

PAD, UNK, BOS, EOS = range(4)
