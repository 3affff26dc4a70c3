"""Candidates that take turns, so that a drift of the machine meets all alike."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from statistics import median, quantiles
import time

type Candidate[Result] = Callable[[], Awaitable[Result]]


async def take_turns[Result](
    candidates: Mapping[str, Candidate[Result]], rounds: int
) -> dict[str, list[Result]]:
    """Return what each candidate returned in each round, the first one left out.

    Each round begins with another candidate.
    """
    results: dict[str, list[Result]] = {name: [] for name in candidates}
    order = list(candidates)
    for number in range(rounds + 1):
        for name in order:
            result = await candidates[name]()
            if number:
                results[name].append(result)
        order = [*order[1:], order[0]]
    return results


def timed(work: Callable[[], Awaitable[object]]) -> Candidate[float]:
    """Return a candidate that returns how many seconds something takes."""

    async def measure() -> float:
        started = time.perf_counter()
        await work()
        return time.perf_counter() - started

    return measure


def p95(values: Iterable[float]) -> float:
    """Return what 95 of 100 values do not exceed."""
    return quantiles(values, n=20, method="inclusive")[-1]


def ratio(values: Iterable[float], of: Iterable[float]) -> float:
    """Return the ratio of two medians."""
    return median(values) / median(of)
