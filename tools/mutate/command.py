"""The changes as a command: its arguments and what it does."""

import argparse
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
import os
import random
from typing import Final

from tools.demo.console import PROGRAM, complain, say

from .changes import Change, changes
from .covered import Covered, measure, paths_of
from .harmless import is_harmless
from .running import Outcome, Trial, run as run_trials
from .tree import copy_tree, modules, source

LEAST: Final = 95  # percent
COUNT: Final = 300
SECONDS: Final = 120
# Seconds for tests of which it is not known how long they take.
TIMEOUT: Final = 600
_OFTEN: Final = 25


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="scripts/mutate",
        description="Change the integration in one place at a time, run the tests that"
        " run that place, and say which changes they do not notice. Fails if they"
        f" notice less than {LEAST} percent, or if no test runs a line. The first run,"
        " and each one after a change of the code, runs all tests once to learn which"
        " of them run which line.",
    )
    parser.add_argument(
        "places",
        nargs="*",
        metavar="MODULE[:LINE]",
        help="try all changes of these, such as pbx/lists.py:48, not a sample of all",
    )
    parser.add_argument(
        "--tests",
        nargs="+",
        metavar="PATH",
        help="run these tests on each change, whichever lines they run",
    )
    parser.add_argument(
        "--count", type=int, default=COUNT, help="of the sample (default: %(default)s)"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=random.randrange(10**6),
        help="of the sample: the same one, the same changes",
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=SECONDS,
        help="that the tests of a change may take (default: %(default)s)",
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.process_cpu_count(),
        help="how many changes to try at once (default: %(default)s)",
    )
    return parser.parse_args(arguments)


def run(arguments: list[str]) -> int:
    """Try changes and return the exit status."""
    PROGRAM.set("mutate")
    options = parse(arguments)
    try:
        return _run(options)
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace) -> int:
    trials: Callable[[Change], Iterator[Trial]]
    untested = list[str]()
    if options.tests:
        copy_tree()
        trials = partial(_named, options.tests)
    elif measure():
        covered = Covered(options.seconds)
        trials = covered.trials
        untested = list(covered.untested())
    else:
        complain("the tests do not run without a change")
        return 2
    for lines in untested:
        say(f"no test runs {lines}")
    wanted = _wanted(options)
    say(f"trying {len(wanted)} changes")
    unnoticed = _unnoticed(wanted, trials, options.jobs)
    noticed = len(wanted) - len(unnoticed)
    percent = 100 * noticed / max(len(wanted), 1)
    seed = "" if options.places else f" of the sample {options.seed}"
    say(f"noticed {noticed} of {len(wanted)} changes{seed}: {percent:.1f} %")
    return int(percent < LEAST or bool(untested))


def _wanted(options: argparse.Namespace) -> list[Change]:
    """Return the changes to try: those of some places, or a sample of all."""
    every = [
        change
        for module in modules()
        for change in changes(module, source(module))
        if not is_harmless(change)
    ]
    if options.places:
        return [each for each in every if not each.places.isdisjoint(options.places)]
    count = min(options.count, len(every))
    return random.Random(options.seed).sample(every, count)


def _named(paths: Sequence[str], change: Change) -> Iterator[Trial]:
    yield Trial(change, TIMEOUT, paths)


def _unnoticed(
    wanted: Sequence[Change], trials: Callable[[Change], Iterator[Trial]], jobs: int
) -> list[Change]:
    """Return the changes that no test notices, and say each one once it is known.

    A test that fails without a change, too, notices nothing.
    """
    left = {change: deque(trials(change)) for change in wanted}
    noticed = dict[Change, Outcome]()
    for untested in [change for change, more in left.items() if not more]:
        _say_unnoticed(untested)
    while waiting := [more.popleft() for more in left.values() if more]:
        for count, outcome in enumerate(run_trials(waiting, jobs), 1):
            change = outcome.trial.change
            assert change is not None
            if outcome.is_noticed:
                noticed[change] = outcome
                del left[change]
            elif not left[change]:
                _say_unnoticed(change)
            if count % _OFTEN == 0:
                say(f"tried {count} of {len(waiting)}, noticed {len(noticed)} so far")
    return [*left, *_wrongly_noticed(noticed.values(), jobs)]


def _wrongly_noticed(outcomes: Iterable[Outcome], jobs: int) -> list[Change]:
    """Return the changes on which only tests failed that fail without them, too."""
    outcomes = [outcome for outcome in outcomes if outcome.failed]
    failed = sorted({test for outcome in outcomes for test in outcome.failed})
    if not failed:
        return []
    control = Trial(None, TIMEOUT, paths_of(failed), failed)
    always = {*next(run_trials([control], jobs)).failed}
    for test in sorted(always):
        say(f"fails without a change, too: {test}")
    wrong = [
        outcome.trial.change
        for outcome in outcomes
        if outcome.trial.change and always.issuperset(outcome.failed)
    ]
    for change in wrong:
        _say_unnoticed(change)
    return wrong


def _say_unnoticed(change: Change) -> None:
    say(f"not noticed: {change.shown}")
