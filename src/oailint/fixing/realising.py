"""One plan as splices: what it changes in which file, and what it needs at the top of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct, field

from oailint.findings import BackOff, DropArgument, FixPlan, Limit, Location, Replace, SetArgument, Substitute
from oailint.fixing.fitting import misfit
from oailint.fixing.helpers import Helpers, Use, Written
from oailint.fixing.limiters import Limiters
from oailint.fixing.workspace import Sheets
from oailint.syntax.verbs.replacing import replaced
from oailint.syntax.verbs.splices import Group, Refused, conflict
from oailint.syntax.verbs.wanted import Wanted

SDK_RETRIES = 6
"""What the form ``sdk`` gives a client: about 20 seconds of waiting, where the server does not say how long."""


class Top(Struct):
    """What a file needs at its top, for code that begins at ``first``."""

    first: int
    imports: set[Wanted] = field(default_factory=set)
    statements: set[str] = field(default_factory=set)

    def join(self, other: Top) -> None:
        """Take in what another plan needs."""
        self.first = min(self.first, other.first)
        self.imports |= other.imports
        self.statements |= other.statements


class Realised(Struct):
    """A plan as changes of texts. ``groups`` and ``tops`` are by path; ``written`` are helpers that it needs."""

    groups: dict[str, list[Group]] = field(default_factory=lambda: defaultdict(list))
    tops: dict[str, Top] = field(default_factory=dict)
    written: set[Written] = field(default_factory=set)

    @property
    def paths(self) -> set[str]:
        """The files that it changes or makes."""
        return {*self.groups, *self.tops, *(one.path for one in self.written)}

    def add(self, path: str, group: Group) -> None:
        """One more group of splices; none if it is empty. Raises Refused if it is in the way of another."""
        if group and group not in self.groups[path]:
            if any(conflict(group, other) for other in self.groups[path]):
                raise Refused("its changes are in each other's way")
            self.groups[path].append(group)

    def top(self, path: str, first: int) -> Top:
        """What is needed at the top of a file, for code that begins at ``first``."""
        top = self.tops.setdefault(path, Top(first))
        top.first = min(top.first, first)
        return top


class Realiser:
    """Realises plans for the files of one workspace, as they are in one round."""

    def __init__(self, sheets: Sheets) -> None:
        self._sheets = sheets
        self.helpers = Helpers(sheets)
        self.limiters = Limiters(sheets)

    def realise(self, plan: FixPlan) -> Realised:
        """``plan`` as changes of texts. Raises Refused if it cannot be made as it should be."""
        done = Realised()
        for change in plan.changes:
            if isinstance(change, BackOff):
                self._back_off(change, done)
            elif isinstance(change, SetArgument):
                self._set(change.call, change.keyword, change.value, done)
            elif isinstance(change, DropArgument):
                self._drop(change, done)
            elif isinstance(change, Substitute):
                self._substitute(change, done)
            elif isinstance(change, Limit):
                self._limit(change, done)
            else:
                self._replace(change, done)
        for path in {*done.groups, *done.tops}:
            self._sheets.check_editable(path)
        for path in [path for path, groups in done.groups.items() if not groups]:
            del done.groups[path]
        return done

    # --- backoff --------------------------------------------------------------------------------

    def _back_off(self, change: BackOff, done: Realised) -> None:
        if self._sheets.workspace.form() == "sdk":
            self._rely_on_sdk(change, done)
            return
        from oailint.syntax.verbs.wrapping import with_options, wrapped

        path, span = change.target.path, change.target.span
        tree = self._sheets.tree(path)
        node = tree.expression(span)
        kind = "async" if change.asynchronous else "sync"
        use = self.helpers.use(path, kind, change.api, node)
        before, after = wrapped(tree, span, use.name)
        options = with_options(tree, span, change.depth, 0) if change.quiet == "options" else ()
        done.add(path, (before, *options, after))
        self._need(path, before.start, use, done)
        self._quieten(change, 0, done)

    def _need(self, path: str, first: int, use: Use, done: Realised) -> None:
        if use.imported is not None:
            done.top(path, first).imports.add(use.imported)
        if use.written is not None:
            done.written.add(use.written)
            if use.written.is_inline:
                done.top(path, first)

    def _rely_on_sdk(self, change: BackOff, done: Realised) -> None:
        """The SDK's own retries, more of them: no helper."""
        reason = misfit(change, "sdk")
        if reason:
            raise Refused(reason)
        if change.quiet == "options":
            from oailint.syntax.verbs.wrapping import with_options

            path, span = change.target.path, change.target.span
            done.add(path, with_options(self._sheets.tree(path), span, change.depth, SDK_RETRIES))
        elif change.quiet == "already":
            assert change.constructor is not None  # or it would be a misfit
            self._set(change.constructor, "max_retries", str(SDK_RETRIES), done)
        self._quieten(change, SDK_RETRIES, done)

    def _quieten(self, change: BackOff, retries: int, done: Realised) -> None:
        """The number of the SDK's own retries, where the plan says."""
        if change.quiet == "constructor":
            if change.constructor is None:
                raise Refused("the client is not made in a known place")
            self._set(change.constructor, "max_retries", str(retries), done)
        elif change.quiet == "module":
            self._set_on_module(change, retries, done)

    def _set_on_module(self, change: BackOff, retries: int, done: Realised) -> None:
        from oailint.syntax.verbs.head import assignment

        where = change.constructor or change.target
        tree = self._sheets.tree(where.path)
        first = tree.range(where.span)[0]
        bindings = self._sheets.bindings(where.path)
        known = bindings.spelling("openai", tree.module)
        local = known or bindings.free_name("openai", "openai", tree.module)
        name = f"{local}.max_retries"
        present = assignment(tree, name)
        if present is not None:
            if tree.text[present[0] : present[1]] != str(retries):
                done.add(where.path, replaced(tree.text, *present, str(retries), tree.newline))
            return
        top = done.top(where.path, first)
        top.statements.add(f"{name} = {retries}")
        if known is None:
            top.imports.add(Wanted("openai", alias="" if local == "openai" else local))

    # --- a limit ----------------------------------------------------------------------------------

    def _limit(self, change: Limit, done: Realised) -> None:
        from oailint.syntax.verbs.preceding import local_name, preceded
        from oailint.syntax.verbs.wrapping import handed

        path = change.before.path
        spans = [_same_file(one, path).span for one in change.coroutines]
        tree, bindings = self._sheets.tree(path), self._sheets.bindings(path)
        uses = {self.limiters.use(path, tree.expression(span)) for span in spans}
        kinds = {bindings.spell("asyncio.Semaphore", tree.expression(span)) for span in spans}
        if len(uses) != 1 or len(kinds) != 1:
            raise Refused("the names that it takes mean different things at its places")
        [use], [(kind, wanted)] = uses, kinds
        value = f"{kind}({change.size})"
        name = local_name(tree, spans[0], "semaphore", value)
        group = preceded(tree, change.before.span, f"{name} = {value}")
        done.add(path, group)
        first = min(tree.range(span)[0] for span in (*spans, change.before.span))
        for span in spans:
            done.add(path, handed(tree, span, use.name, name))
        if wanted is not None:
            done.top(path, first).imports.add(wanted)
        self._need(path, first, use, done)

    # --- the other verbs ------------------------------------------------------------------------

    def _set(self, call: Location, keyword: str, value: str, done: Realised) -> None:
        from oailint.syntax.verbs.arguments import set_argument

        done.add(call.path, set_argument(self._sheets.tree(call.path), call.span, keyword, value))

    def _drop(self, change: DropArgument, done: Realised) -> None:
        from oailint.syntax.verbs.arguments import drop_argument

        path = change.call.path
        done.add(path, drop_argument(self._sheets.tree(path), change.call.span, change.keyword))

    def _substitute(self, change: Substitute, done: Realised) -> None:
        from oailint.syntax.verbs.substituting import substituted

        path, span = change.target.path, change.target.span
        tree = self._sheets.tree(path)
        parts = [_same_file(part, path) for part in change.parts]
        group, imports = substituted(
            tree, self._sheets.bindings(path), span, change.template, change.names, [part.span for part in parts]
        )
        done.add(path, group)
        if imports:
            done.top(path, group[0].start).imports.update(imports)

    def _replace(self, change: Replace, done: Realised) -> None:
        path = change.target.path
        tree = self._sheets.tree(path)
        start, end = tree.range(change.target.span)
        done.add(path, replaced(tree.text, start, end, change.content, tree.newline))


def _same_file(part: Location, path: str) -> Location:
    if part.path != path:
        raise Refused("a part of the new text is in another file")
    return part


def order(plans: Sequence[Realised]) -> list[int]:
    """The indexes of ``plans`` in the order of the texts that they change."""
    return sorted(range(len(plans)), key=lambda index: _first(plans[index]))


def _first(one: Realised) -> tuple[str, int]:
    return min(((path, group[0].start) for path, groups in one.groups.items() for group in groups), default=("", 0))
