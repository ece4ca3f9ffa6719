"""The commands that make each shipped preset, in order; `reproduce.py` runs them.

{preset} is the preset's name, {work} a folder of its own and {save_to} the folder of finished
presets. `reproduce.py` runs each line with Python and appends --data-dir, and --resume or --smoke
where needed. A line that begins with `cat` joins files. The options are those of the runs that made
the shipped presets; HISTORY.md of each recipe says where such a run differed from its command.
Commands whose preset is the start of another leave the test splits unread.
"""

# Presets of one model, which are saved together.
EVERYDAY = tuple(f"translation_{way}" for way in ("fr_en", "en_de", "de_en", "en_es"))

# Presets whose chain runs first, since a command loads them by name.
REQUIRED = {
    "sentiment_stars": "sentiment_reviews",
    "question_answering_passages": "text_generation_everyday",
    "speech_commands_tiny": "speech_commands",
    **dict.fromkeys(EVERYDAY, "translation_en_fr"),
}

CHAINS = {
    "action_recognition_body": r"""
recipes/action_recognition/train.py action_recognition_body --policy float32 \
    --work {work}/last --save-to {save_to}
""",
    "action_recognition_vowels": r"""
recipes/action_recognition/train.py action_recognition_vowels --policy float32 \
    --work {work}/last --save-to {save_to}
""",
    "anomalies_stream": r"""
recipes/anomalies/train.py anomalies_stream --work {work}/last --save-to {save_to}
""",
    "chess_moves": r"""
recipes/chess/train.py chess_moves --work {work}/last --save-to {save_to}
""",
    "forecasting_any": r"""
recipes/forecasting/train.py forecasting_any --epochs 13 \
    --untested --work {work}/first --save-to {work}/first/presets
recipes/forecasting/train.py forecasting_any --start-from {work}/first/presets/{preset} \
    --epochs 14 --learning-rate 1.2e-3 --seed 3 \
    --untested --work {work}/second --save-to {work}/second/presets
recipes/forecasting/train.py forecasting_any --start-from {work}/second/presets/{preset} \
    --epochs 36 --learning-rate 1.5e-3 --seed 4 \
    --untested --work {work}/third --save-to {work}/third/presets
recipes/forecasting/train.py forecasting_any --start-from {work}/third/presets/{preset} \
    --epochs 40 --learning-rate 1.2e-3 --seed 5 --work {work}/last --save-to {save_to}
""",
    "forecasting_etth1": r"""
recipes/forecasting/train.py forecasting_etth1 --work {work}/last --save-to {save_to}
""",
    "forecasting_ettm1": r"""
recipes/forecasting/train.py forecasting_ettm1 --work {work}/last --save-to {save_to}
""",
    "forecasting_exchange": r"""
recipes/forecasting/train.py forecasting_exchange --work {work}/last --save-to {save_to}
""",
    "forecasting_weather": r"""
recipes/forecasting/train.py forecasting_weather --work {work}/last --save-to {save_to}
""",
    "music_chorales": r"""
recipes/music/train.py music_chorales --work {work}/last --save-to {save_to}
""",
    "music_folk": r"""
recipes/music/train.py music_folk --work {work}/last --save-to {save_to}
""",
    "music_piano": r"""
recipes/music/train.py music_piano --work {work}/last --save-to {save_to}
""",
    "question_answering_passages": r"""
recipes/question_answering/train.py question_answering_passages --policy float32 \
    --work {work}/last --save-to {save_to}
""",
    "question_answering_stories": r"""
recipes/question_answering/train.py question_answering_stories --policy float32 \
    --work {work}/last --save-to {save_to}
""",
    "recommendation_beauty": r"""
recipes/recommendation/train.py recommendation_beauty --work {work}/last --save-to {save_to}
""",
    "recommendation_games": r"""
recipes/recommendation/train.py recommendation_games --work {work}/last --save-to {save_to}
""",
    "sentiment_general": r"""
# The vocabulary and the encoder of the film reviews go on with everyday texts. The teacher of the
# sentences of films is the preset sentiment_stars.
recipes/sentiment/vocabulary.py --to {work}/extended
recipes/sentiment/pretrain.py --start-from {work}/extended --everyday --steps 1200 \
    --learning-rate 1.2e-3 --warmup 50 --policy float32 \
    --work {work}/everyday --save-to {work}/everyday/encoder
recipes/sentiment/train_teacher.py --preset sentiment_stars --of-reviews 24000 --a-sentence 2 \
    --work {work}/teacher --to {work}/taught.csv
recipes/sentiment/train.py sentiment_general --pretrained {work}/everyday/encoder \
    --share 0.8 --seed 2 --buckets 0 --max-length 256 --policy float32 \
    --untested --work {work}/first --save-to {work}/first/presets
recipes/sentiment/train.py sentiment_general --taught {work}/taught.csv \
    --start-from {work}/first/presets/{preset} --share 0.45 --seed 3 --learning-rate 7e-4 \
    --buckets 0 --max-length 384 --policy float32 \
    --untested --work {work}/second --save-to {work}/second/presets
recipes/sentiment/train.py sentiment_general --taught {work}/taught.csv \
    --start-from {work}/second/presets/{preset} --share 0.6 --seed 4 --learning-rate 6e-4 \
    --buckets 0 --max-length 512 --policy float32 \
    --untested --work {work}/third --save-to {work}/third/presets
recipes/sentiment/train.py sentiment_general --start-from {work}/third/presets/{preset} \
    --epochs 0 --policy float32 --work {work}/last --save-to {save_to}
""",
    "sentiment_reviews": r"""
# The encoder: two language models, one a direction. The last two runs were on a GPU.
recipes/sentiment/pretrain.py --work {work}/pretrain1 --save-to {work}/pretrain1/encoder
recipes/sentiment/pretrain.py --start-from {work}/pretrain1/encoder --steps 2400 \
    --learning-rate 1.2e-3 \
    --work {work}/pretrain2 --save-to {work}/pretrain2/encoder
recipes/sentiment/pretrain.py --start-from {work}/pretrain2/encoder --rows 128 --window 128 \
    --samples 1024 --steps 3600 --policy float32 --learning-rate 1.5e-3 \
    --work {work}/pretrain3 --save-to {work}/pretrain3/encoder
recipes/sentiment/pretrain.py --start-from {work}/pretrain3/encoder --rows 128 --window 128 \
    --samples 1024 --steps 3600 --policy float32 --learning-rate 1.2e-3 \
    --work {work}/pretrain4 --save-to {work}/pretrain4/encoder
# Three runs: adversarial training, without it, and with it again.
recipes/sentiment/train.py sentiment_reviews --pretrained {work}/pretrain4/encoder \
    --epsilon 0.3 --min-phrase-words 4 --max-length 512 --policy float32 \
    --untested --work {work}/first --save-to {work}/first/presets
recipes/sentiment/train.py sentiment_reviews \
    --start-from {work}/first/presets/{preset} --epochs 1 --learning-rate 4e-4 \
    --min-phrase-words 2 --max-length 512 --policy float32 \
    --untested --work {work}/second --save-to {work}/second/presets
recipes/sentiment/train.py sentiment_reviews \
    --start-from {work}/second/presets/{preset} --epsilon 0.3 --epochs 1 \
    --learning-rate 4e-4 --min-phrase-words 4 --max-length 512 --policy float32 \
    --untested --work {work}/third --save-to {work}/third/presets
# Means of weights, and runs that continue from them on up to 1,024 sub-words.
recipes/sentiment/train.py sentiment_reviews \
    --start-from {work}/second/presets/{preset} {work}/third/presets/{preset} \
    --epochs 0 --min-phrase-words 2 --policy float32 \
    --untested --work {work}/mean --save-to {work}/mean/presets
recipes/sentiment/train.py sentiment_reviews \
    --start-from {work}/mean/presets/{preset} --epsilon 0.3 --epochs 1 \
    --learning-rate 4e-4 --min-phrase-words 4 --policy mixed_bfloat16 \
    --untested --work {work}/fourth --save-to {work}/fourth/presets
recipes/sentiment/train.py sentiment_reviews \
    --start-from {work}/mean/presets/{preset} {work}/fourth/presets/{preset} \
    --epochs 0 --min-phrase-words 2 --policy float32 \
    --untested --work {work}/mean2 --save-to {work}/mean2/presets
recipes/sentiment/train.py sentiment_reviews \
    --start-from {work}/mean2/presets/{preset} --epsilon 0.3 --epochs 1 \
    --learning-rate 4e-4 --min-phrase-words 8 --policy mixed_bfloat16 \
    --untested --work {work}/fifth --save-to {work}/fifth/presets
recipes/sentiment/train.py sentiment_reviews \
    --start-from {work}/mean/presets/{preset} {work}/fourth/presets/{preset} \
    {work}/fifth/presets/{preset} --epochs 0 --min-phrase-words 2 --policy float32 \
    --work {work}/last --save-to {save_to}
""",
    "sentiment_stars": r"""
# Soft labels of a transformer; three runs that continue one another.
recipes/sentiment/train_teacher.py --work {work}/teacher --to {work}/taught.csv
recipes/sentiment/train.py sentiment_stars --taught {work}/taught.csv --learning-rate 4e-4 \
    --policy mixed_bfloat16 \
    --untested --work {work}/first --save-to {work}/first/presets
recipes/sentiment/train.py sentiment_stars --taught {work}/taught.csv \
    --start-from {work}/first/presets/{preset} --epochs 1 --learning-rate 2e-4 \
    --seed 2 --policy mixed_bfloat16 \
    --untested --work {work}/second --save-to {work}/second/presets
recipes/sentiment/train.py sentiment_stars --taught {work}/taught.csv \
    --start-from {work}/second/presets/{preset} --epochs 1 --learning-rate 2e-4 \
    --seed 3 --policy mixed_bfloat16 \
    --work {work}/last --save-to {save_to}
""",
    "speech_commands": r"""
recipes/keyword_spotting/train.py speech_commands --epochs 26 \
    --work {work}/last --save-to {save_to}
""",
    "speech_commands_tiny": r"""
# The teacher is the preset speech_commands.
recipes/keyword_spotting/train.py speech_commands_tiny --epochs 26 --average 5 \
    --policy float32 \
    --work {work}/last --save-to {save_to}
""",
    "speech_digits": r"""
recipes/keyword_spotting/train.py speech_digits --work {work}/last --save-to {save_to}
""",
    "summarization_compression": r"""
# A compressor trained on the pairs alone, which is a part of the teacher.
recipes/compression/train.py summarization_compression --policy float32 \
    --untested --work {work}/alone --save-to {work}/alone/presets
# Soft targets of a transformer and that compressor.
recipes/compression/train_teacher.py --beside {work}/alone/presets/{preset} \
    --work {work}/teacher --to {work}/lessons
recipes/compression/train.py summarization_compression --lessons {work}/lessons --epochs 7 \
    --word-units 256 --dropout 0.15 --word-dropout 0.05 --policy mixed_bfloat16 \
    --work {work}/last --save-to {save_to}
""",
    "summarization_headlines": r"""
# Releases alone; several kinds of text; and the mean of both, which keeps most of either.
recipes/summarization/train.py summarization_headlines --epochs 4 \
    --untested --work {work}/first --save-to {work}/first/presets
recipes/summarization/train.py summarization_headlines \
    --start-from {work}/first/presets/{preset} --general 1 --epochs 2 --tokens 8000 \
    --learning-rate 4e-4 --average 1 \
    --untested --work {work}/general --save-to {work}/general/presets
recipes/summarization/train.py summarization_headlines \
    --start-from {work}/general/presets/{preset} {work}/first/presets/{preset} --epochs 0 \
    --policy mixed_bfloat16 --work {work}/last --save-to {save_to}
""",
    "summarization_titles": r"""
recipes/summarization/train.py summarization_titles --epochs 5 \
    --work {work}/last --save-to {save_to}
""",
    "text_generation_everyday": r"""
recipes/text_generation/train.py text_generation_everyday --policy mixed_bfloat16 \
    --work {work}/last --save-to {save_to}
""",
    "text_generation_shakespeare": r"""
recipes/text_generation/train.py text_generation_shakespeare \
    --work {work}/last --save-to {save_to}
""",
    "text_generation_wikitext": r"""
# Two runs of five epochs.
recipes/text_generation/train.py text_generation_wikitext --policy float32 \
    --untested --work {work}/first --save-to {work}/first/presets
recipes/text_generation/train.py text_generation_wikitext \
    --start-from {work}/first/presets/{preset} --learning-rate 0.002 \
    --policy float32 \
    --work {work}/last --save-to {save_to}
""",
    "translation_en_fr": r"""
# Three runs with 192 units, then two with 256: the fourth run grows the model.
recipes/translation/train.py translation_en_fr \
    --untested --work {work}/first --save-to {work}/first/presets
recipes/translation/train.py translation_en_fr \
    --start-from {work}/first/presets/{preset} --epochs 5 --learning-rate 0.001 \
    --policy float32 \
    --untested --work {work}/second --save-to {work}/second/presets
recipes/translation/train.py translation_en_fr \
    --start-from {work}/second/presets/{preset} --epochs 4 --learning-rate 0.001 \
    --policy float32 \
    --untested --work {work}/third --save-to {work}/third/presets
recipes/translation/train.py translation_en_fr \
    --start-from {work}/third/presets/{preset} --units 256 --embedding-dim 240 \
    --epochs 3 --learning-rate 0.001 --policy float32 \
    --untested --work {work}/fourth --save-to {work}/fourth/presets
recipes/translation/train.py translation_en_fr \
    --start-from {work}/fourth/presets/{preset} --units 256 --embedding-dim 240 \
    --epochs 3 --learning-rate 0.001 --policy float32 \
    --untested --work {work}/fifth --save-to {work}/fifth/presets
# A last epoch with every caption once. The phrase book was then new.
recipes/translation/train.py translation_en_fr \
    --start-from {work}/fifth/presets/{preset} --units 256 --embedding-dim 240 \
    --epochs 1 --repeats 1 --tokens 4000 --learning-rate 0.0004 --policy mixed_bfloat16 \
    --work {work}/last --save-to {save_to}
""",
    "translation_es_en": r"""
recipes/translation/train.py translation_es_en --policy float32 \
    --untested --work {work}/first --save-to {work}/first/presets
# A last epoch. The phrase book was then new.
recipes/translation/train.py translation_es_en --start-from {work}/first/presets/{preset} \
    --epochs 1 --tokens 4000 --learning-rate 0.0006 --policy mixed_bfloat16 \
    --work {work}/last --save-to {save_to}
""",
    "translation_en_de_captions": r"""
# Three teachers, and what they write together.
recipes/translation/train.py translation_en_de_captions --source-dropout 0.3 --epochs 28 \
    --untested --work {work}/teacher1 --save-to {work}/teacher1/presets
recipes/translation/train.py translation_en_de_captions \
    --start-from {work}/teacher1/presets/{preset} --seed 2 --tokens 3000 \
    --epochs 12 --patience 12 --learning-rate 0.0015 --policy float32 \
    --untested --work {work}/teacher2 --save-to {work}/teacher2/presets
recipes/translation/train.py translation_en_de_captions \
    --start-from {work}/teacher1/presets/{preset} --seed 3 --tokens 3000 \
    --epochs 12 --patience 12 --learning-rate 0.0015 --policy float32 \
    --untested --work {work}/teacher3 --save-to {work}/teacher3/presets
recipes/translation/distil.py translation_en_de_captions --batch-size 256 \
    --teachers {work}/teacher1/presets/{preset} \
    {work}/teacher2/presets/{preset} {work}/teacher3/presets/{preset} \
    --to {work}/taught.tsv
# Three models that learn from it with less dropout, and what they write together.
recipes/translation/train.py translation_en_de_captions \
    --start-from {work}/teacher3/presets/{preset} --taught {work}/taught.tsv \
    --target-dropout 0.1 --context-dropout 0.4 --output-dropout 0.4 --epochs 6 --patience 6 \
    --policy float32 \
    --untested --work {work}/taught --save-to {work}/taught/presets
recipes/translation/train.py translation_en_de_captions \
    --start-from {work}/taught/presets/{preset} --taught {work}/taught.tsv \
    --source-dropout 0.15 --target-dropout 0.1 --context-dropout 0.25 --output-dropout 0.25 \
    --seed 2 --tokens 3000 --epochs 6 --patience 9 --policy float32 \
    --untested --work {work}/better2 --save-to {work}/better2/presets
recipes/translation/train.py translation_en_de_captions \
    --start-from {work}/taught/presets/{preset} --taught {work}/taught.tsv \
    --source-dropout 0.15 --target-dropout 0.1 --context-dropout 0.35 --output-dropout 0.15 \
    --seed 3 --learning-rate 0.0015 --tokens 3000 --epochs 6 --patience 9 --policy float32 \
    --untested --work {work}/better3 --save-to {work}/better3/presets
recipes/translation/distil.py translation_en_de_captions --batch-size 256 \
    --teachers {work}/taught/presets/{preset} \
    {work}/better2/presets/{preset} {work}/better3/presets/{preset} \
    --to {work}/more.tsv
cat {work}/taught.tsv {work}/more.tsv > {work}/both.tsv
# One of them continues with both; the preset is the mean of before and after.
recipes/translation/train.py translation_en_de_captions \
    --start-from {work}/better2/presets/{preset} --taught {work}/both.tsv \
    --source-dropout 0.15 --target-dropout 0.1 --context-dropout 0.25 --output-dropout 0.25 \
    --seed 4 --tokens 3000 --epochs 5 --patience 9 --policy float32 \
    --untested --work {work}/further --save-to {work}/further/presets
recipes/translation/train.py translation_en_de_captions \
    --start-from {work}/better2/presets/{preset} {work}/further/presets/{preset} \
    --epochs 0 --source-dropout 0.15 --target-dropout 0.1 --context-dropout 0.25 \
    --output-dropout 0.25 --policy float32 \
    --work {work}/last --save-to {save_to}
""",
    **dict.fromkeys(
        EVERYDAY,
        r"""
recipes/translation/train.py translation_fr_en \
    --start-from {save_to}/translation_en_fr --policy mixed_bfloat16 \
    --work {work}/last --save-to {save_to}
""",
    ),
}
