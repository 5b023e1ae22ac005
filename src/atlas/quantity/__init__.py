"""Numbers with units, as people print them: parse, calculate, print.

>>> from atlas.quantity import parse, format_quantity
>>> format_quantity(parse("over 4B/day"))
'> 4 B/day'
"""

from atlas.quantity.dimension import COUNT, Dimension
from atlas.quantity.expression import evaluate, references
from atlas.quantity.format import format_interval, format_quantity
from atlas.quantity.parse import parse
from atlas.quantity.quantity import Form, Quantity, QuantityError

__all__ = [
    "COUNT",
    "Dimension",
    "Form",
    "Quantity",
    "QuantityError",
    "evaluate",
    "format_interval",
    "format_quantity",
    "parse",
    "references",
]
