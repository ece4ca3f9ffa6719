import numpy as np
import pytest

from gru_zoo import plot
from gru_zoo.tasks.chess.batches import GameBatches
from gru_zoo.tasks.chess.metrics import move_metrics
from gru_zoo.tasks.chess.rows import rows_of
from gru_zoo.tasks.chess.scoring import Judged
from tests.tasks.chess.toy import random_game, toy_task

GAMES = [random_game(seed, 12, white="me", black=f"son {seed % 2}") for seed in range(6)]


@pytest.fixture(scope="module")
def task():
    return toy_task()


def test_fit_learns_the_games_of_a_player(task, tmp_path):
    path = tmp_path / "mine.pgn"
    line = "1. h4 a5 2. h5 a4 3. h6 a3"
    games = [f'[White "{w}"]\n[Black "x"]\n\n{line} *\n' for w in ("me", "me", "me", "you")]
    path.write_text("\n\n".join(games))
    before = task.predict("")[0].score
    own = {move.uci: move.score for move in task.predict("")}["h2h4"]
    history = task.fit(path, player="me", epochs=12, learning_rate=0.02, validation=0.3, verbose=0)
    assert history.history["val_nats"][-1] < history.history["val_nats"][0]
    assert task.card.data[-1].examples == 3
    after = {move.uci: move.score for move in task.predict("")}
    assert after["h2h4"] > max(2 * own, before)


def test_only_the_rows_of_the_player_are_learned():
    batches = GameBatches([rows_of(GAMES, "son 1")], positions=64)
    rows = np.concatenate([batches.rows_of_batch(index) for index in range(len(batches))])
    assert sorted(rows) == [3, 7, 11]  # Black's row of every second game


def test_every_epoch_has_the_next_part_and_as_many_batches():
    parts = [rows_of(GAMES[:2]), rows_of(GAMES), rows_of(GAMES[:1])]
    batches = GameBatches(parts, positions=8)
    count, seen = len(batches), []
    for _ in range(4):  # as `keras.Model.fit` does
        batches.on_epoch_begin()
        assert len(batches) == count
        seen.append(max(int(row) for i in range(count) for row in batches.rows_of_batch(i)))
        for index in range(count):
            batches[index]
        batches.on_epoch_end()
    assert batches.epoch == 4 and seen[0] == seen[3] == 3 and seen[2] == 1


def test_errors_of_fit(task):
    with pytest.raises(ValueError, match=r"Expected games of 'her'. Received: 6 games, of 'me'"):
        task.fit(GAMES, player="her", verbose=0)
    with pytest.raises(ValueError, match="not"):
        task.fit([random_game(0, 4), random_game(0, 4).__class__(("e2e4", "e2e4"))], verbose=0)
    with pytest.raises(ValueError, match="Expected games. Received: 0 games"):
        task.fit([], verbose=0)


def test_ranks_are_those_of_predictions(task):
    metrics = {metric.name: metric.value for metric in task.evaluate(GAMES[:2])}
    hits, counted = 0, 0
    for record in GAMES[:2]:
        game = task.game("", record.white_elo, record.black_elo, record.seconds, record.increment)
        for move in record.moves:
            hits += game.predict()[0].uci == move
            counted += 1
            game.push(move)
    assert metrics["top_1"] == pytest.approx(hits / counted)
    assert 0 <= metrics["unmasked_legal"] <= 1 and metrics["top_5"] >= metrics["top_1"]
    with pytest.raises(ValueError, match="Expected a game with a move"):
        task.evaluate([])


def test_metrics_of_known_ranks():
    ranks, plies = np.array([1, 2, 6, 1]), np.array([0, 9, 10, 11])
    known = np.array([2, -1, 0, 1])
    judged = Judged(plies, plies, ranks, ranks / 2, ranks < 3, known, np.array([2, 2, 2, 1]))
    values = {metric.name: metric.value for metric in move_metrics(judged)}
    assert values == {
        "top_1": 0.5,
        "top_5": 0.75,
        "top_1_after_ply_10": 0.5,
        "nats": 1.25,
        "unmasked_legal": 0.75,
        "result_accuracy": pytest.approx(2 / 3),
    }


def test_batches_hold_every_turn_once():
    rows = rows_of(GAMES)
    batches = GameBatches([rows], positions=16, shuffle=False)
    inputs, targets = zip(*(batches[index] for index in range(len(batches))), strict=True)
    assert sum((target[..., 0] >= 0).sum() for target in targets) == sum(
        len(game.moves) for game in GAMES
    )
    for arrays, target in zip(inputs, targets, strict=True):
        row, turn = np.nonzero(target[..., 0] >= 0)
        place = target[row, turn, 0]
        np.testing.assert_array_equal(arrays[3][row, place], turn)
        np.testing.assert_array_equal(arrays[4][row, place], target[row, turn, 1])


def test_a_board_is_drawn_with_arrows(task):
    prediction = task.predict("e4 e5")
    svg = plot.board(prediction, moves=2)
    assert svg.count('class="arrow"') == 4 and svg == prediction.plot(2)  # a line and a head each
    assert prediction._repr_html_().startswith("<svg")
    with pytest.raises(ValueError, match="moves of 0 or more"):
        plot.board(prediction, moves=-1)
