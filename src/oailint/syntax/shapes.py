"""The kinds of nodes of libcst and their fields. ``name*`` is a field that is an empty sequence where it is not given.

Source: the classes of libcst 1.9.0 (2026-11); a test compares them with those of the release that is installed. What
an older release lacks is never asked for; where a newer one has more, its own classes are used, see ``places``.
"""

from __future__ import annotations

_BINARY = (
    "Add AddAssign And BitAnd BitAndAssign BitOr BitOrAssign BitXor BitXorAssign Divide DivideAssign Equal "
    "FloorDivide FloorDivideAssign GreaterThan GreaterThanEqual In Is LeftShift LeftShiftAssign LessThan "
    "LessThanEqual MatrixMultiply MatrixMultiplyAssign Modulo ModuloAssign Multiply MultiplyAssign Or Power "
    "PowerAssign RightShift RightShiftAssign Subtract SubtractAssign"
)
_UNARY = "BitInvert Minus Not Plus"

FIELDS: dict[str, str] = {
    **dict.fromkeys(_BINARY.split(), "whitespace_before whitespace_after"),
    **dict.fromkeys(_UNARY.split(), "whitespace_after"),
    "AnnAssign": "target annotation value equal semicolon",
    "Annotation": "annotation whitespace_before_indicator whitespace_after_indicator",
    "Arg": "value keyword equal comma star whitespace_after_star whitespace_after_arg",
    "AsName": "name whitespace_before_as whitespace_after_as",
    "Assert": "test msg comma whitespace_after_assert semicolon",
    "Assign": "targets value semicolon",
    "AssignEqual": "whitespace_before whitespace_after",
    "AssignTarget": "target whitespace_before_equal whitespace_after_equal",
    "Asynchronous": "whitespace_after",
    "Attribute": "value attr dot lpar* rpar*",
    "AugAssign": "target operator value semicolon",
    "Await": "expression lpar* rpar* whitespace_after_await",
    "BinaryOperation": "left operator right lpar* rpar*",
    "BooleanOperation": "left operator right lpar* rpar*",
    "Break": "semicolon",
    "Call": "func args* lpar* rpar* whitespace_after_func whitespace_before_args",
    "ClassDef": (
        "name body bases* keywords* decorators* lpar rpar leading_lines* lines_after_decorators* "
        "whitespace_after_class whitespace_after_name whitespace_before_colon type_parameters "
        "whitespace_after_type_parameters"
    ),
    "Colon": "whitespace_before whitespace_after",
    "Comma": "whitespace_before whitespace_after",
    "Comment": "value",
    "CompFor": (
        "target iter ifs* inner_for_in asynchronous whitespace_before whitespace_after_for "
        "whitespace_before_in whitespace_after_in"
    ),
    "CompIf": "test whitespace_before whitespace_before_test",
    "Comparison": "left comparisons lpar* rpar*",
    "ComparisonTarget": "operator comparator",
    "ConcatenatedString": "left right lpar* rpar* whitespace_between",
    "Continue": "semicolon",
    "Decorator": "decorator leading_lines* whitespace_after_at trailing_whitespace",
    "Del": "target whitespace_after_del semicolon",
    "Dict": "elements lbrace rbrace lpar* rpar*",
    "DictComp": "key value for_in lbrace rbrace lpar* rpar* whitespace_before_colon whitespace_after_colon",
    "DictElement": "key value comma whitespace_before_colon whitespace_after_colon",
    "Dot": "whitespace_before whitespace_after",
    "Element": "value comma",
    "Ellipsis": "lpar* rpar*",
    "Else": "body leading_lines* whitespace_before_colon",
    "EmptyLine": "indent whitespace comment newline",
    "ExceptHandler": "body type name leading_lines* whitespace_after_except whitespace_before_colon",
    "ExceptStarHandler": (
        "body type name leading_lines* whitespace_after_except whitespace_after_star whitespace_before_colon"
    ),
    "Expr": "value semicolon",
    "Finally": "body leading_lines* whitespace_before_colon",
    "Float": "value lpar* rpar*",
    "For": (
        "target iter body orelse asynchronous leading_lines* whitespace_after_for whitespace_before_in "
        "whitespace_after_in whitespace_before_colon"
    ),
    "FormattedString": "parts start end lpar* rpar*",
    "FormattedStringExpression": (
        "expression conversion format_spec whitespace_before_expression whitespace_after_expression equal"
    ),
    "FormattedStringText": "value",
    "From": "item whitespace_before_from whitespace_after_from",
    "FunctionDef": (
        "name params body decorators* returns asynchronous leading_lines* lines_after_decorators* "
        "whitespace_after_def whitespace_after_name whitespace_before_params whitespace_before_colon "
        "type_parameters whitespace_after_type_parameters"
    ),
    "GeneratorExp": "elt for_in lpar rpar",
    "Global": "names whitespace_after_global semicolon",
    "If": "test body orelse leading_lines* whitespace_before_test whitespace_after_test",
    "IfExp": (
        "test body orelse lpar* rpar* whitespace_before_if whitespace_after_if whitespace_before_else "
        "whitespace_after_else"
    ),
    "Imaginary": "value lpar* rpar*",
    "Import": "names semicolon whitespace_after_import",
    "ImportAlias": "name asname comma",
    "ImportFrom": (
        "module names relative* lpar rpar semicolon whitespace_after_from whitespace_before_import "
        "whitespace_after_import"
    ),
    "ImportStar": "",
    "IndentedBlock": "body header indent footer*",
    "Index": "value star whitespace_after_star",
    "Integer": "value lpar* rpar*",
    "IsNot": "whitespace_before whitespace_between whitespace_after",
    "Lambda": "params body colon lpar* rpar* whitespace_after_lambda",
    "LazyImport": "names semicolon whitespace_after_lazy whitespace_after_import",
    "LazyImportFrom": (
        "module names relative* lpar rpar semicolon whitespace_after_lazy whitespace_after_from "
        "whitespace_before_import whitespace_after_import"
    ),
    "LeftCurlyBrace": "whitespace_after",
    "LeftParen": "whitespace_after",
    "LeftSquareBracket": "whitespace_after",
    "List": "elements lbracket rbracket lpar* rpar*",
    "ListComp": "elt for_in lbracket rbracket lpar* rpar*",
    "Match": (
        "subject cases leading_lines* whitespace_after_match whitespace_before_colon whitespace_after_colon "
        "indent footer*"
    ),
    "MatchAs": "pattern name whitespace_before_as whitespace_after_as lpar* rpar*",
    "MatchCase": (
        "pattern body guard leading_lines* whitespace_after_case whitespace_before_if whitespace_after_if "
        "whitespace_before_colon"
    ),
    "MatchClass": (
        "cls patterns* kwds* whitespace_after_cls whitespace_before_patterns whitespace_after_kwds lpar* rpar*"
    ),
    "MatchKeywordElement": "key pattern comma whitespace_before_equal whitespace_after_equal",
    "MatchList": "patterns lbracket rbracket lpar* rpar*",
    "MatchMapping": "elements* lbrace rbrace rest whitespace_before_rest trailing_comma lpar* rpar*",
    "MatchMappingElement": "key pattern comma whitespace_before_colon whitespace_after_colon",
    "MatchOr": "patterns lpar* rpar*",
    "MatchOrElement": "pattern separator",
    "MatchSequenceElement": "value comma",
    "MatchSingleton": "value",
    "MatchStar": "name comma whitespace_before_name",
    "MatchTuple": "patterns lpar rpar",
    "MatchValue": "value",
    "Module": "body header* footer* encoding default_indent default_newline has_trailing_newline",
    "Name": "value lpar* rpar*",
    "NameItem": "name comma",
    "NamedExpr": "target value lpar* rpar* whitespace_before_walrus whitespace_after_walrus",
    "Newline": "value",
    "Nonlocal": "names whitespace_after_nonlocal semicolon",
    "NotEqual": "value whitespace_before whitespace_after",
    "NotIn": "whitespace_before whitespace_between whitespace_after",
    "Param": "name annotation equal default comma star whitespace_after_star whitespace_after_param",
    "ParamSlash": "comma whitespace_after",
    "ParamSpec": "name whitespace_after_star",
    "ParamStar": "comma",
    "Parameters": "params* star_arg kwonly_params* star_kwarg posonly_params* posonly_ind",
    "ParenthesizedWhitespace": "first_line empty_lines* indent last_line",
    "Pass": "semicolon",
    "Raise": "exc cause whitespace_after_raise semicolon",
    "Return": "value whitespace_after_return semicolon",
    "RightCurlyBrace": "whitespace_before",
    "RightParen": "whitespace_before",
    "RightSquareBracket": "whitespace_before",
    "Semicolon": "whitespace_before whitespace_after",
    "Set": "elements lbrace rbrace lpar* rpar*",
    "SetComp": "elt for_in lbrace rbrace lpar* rpar*",
    "SimpleStatementLine": "body leading_lines* trailing_whitespace",
    "SimpleStatementSuite": "body leading_whitespace trailing_whitespace",
    "SimpleString": "value lpar* rpar*",
    "SimpleWhitespace": "value",
    "Slice": "lower upper step first_colon second_colon",
    "StarredDictComp": "value for_in lbrace rbrace lpar* rpar* whitespace_before_value",
    "StarredDictElement": "value comma whitespace_before_value",
    "StarredElement": "value comma lpar* rpar* whitespace_before_value",
    "Subscript": "value slice lbracket rbracket lpar* rpar* whitespace_after_value",
    "SubscriptElement": "slice comma",
    "TemplatedString": "parts start end lpar* rpar*",
    "TemplatedStringExpression": (
        "expression conversion format_spec whitespace_before_expression whitespace_after_expression equal"
    ),
    "TemplatedStringText": "value",
    "TrailingWhitespace": "whitespace comment newline",
    "Try": "body handlers* orelse finalbody leading_lines* whitespace_before_colon",
    "TryStar": "body handlers orelse finalbody leading_lines* whitespace_before_colon",
    "Tuple": "elements lpar rpar",
    "TypeAlias": (
        "name value type_parameters whitespace_after_type whitespace_after_name "
        "whitespace_after_type_parameters whitespace_after_equals semicolon"
    ),
    "TypeParam": "param comma equal star whitespace_after_star default",
    "TypeParameters": "params* lbracket rbracket",
    "TypeVar": "name bound colon",
    "TypeVarTuple": "name whitespace_after_star",
    "UnaryOperation": "operator expression lpar* rpar*",
    "While": "test body orelse leading_lines* whitespace_after_while whitespace_before_colon",
    "With": "items body asynchronous leading_lines* lpar rpar whitespace_after_with whitespace_before_colon",
    "WithItem": "item asname comma",
    "Yield": "value lpar* rpar* whitespace_after_yield",
}
