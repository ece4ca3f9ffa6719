"""Words that take each other's place, so that few stories teach what many would."""

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

Forms = tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Group:
    """Words of one kind, such as rooms. A story stays true if they are exchanged throughout.

    Args:
        members: each member with its forms, such as `("wolf", "wolves")`, in lower case. All
            members have as many forms.
        orders: allowed orders of the members; empty allows every order.
    """

    members: tuple[Forms, ...]
    orders: tuple[tuple[int, ...], ...] = ()

    def draw(self, random: np.random.Generator) -> dict[str, str]:
        """A new word for each word of the group."""
        if self.orders:
            order = self.orders[random.integers(len(self.orders))]
        else:
            order = tuple(random.permutation(len(self.members)))
        return self._words(order)

    def _words(self, order: Iterable[int]) -> dict[str, str]:
        pairs = zip(self.members, (self.members[i] for i in order), strict=True)
        return {old: new for before, after in pairs for old, new in zip(before, after, strict=True)}

    def others(self, word: str) -> Forms:
        """The words that may stand for a word, itself included; none if it is not in the group."""
        for member in self.members:
            if word in member:
                return tuple(other[member.index(word)] for other in self.members)
        return ()

    def among(self, words: frozenset[str]) -> "Group":
        """The group without the members of which a set has no form."""
        if self.orders:
            return self
        kept = tuple(member for member in self.members if not words.isdisjoint(member))
        return Group(kept)


@dataclasses.dataclass(frozen=True)
class Exchange:
    """Groups of words that are exchanged in a story, its question and its answer.

    Args:
        groups: the groups; a word belongs to one at most.
    """

    groups: tuple[Group, ...] = ()

    def draw(self, random: np.random.Generator) -> Mapping[str, str]:
        """A new word for each word of the groups."""
        drawn: dict[str, str] = {}
        for group in self.groups:
            drawn |= group.draw(random)
        return drawn

    def answers(self, answer: Forms) -> Iterator[Forms]:
        """Every answer that an exchange can make of the words of one."""
        choices = []
        for word in answer:
            others = [group.others(word) for group in self.groups]
            choices.append(next((words for words in others if words), (word,)))
        for words in itertools.product(*choices):
            if len(set(words)) == len(set(answer)):
                yield words

    def words(self) -> Iterator[str]:
        """All words of the groups."""
        for group in self.groups:
            for member in group.members:
                yield from member
