"""Write three composed pieces of each preset as MIDI files into examples/.

python recipes/music/render_samples.py music_chorales
"""

import argparse
import pathlib

import gru_zoo

FOLDER = pathlib.Path(__file__).resolve().parent / "examples"
SEEDS = (1, 2, 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("presets", nargs="+")
    FOLDER.mkdir(exist_ok=True)
    for preset in parser.parse_args().presets:
        task = gru_zoo.load(preset)
        for seed in SEEDS:
            score = task.compose(bars=16, seed=seed)
            print(score.save(FOLDER / f"{preset}_{seed}.mid").name, score)


if __name__ == "__main__":
    main()
