"""Expressions are read once, not for every item that they are asked of: else a query of a partition of a thousand items keeps
the machine busy for as long as a thousand queries."""

import functools

from ministack.services import dynamodb

once = functools.lru_cache(maxsize=4096)

tokenize = dynamodb._tokenize
tokens_of = once(lambda text: tuple(tokenize(text)))
parens = once(dynamodb._check_redundant_parens)
reserved = once(dynamodb._check_reserved_keyword_usage)

dynamodb._tokenize = lambda text: list(tokens_of(text))
dynamodb._condition_syntax_error = once(dynamodb._condition_syntax_error)
dynamodb._check_redundant_parens = lambda tokens, *slot: parens(tuple(tokens), *slot)
dynamodb._check_reserved_keyword_usage = lambda tokens: reserved(tuple(tokens))
