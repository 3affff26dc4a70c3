"""What runs a coroutine for a property."""

from collections.abc import Callable, Coroutine
from typing import Any

type Run = Callable[[Coroutine[Any, Any, Any]], Any]
