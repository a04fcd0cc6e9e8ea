"""The arguments of a call, by value."""

from __future__ import annotations

from collections.abc import Iterable

from oailint.project.values import NOTHING, Values

Arguments = tuple[tuple[Values, str, int], ...]


class Given:
    """The arguments of a call: values, with the keyword or star of each."""

    def __init__(self, arguments: Iterable[tuple[Values, str, int]]) -> None:
        self.all: Arguments = tuple(arguments)
        self.positional: list[tuple[Values, int]] = []
        self.keywords: dict[str, Values] = {}
        self.spread: list[Values] = []
        self.stars = False
        """Whether it is not seen how many there are."""
        for values, keyword, star in self.all:
            if keyword:
                self.keywords[keyword] = values
            elif star < 2:
                self.positional.append((values, star))
            if star:
                self.stars = True
                if star == 2:
                    self.spread.append(values)

    def get(self, place: str) -> Values:
        """The argument at a position (a number as text) or of a keyword."""
        if place.isdigit():
            index = int(place)
            return self.positional[index][0] if index < len(self.positional) else NOTHING
        return self.keywords.get(place, NOTHING)

    def first(self, places: Iterable[str]) -> Values:
        for place in places:
            values = self.get(place)
            if values:
                return values
        return NOTHING

    def after(self, place: str) -> Given:
        """The arguments behind a callable: those that it is called with."""
        index = int(place) if place.isdigit() else -1
        rest = [(v, k, s) for i, (v, k, s) in enumerate(self.all) if not (place.isdigit() and i <= index)]
        return Given((v, k, s) for v, k, s in rest if k != place)


EMPTY = Given(())
