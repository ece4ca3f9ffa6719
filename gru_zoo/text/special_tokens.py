"""Ids that are no sub-words."""

PAD, UNK, BOS, EOS = range(4)
