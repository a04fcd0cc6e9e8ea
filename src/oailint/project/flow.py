"""Control flow inside one scope: what follows what, how a block can end, which loop goes round again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from oailint import facts
from oailint.facts import Statement
from oailint.project.program import Program, children, region_expressions, statement_expressions, walk

Step = int | Statement
"""A statement, or the number of a region."""

FALL, BREAK, CONTINUE, RETURN, RAISE = "fall", "break", "continue", "return", "raise"
LOOPS = (facts.For, facts.While)


class Flow:
    """Answers for one scope. ``leaves`` says of a call whether it never returns (``sys.exit``)."""

    def __init__(self, program: Program, scope: int, leaves: Callable[[facts.Call, int], bool]) -> None:
        self.program = program
        self.scope = scope
        self.facts = program.scopes[scope].facts
        self.regions = self.facts.regions
        self.leaves = leaves
        self._steps: dict[int, list[Step]] | None = None
        self._ends: dict[int, frozenset[str]] = {}
        self._children: dict[int, list[int]] | None = None
        self._names_set: dict[int, set[str]] = {}

    # --- order --------------------------------------------------------------------------------

    def steps(self, region: int) -> list[Step]:
        """The statements and regions directly inside a region, in source order."""
        if self._steps is None:
            self._steps = self._order()
        return self._steps.get(region, [])

    def _order(self) -> dict[int, list[Step]]:
        placed: dict[int, list[tuple[tuple[int, int, int], Step]]] = {}
        for statement in self.facts.statements:
            key = (statement.span.line, statement.span.column, -1)
            placed.setdefault(statement.region, []).append((key, statement))
        for number, region in enumerate(self.regions):
            if region.parent < 0 or (isinstance(region, facts.For) and region.is_comprehension):
                continue
            place = (region.span.line, region.span.column, number)
            placed.setdefault(region.parent, []).append((place, number))
        return {
            region: [step for _, step in sorted(found, key=lambda pair: pair[0])] for region, found in placed.items()
        }

    def inside(self, region: int) -> Iterator[int]:
        """A region and all regions inside it."""
        if self._children is None:
            self._children = {}
            for number, one in enumerate(self.regions):
                self._children.setdefault(one.parent, []).append(number)
        stack = [region]
        while stack:
            number = stack.pop()
            yield number
            stack.extend(self._children.get(number, ()))

    def statements(self, region: int) -> Iterator[Statement]:
        """All statements inside a region, at any depth."""
        inner = set(self.inside(region))
        return (statement for statement in self.facts.statements if statement.region in inner)

    def expressions(self, region: int) -> Iterator[tuple[facts.Expr, int]]:
        """All expressions evaluated inside a region, at any depth, with their region."""
        inner = set(self.inside(region))
        for statement in self.facts.statements:
            if statement.region in inner:
                for root in statement_expressions(statement):
                    yield from walk(root, statement.region)
        for number in inner:
            for place, root in region_expressions(number, self.regions[number]):
                if place in inner:
                    yield from walk(root, place)

    # --- ways to end --------------------------------------------------------------------------

    def ends(self, region: int) -> frozenset[str]:
        """How control can leave a region's block: falling out of its end, ``break``, ``continue``, ``return``,
        ``raise``."""
        if region not in self._ends:
            self._ends[region] = self._block(self.steps(region))
        return self._ends[region]

    def _block(self, steps: list[Step]) -> frozenset[str]:
        out: set[str] = set()
        index = 0
        while index < len(steps):
            group, index = self._group(steps, index)
            ends = self._ends_of(group)
            out |= ends - {FALL}
            if FALL not in ends:
                return frozenset(out)
        return frozenset(out | {FALL})

    def _group(self, steps: list[Step], index: int) -> tuple[list[Step], int]:
        """A compound statement's regions (``if``/``else``, ``try``/``except``...) belong together."""
        first = steps[index]
        group = [first]
        index += 1
        if not isinstance(first, int):
            return group, index
        region = self.regions[first]
        while index < len(steps):
            step = steps[index]
            if not isinstance(step, int) or not self._continues(first, region, self.regions[step]):
                break
            group.append(step)
            index += 1
        return group, index

    def _continues(self, first: int, region: facts.Region, other: facts.Region) -> bool:
        if isinstance(region, facts.Branch):
            return isinstance(other, facts.Branch) and not other.positive and other.test is region.test
        if isinstance(region, facts.Try):
            return isinstance(other, (facts.Handler, facts.TryElse, facts.Finally)) and other.attempt == first
        if isinstance(region, LOOPS):
            return isinstance(other, facts.LoopElse) and other.loop == first
        if isinstance(region, facts.Case):
            return isinstance(other, facts.Case) and other.subject is region.subject
        return False

    def _ends_of(self, group: list[Step]) -> frozenset[str]:
        first = group[0]
        if not isinstance(first, int):
            return self._statement(first)
        region = self.regions[first]
        numbers = [step for step in group if isinstance(step, int)]
        if isinstance(region, facts.Branch):
            ends = frozenset().union(*(self.ends(number) for number in numbers))
            return ends if len(numbers) > 1 else ends | {FALL}
        if isinstance(region, facts.Case):
            return frozenset().union(*(self.ends(number) for number in numbers)) | {FALL}
        if isinstance(region, LOOPS):
            return self._loop(first, region)
        if isinstance(region, facts.Try):
            return self._try(first, numbers[1:])
        return self.ends(first)

    def _loop(self, number: int, region: facts.Region) -> frozenset[str]:
        ends = self.ends(number)
        out = ends - {BREAK, CONTINUE, FALL}
        endless = isinstance(region, facts.While) and isinstance(region.test, (facts.Constant, facts.Number))
        return out if endless and BREAK not in ends else out | {FALL}

    def _try(self, body: int, others: list[int]) -> frozenset[str]:
        out = set(self.ends(body)) | {FALL for _ in ()}
        for number in others:
            region = self.regions[number]
            ends = self.ends(number)
            if isinstance(region, facts.TryElse) and FALL in out:
                out = (out - {FALL}) | ends
            elif isinstance(region, facts.Handler):
                out |= ends
            elif isinstance(region, facts.Finally) and FALL not in ends:
                return ends
        return frozenset(out)

    def _statement(self, statement: Statement) -> frozenset[str]:
        if isinstance(statement, facts.Return):
            return frozenset([RETURN])
        if isinstance(statement, facts.Raise):
            return frozenset([RAISE])
        if isinstance(statement, facts.Jump) and statement.kind in (BREAK, CONTINUE):
            return frozenset([statement.kind])
        if isinstance(statement, facts.Evaluate):
            call = statement.value.value if isinstance(statement.value, facts.Await) else statement.value
            if isinstance(call, facts.Call) and self.leaves(call, statement.region):
                return frozenset([RAISE])
        return frozenset([FALL])

    # --- loops --------------------------------------------------------------------------------

    def loops_around(self, region: int) -> Iterator[int]:
        """The loops (comprehension clauses included) around a place, innermost first."""
        for number, one in self.program.chain(self.scope, region):
            if isinstance(one, LOOPS):
                yield number

    def goes_round(self, region: int, loop: int) -> bool:
        """Whether control that enters a block (a handler, say) inside ``loop`` can reach the loop's next turn.

        Conservative where flow is intricate: what follows the block's ``try`` in the loop is followed too.
        """
        ends = self.ends(region)
        if CONTINUE in ends and self.nearest_loop(region) == loop:
            return True
        if FALL not in ends:
            return False
        return self.falls_to(region, loop)

    def nearest_loop(self, region: int) -> int:
        """The loop that ``break`` and ``continue`` inside a region belong to, -1 if none."""
        for number, one in self.program.chain(self.scope, region):
            if isinstance(one, LOOPS):
                return number
        return -1

    def falls_to(self, region: int, loop: int) -> bool:
        """Whether falling out of ``region`` (a part of a compound statement) leads on to the end of the loop's body."""
        parent = self.regions[region].parent
        if parent < 0:
            return False
        rest = self._after(region, parent)
        ends = self._block(rest)
        if CONTINUE in ends and (parent == loop or self.nearest_loop(parent) == loop):
            return True
        if FALL not in ends:
            return False
        if parent == loop:
            return True
        if isinstance(self.regions[parent], LOOPS):
            return loop in list(self.loops_around(self.regions[parent].parent)) and self.falls_to(parent, loop)
        return self.falls_to(parent, loop)

    def _after(self, region: int, parent: int) -> list[Step]:
        """The steps behind the compound statement that ``region`` is a part of."""
        steps = self.steps(parent)
        index = 0
        while index < len(steps):
            group, index = self._group(steps, index)
            if region in group:
                return steps[index:]
        return []

    def leaves_loop(self, region: int, loop: int) -> bool:
        """Whether a ``break`` of ``loop`` or a ``return`` stands inside ``region``."""
        for statement in self.statements(region):
            if isinstance(statement, facts.Return):
                return True
            if (
                isinstance(statement, facts.Jump)
                and statement.kind == BREAK
                and self.nearest_loop(statement.region) == loop
            ):
                return True
        return False

    def breaks(self, loop: int) -> bool:
        """Whether a ``break`` of ``loop`` stands in it."""
        return any(
            isinstance(one, facts.Jump) and one.kind == BREAK and self.nearest_loop(one.region) == loop
            for one in self.statements(loop)
        )

    def after_leaves_loop(self, attempt: int, loop: int) -> bool:
        """Whether ``break`` or ``return`` follows a ``try`` statement inside ``loop``."""
        region = attempt
        while region != loop and region > 0:
            parent = self.regions[region].parent
            for step in self._after(region, parent):
                if isinstance(step, int):
                    if self.leaves_loop(step, loop):
                        return True
                elif isinstance(step, facts.Return) or (
                    isinstance(step, facts.Jump) and step.kind == BREAK and self.nearest_loop(step.region) == loop
                ):
                    return True
            region = parent
        return False

    def names_set(self, region: int) -> set[str]:
        """Names (and attribute or subscript targets' names) that are assigned inside a region."""
        if region not in self._names_set:
            self._names_set[region] = self._find_names_set(region)
        return self._names_set[region]

    def _find_names_set(self, region: int) -> set[str]:
        names: set[str] = set()
        for statement in self.statements(region):
            if isinstance(statement, facts.Assign):
                for target in statement.targets:
                    names |= mentioned(target)
            elif isinstance(statement, facts.Evaluate):  # pending.remove(x), queue.pop()
                for node, _ in walk(statement.value):
                    if isinstance(node, facts.Call) and isinstance(node.func, facts.Attribute):
                        if node.func.name in ("remove", "pop", "discard", "popleft", "clear", "append", "add", "set"):
                            names |= mentioned(node.func.value)
        return names

    def handlers(self, attempt: int) -> list[int]:
        return [
            number for number, region in enumerate(self.regions)
            if isinstance(region, facts.Handler) and region.attempt == attempt
        ]  # fmt: skip

    def part(self, attempt: int, kind: type) -> int | None:
        """The ``else`` or ``finally`` region of a ``try``."""
        for number, region in enumerate(self.regions):
            if isinstance(region, kind) and getattr(region, "attempt", -1) == attempt:
                return number
        return None


def mentioned(node: facts.Expr) -> set[str]:
    """The names and attribute names that an expression mentions."""
    names: set[str] = set()
    stack = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, facts.Name):
            names.add(one.id)
        elif isinstance(one, facts.Attribute):
            names.add(one.name)
        stack.extend(children(one))
    return names - {"self"}


def root_name(node: facts.Expr) -> str:
    """The name that an attribute path, a subscript or a call starts from."""
    while isinstance(node, (facts.Attribute, facts.Subscript, facts.Call)):
        node = node.func if isinstance(node, facts.Call) else node.value
    return node.id if isinstance(node, facts.Name) else ""
