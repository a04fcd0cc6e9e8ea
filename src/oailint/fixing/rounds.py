"""One round: the plans that can be carried out together, and the texts of the files after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from oailint.facts import Span
from oailint.findings import Edit, Finding, Fix, FixPlan, Location, Safety
from oailint.fixing.helpers import Written
from oailint.fixing.limiters import KIND
from oailint.fixing.realising import Realised, Realiser, Top, order
from oailint.fixing.together import alone, backed_off, settled
from oailint.fixing.workspace import Sheets, Workspace
from oailint.syntax.verbs.splices import Group, Refused, Splice, apply, conflict, overlap


class Round(Struct):
    """``texts`` are the files that changed or are new. ``applied`` are the findings whose plans were carried out, with
    the files that each changed; ``refused`` those whose plans cannot be, with the reason; the others wait for the next
    round."""

    texts: dict[str, str] = field(default_factory=dict)
    applied: list[tuple[Finding, frozenset[str]]] = field(default_factory=list)
    refused: list[tuple[Finding, str]] = field(default_factory=list)


def carry_out(
    workspace: Workspace,
    findings: Sequence[Finding],
    wanted: Callable[[FixPlan], bool],
    sound: Callable[[str, str], bool],
) -> Round:
    """Carry out those plans of ``findings`` that are ``wanted`` and do not conflict.

    ``sound`` says of a file and its new text whether it may become that; where it may not, no plan that touches the
    file is carried out.
    """
    result = Round()
    sheets = Sheets(workspace)
    realiser = Realiser(sheets)
    candidates: list[tuple[Finding, Realised]] = []
    plans, result.refused = settled(findings, wanted, realiser.realise)
    for finding, realised in plans:
        if realised.paths:
            candidates.append((finding, realised))
        else:
            result.refused.append((finding, "the code is already as the fix would make it"))
    barred: set[str] = set()
    while True:
        drawing = _Drawing(sheets, realiser)
        accepted = []
        for index in order([one for _, one in candidates]):
            finding, one = candidates[index]
            if barred.isdisjoint(one.paths) and drawing.takes(one):
                accepted.append((finding, one))
        drawing.sweep(finding.plan for finding, _ in accepted)
        texts = drawing.texts()
        bad = {path for path, text in texts.items() if not sound(path, text)}
        if not bad:
            result.texts = texts
            result.applied = [(finding, frozenset(one.paths)) for finding, one in accepted]
            result.refused += [
                (finding, "the file would not be Python any more")
                for finding, one in candidates
                if not barred.isdisjoint(one.paths)
            ]
            return result
        barred |= bad


def with_fixes(workspace: Workspace, findings: Sequence[Finding]) -> list[Finding]:
    """``findings`` with each plan as edits too, as if it were carried out alone; or with why it cannot be."""
    sheets = Sheets(workspace)
    realiser = Realiser(sheets)
    result = []
    for one in findings:
        if one.plan is not None:
            try:
                one = replace(one, fix=_fix(sheets, realiser, one.plan))
            except Refused as reason:
                one = replace(one, plan=None, unfixable=one.unfixable or str(reason))
        result.append(one)
    return result


def _fix(sheets: Sheets, realiser: Realiser, plan: FixPlan) -> Fix:
    drawing = _Drawing(sheets, realiser)
    plan = alone(plan, {change.target for change in backed_off(plan)})
    drawing.takes(realiser.realise(plan))
    drawing.sweep([plan])
    edits = []
    for path, groups in sorted(drawing.groups().items()):
        lines = sheets.tree(path).lines
        for one in sorted((one for group in groups for one in group), key=lambda one: (one.start, one.end)):
            edits.append(Edit(Location(path, lines.span(one.start, one.end)), one.content))
    for path, text in sorted(drawing.modules().items()):
        end = sheets.tree(path).lines.span(0, len(sheets.tree(path).text)) if path in sheets else Span(1, 1, 1, 1)
        edits.append(Edit(Location(path, end), text))
    if not edits:
        raise Refused("the code is already as the fix would make it")
    return Fix(plan.safety, plan.title, tuple(edits))


def may_apply(plan: FixPlan, *, unsafe: bool) -> bool:
    """Whether a plan is safe enough to be carried out."""
    return plan.safety >= (Safety.UNSAFE if unsafe else Safety.SAFE)


class _Drawing:
    """The plans that are carried out together, as they are collected."""

    def __init__(self, sheets: Sheets, realiser: Realiser) -> None:
        self._sheets = sheets
        self._realiser = realiser
        self._groups: dict[str, list[Group]] = defaultdict(list)
        self._tops: dict[str, Top] = {}
        self._written: set[Written] = set()
        self._heads: dict[tuple[object, ...], Group] = {}

    def takes(self, one: Realised) -> bool:
        """Take ``one`` in, unless it conflicts with what is there."""
        for path, groups in one.groups.items():
            present = self._groups[path]
            if any(group != other and conflict(group, other) for group in groups for other in present):
                return False
        if not self._agree(one.written):
            return False
        saved = self._saved()
        for path, groups in one.groups.items():
            self._groups[path] += [group for group in groups if group not in self._groups[path]]
        for path, top in one.tops.items():
            if path in self._tops:
                self._tops[path].join(top)
            else:
                self._tops[path] = Top(top.first, set(top.imports), set(top.statements))
        self._written |= one.written
        for path in one.paths:
            head = self._head(path)
            if head and any(overlap(head, group) for group in self._groups[path]):
                self._restore(saved)
                return False
        return True

    def sweep(self, plans: Iterable[FixPlan | None]) -> None:
        """Take away what ``plans``, which are taken in, leave over that nothing reads after all changes."""
        spans: dict[str, list[Span]] = defaultdict(list)
        for plan in plans:
            for location in plan.leftovers if plan is not None else ():
                spans[location.path].append(location.span)
        for path, found in spans.items():
            from oailint.syntax.verbs.leftovers import unread

            self._groups[path] += unread(self._sheets.tree(path), found, self.groups().get(path, []))

    def _agree(self, written: set[Written]) -> bool:
        """A file holds the helper for one version of the SDK."""
        apis = {(one.path, one.api) for one in (*written, *self._written) if one.api}
        return len(apis) == len({path for path, _ in apis})

    def _saved(self) -> tuple[dict[str, list[Group]], dict[str, Top], set[Written]]:
        groups = {path: list(found) for path, found in self._groups.items()}
        tops = {path: Top(top.first, set(top.imports), set(top.statements)) for path, top in self._tops.items()}
        return groups, tops, set(self._written)

    def _restore(self, saved: tuple[dict[str, list[Group]], dict[str, Top], set[Written]]) -> None:
        groups, self._tops, self._written = saved
        self._groups = defaultdict(list, groups)

    def _head(self, path: str) -> Group:
        """What a file gets at its top."""
        top = self._tops.get(path)
        if top is None:
            return ()
        inline = sorted(one for one in self._written if one.path == path and one.is_inline)
        key = (path, top.first, frozenset(top.imports), frozenset(top.statements), *inline)
        if key not in self._heads:
            self._heads[key] = self._drawn(path, top, inline)
        return self._heads[key]

    def _drawn(self, path: str, top: Top, inline: list[Written]) -> Group:
        from oailint.syntax.verbs.head import added

        body, replaced = "", None
        imports = set(top.imports)
        kinds = {one.kind: one.api for one in inline if one.api}
        if kinds:
            needed, body, replaced = self._realiser.helpers.inline(path, set(kinds), min(kinds.values()), top.first)
            imports |= set(needed)
        group: Group = ()
        if replaced is not None:
            group, body = (Splice(*replaced, body),), ""
        if any(one.kind == KIND for one in inline):
            needed, limiter = self._realiser.limiters.inline(path, top.first)
            imports |= set(needed)
            body += ("\n\n" if body else "") + limiter
        if imports or top.statements or body:
            packages = self._sheets.workspace.packages()
            group += added(self._sheets.tree(path), imports, sorted(top.statements), body, top.first, packages)
        return group

    def groups(self) -> dict[str, list[Group]]:
        """The changes of each file that is there."""
        found = {path: list(groups) for path, groups in self._groups.items() if groups}
        for path in self._tops:
            head = self._head(path)
            if head:
                found[path] = [head, *found.get(path, [])]
        return found

    def modules(self) -> dict[str, str]:
        """The modules that are made or extended, with their texts."""
        found: dict[str, str] = {}
        kinds: dict[tuple[str, str], set[str]] = defaultdict(set)
        for one in self._written:
            if one.kind == KIND and not one.is_inline:
                found[one.path] = self._realiser.limiters.module_text(self._newline())
            elif not one.is_inline:
                kinds[one.path, one.api].add(one.kind)
        for (path, api), needed in kinds.items():
            if self._sheets.workspace.text(path) is None:
                found[path] = self._realiser.helpers.module_text(needed, api, self._newline())
            else:
                found[path] = self._realiser.helpers.extended(path, needed, api)
        return found

    def _newline(self) -> str:
        """That of the files that a new module is for."""
        return self._sheets.tree(min(self._groups)).newline

    def texts(self) -> dict[str, str]:
        """The new text of each file."""
        found = self.modules()
        for path, groups in self.groups().items():
            text = self._sheets.tree(path).text
            new = apply(text, groups)
            if new != text:
                found[path] = self._without_unused(path, groups, new)
        return found

    def _without_unused(self, path: str, groups: list[Group], text: str) -> str:
        """The new ``text`` of a file without the imports that have lost their last use."""
        if path.rpartition("/")[2] == "__init__.py":
            return text  # it may import for others
        from oailint.syntax.verbs.unused import without_unused

        return without_unused(self._sheets.tree(path), groups, text)
