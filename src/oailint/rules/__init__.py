"""The rules, in the order of their codes. A rule is added here and has a document in ``rules/``."""

from __future__ import annotations

from oailint.rules.base import Rule
from oailint.rules.default_retries_only import DefaultRetriesOnly
from oailint.rules.exception_text_match import ExceptionTextMatch
from oailint.rules.hardcoded_api_key import HardcodedApiKey
from oailint.rules.invalid_syntax import InvalidSyntax
from oailint.rules.missing_retry import MissingRetry
from oailint.rules.unbounded_concurrency import UnboundedConcurrency
from oailint.rules.unthrottled_loop import UnthrottledLoop
from oailint.rules.unused_suppression import UnusedSuppression

RULES: tuple[Rule, ...] = (
    InvalidSyntax(),
    UnusedSuppression(),
    MissingRetry(),
    DefaultRetriesOnly(),
    ExceptionTextMatch(),
    HardcodedApiKey(),
    UnthrottledLoop(),
    UnboundedConcurrency(),
)

__all__ = ["RULES", "Rule"]
