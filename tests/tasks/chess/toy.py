"""A small task of chess with random weights, and games at random."""

import random

import chess

from gru_zoo.data.examples import ChessGame
from gru_zoo.tasks.chess.model import Config
from gru_zoo.tasks.chess.processor import ChessProcessor
from gru_zoo.tasks.chess.task import Chess
from tests.tiny_card import tiny_card

CONFIG = Config(board_units=6, units=5, context_units=6, move_dim=4, query_dim=3)


def toy_task() -> Chess:
    """A task with random weights."""
    return Chess(Chess.build(CONFIG), ChessProcessor(), tiny_card("chess", CONFIG))


def random_boards(seed: int, plies: int = 60) -> list[chess.Board]:
    """The boards of a game at random, each with its moves."""
    draw, board = random.Random(seed), chess.Board()
    boards = [board.copy()]
    while len(boards) <= plies and not board.is_game_over():
        board.push(draw.choice(list(board.legal_moves)))
        boards.append(board.copy())
    return boards


def random_game(seed: int, plies: int = 30, **fields) -> ChessGame:
    """A game at random."""
    moves = random_boards(seed, plies)[-1].move_stack
    return ChessGame(tuple(move.uci() for move in moves), "1-0", 1400, 1800, **fields)
