"""Fetching ahead: a thread asks the next question while the caller works on the last answer.

Both drivers let go of the interpreter while the database works. The questions go over the caller's
own connection, one after the other, so that they see its transaction.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

_AHEAD = 2  # answers not yet taken: more would only fill memory


@contextmanager
def fetched(questions: Iterable[QuerySet[Any]]) -> Iterator[Iterator[list[Any]]]:
    """Yield the answers of the questions, each whole, in turn.

    Inside, the connection is the thread's: the caller asks nothing itself.
    """
    shared = connections[DEFAULT_DB_ALIAS]

    def lend() -> None:
        connections[DEFAULT_DB_ALIAS] = shared

    shared.inc_thread_sharing()
    thread = ThreadPoolExecutor(1, initializer=lend)
    try:
        yield _in_turn(thread, questions)
    finally:
        thread.shutdown(cancel_futures=True)
        shared.dec_thread_sharing()


def _in_turn(thread: ThreadPoolExecutor, questions: Iterable[QuerySet[Any]]) -> Iterator[list[Any]]:
    waiting = deque[Any]()
    for question in questions:
        waiting.append(thread.submit(list, question))
        if len(waiting) > _AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
