"""Money: integer fen in the database, Decimal yuan everywhere else."""

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import cn2an
from django import forms
from django.core.validators import DecimalValidator
from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    _ST = TypeVar("_ST", contravariant=True)
    _GT = TypeVar("_GT", covariant=True)

    class _BigIntegerField(models.BigIntegerField[_ST, _GT]):
        _pyi_private_set_type: Decimal | int | str  # type: ignore[assignment]  # yuan, not fen
        _pyi_private_get_type: Decimal  # type: ignore[assignment]  # yuan, not fen
else:
    _ST = _GT = None

    class _BigIntegerField(models.BigIntegerField):
        # Lets the class below name the type parameters that only the type checker knows.
        def __class_getitem__(cls, _parameters: object) -> type:
            return cls


CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LIMIT = Decimal("9999999999.99")


def fen(amount: Decimal | int | str) -> int:
    """Return yuan as whole fen; raise ValueError where the amount has parts of a fen."""
    scaled = Decimal(amount) * 100
    whole = int(scaled)
    if whole != scaled:
        raise ValueError(f"parts of a fen: {amount}")
    return whole


def yuan(amount_fen: int) -> Decimal:
    """Return fen as yuan with two decimals."""
    return Decimal(amount_fen).scaleb(-2)


def rounded(amount: Decimal) -> Decimal:
    """Round yuan half up to the fen, the rule of Chinese accounting."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def wan(amount: Decimal) -> Decimal:
    """Return yuan as 万元 with two decimals, rounded half up."""
    return (amount / 10000).quantize(CENT, rounding=ROUND_HALF_UP)


def in_words(amount: Decimal | int | str) -> str:
    """Return the amount in the characters that cheques and pay sheets use.

    Rule: 支付结算办法, annex 1. 整 closes at 元 and at 角, never at 分.
    """
    exact = rounded(Decimal(amount))
    text = str(cn2an.an2cn(str(exact), "rmb"))
    if text.startswith("零元") and exact != 0:
        text = text.removeprefix("零元").removeprefix("零")
    if not text.endswith(("整", "分")):
        text += "整"
    return f"人民币{text}"


class MoneyField(_BigIntegerField[_ST, _GT]):
    """Hold an amount of yuan as integer fen, so that every database sums it exactly.

    Python sees Decimal with two decimals, also from Sum; a value with parts of a fen is refused.
    """

    def from_db_value(
        self, value: int | Decimal | None, expression: object, connection: "BaseDatabaseWrapper"
    ) -> Decimal | None:
        """Turn stored fen into yuan."""
        return None if value is None else yuan(int(value))

    def to_python(self, value: Any) -> Any:
        """Read yuan from a form or fixture."""
        return None if value is None or value == "" else Decimal(str(value)).quantize(CENT)

    def get_prep_value(self, value: Any) -> Any:
        """Turn yuan into stored fen; expressions pass through untouched."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return fen(value)

    @property
    def validators(self) -> list[Any]:
        """Check digits instead of the integer range that the column type would give."""
        return [DecimalValidator(12, 2)]

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """Offer a yuan field with two decimals."""
        return models.Field.formfield(
            self,
            form_class=forms.DecimalField,
            **{"max_digits": 12, "decimal_places": 2, **kwargs},
        )

    def value_to_string(self, obj: models.Model) -> str:
        """Write yuan into a fixture."""
        return str(self.value_from_object(obj))
