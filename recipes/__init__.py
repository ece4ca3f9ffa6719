"""Training scripts, a folder for each task.

Run them by their path (`python recipes/music/train.py`) or as modules from the checkout
(`python -m recipes.music.train`). They import each other as `recipes.<task>.<module>`.
"""
