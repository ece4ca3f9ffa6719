"""Samples of summarization: an abstract and a press release."""

SAMPLES = (
    "Recurrent neural networks read a sequence one step at a time, which makes them slow to train "
    "on long inputs. We present SkipFold, a gated recurrent unit that learns which steps it can "
    "leave out. On three benchmarks of language modelling, SkipFold reads half of the input and "
    "loses less than one per cent of accuracy. We also show that the steps it keeps agree with "
    "those that people underline.",
    "Senator Mary Alder today announced that the state of Vermont will receive $2.4 million in "
    "federal funding to repair bridges that were damaged by last year's floods. The money will be "
    'awarded by the Department of Transportation and goes to eleven towns. "Our bridges keep '
    'families, farms and businesses connected," Alder said.',
)
