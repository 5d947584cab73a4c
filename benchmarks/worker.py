"""A process of its own that builds one model, keeps it, and times it when asked."""

import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from plate_seg.errors import UserError

WARMUP = 3  # the first calls trace and plan memory
SECONDS = 1.0  # of a turn, at least LEAST calls
LEAST = 3
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}  # no GPU: it is CPUs that are compared


@dataclass(frozen=True)
class Subject:
    """What is measured.

    Args:
        build: a function of a module, called with `arguments` in the process; returns `Ready`.
    """

    build: Callable
    arguments: tuple = ()


@dataclass(frozen=True)
class Ready:
    """A built model: one call of it, what it found as a dict, and the libraries under it with their versions."""

    call: Callable[[], object]
    count: Callable[[], dict]
    software: str


class Worker:
    """The process; a context manager that ends it.

    Args:
        name: of the model, for errors.
        threads: how many CPUs it is held to, where the system can do that.
        environment: variables set before the model's libraries load.

    Raises:
        UserError: the model cannot be built or run.
    """

    def __init__(self, name: str, subject: Subject, threads: int, environment: dict[str, str]):
        self._name = name
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        arguments = (theirs, subject, threads, QUIET | environment)
        self._process = context.Process(target=serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()
        try:
            self.software = self._receive()
        except BaseException:
            self._process.kill()
            raise

    def ask(self, question: str):
        """Returns the answer to "time", the median milliseconds of a call in a turn, or to "count"."""
        self._pipe.send(question)
        return self._receive()

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_) -> None:
        self._process.kill()
        self._process.join()

    def _receive(self):
        try:
            is_answer, content = self._pipe.recv()
        except EOFError:
            self._process.join()
            content = f"its process ended with {self._process.exitcode}", "see whether memory ran out"
            raise UserError(self._name, *content) from None
        if not is_answer:
            raise UserError(self._name, *content)
        return content


def serve(pipe, subject: Subject, threads: int, environment: dict[str, str]) -> None:
    """Builds the subject and answers questions until the pipe closes; what libraries print is dropped."""
    os.environ.update(environment)
    hold_to(threads)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        ready = subject.build(*subject.arguments)
        for _ in range(WARMUP):
            ready.call()
        answers = {"time": lambda: time_calls(ready.call), "count": ready.count}
        pipe.send((True, ready.software))
        while True:
            pipe.send((True, answers[pipe.recv()]()))
    except (EOFError, KeyboardInterrupt):
        return
    except Exception as error:  # whatever a library raises, told in the parent
        pipe.send((False, explain(error)))


def time_calls(call: Callable[[], object]) -> float:
    """Returns the median milliseconds of a call, the first not counted: the caches are another model's."""
    call()
    times, start = [], time.perf_counter()
    while len(times) < LEAST or time.perf_counter() - start < SECONDS:
        before = time.perf_counter()
        call()
        times.append((time.perf_counter() - before) * 1000)
    return float(np.median(times))


def hold_to(threads: int) -> None:
    """Lets this process run on so many CPUs only, where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def explain(error: Exception) -> tuple[str, str]:
    """Returns the value and the remedy of an error in one line each."""
    if isinstance(error, UserError):
        return f"{error.where}: {error.value}", error.remedy
    first = (str(error).splitlines() or ["no message"])[0]
    return f"{type(error).__name__}: {first}", "see benchmarks/README.md for what it needs"
