"""The helpers that fixes write into users' code, as text: backoff, and a limit of what runs at once.

The semantics of backoff are the same in every form, as far as the library can: 408, 409, 429, server errors and lost
connections are retried, a spent quota or an unpaid bill never; waits grow exponentially and outlive a window of 60
seconds; what the server says in ``Retry-After`` makes a wait longer, never shorter, and ends the tries above two
minutes; the last error is the one that OpenAI sent. ``docs/proof.md`` shows each form at work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from oailint.backoff.names import choose, hidden_builtins, rename
from oailint.backoff.parts import Definition, Import, Template, import_lines, load, load_limiter

FORMS = ("stdlib", "tenacity", "stamina", "backoff")
APIS = ("v1", "v0")
_NAMES = {"sync": "with_backoff", "async": "with_backoff_async"}


class Helper(Struct, frozen=True):
    """A helper to write into a module."""

    imports: tuple[str, ...]
    """Import statements, one a line, in the order of isort."""
    body: str
    """Definitions, with ``\\n`` as newline and at the end, indented by four spaces."""
    names: Mapping[str, str]
    """What the body defines for users: ``sync``, ``async`` or ``limited`` to the name of the function."""


def render(form: str, *, sync: bool, asynchronous: bool, api: str, taken: frozenset[str] = frozenset()) -> Helper:
    """The helper in one of ``FORMS``, for synchronous calls, asynchronous calls or both.

    ``api`` is ``v1`` for the SDK since 1.0 and ``v0`` for the SDK before. ``taken`` are the names that the module binds
    to something else, built-in functions included: a definition that would collide gets a number, an import an alias.
    Raises ValueError for a form or an API that there is not, and if no function is asked for.
    """
    if form not in FORMS or api not in APIS or not (sync or asynchronous):
        raise ValueError(f"no such helper: {form} {api} {sync=} {asynchronous=}")
    public = {kind: name for kind, name in _NAMES.items() if (sync if kind == "sync" else asynchronous)}
    return _rendered(load(form, api), public, taken)


def render_limiter(taken: frozenset[str] = frozenset()) -> Helper:
    """The helper that lets a coroutine wait for a semaphore, of the kind ``limited``; ``taken`` as for ``render``."""
    return _rendered(load_limiter(), {"limited": "limited"}, taken)


def _rendered(template: Template, public: Mapping[str, str], taken: frozenset[str]) -> Helper:
    definitions = template.needed(public.values())
    used = frozenset[str]().union(*(definition.uses | definition.defines for definition in definitions))
    imports = [statement for statement in template.imports if statement.bound in used]
    if hidden_builtins(used, taken):
        imports.append(Import("builtins"))
    chosen = choose(
        (name for definition in definitions for name in definition.defines),
        (statement.bound for statement in imports),
        used,
        taken,
    )
    return Helper(
        imports=tuple(import_lines(imports, chosen)),
        body=rename(_join(definitions), chosen),
        names={kind: chosen.get(name, name) for kind, name in public.items()},
    )


def _join(definitions: Iterable[Definition]) -> str:
    text = ""
    after_block = False
    for definition in definitions:
        if text and (after_block or definition.is_block):
            text += "\n\n"
        text += definition.text
        after_block = definition.is_block
    return text
