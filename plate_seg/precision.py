"""The number format to train in: bfloat16 where the CPU computes in it, since elsewhere such a graph aborts."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import keras

CPU_FLAGS = Path("/proc/cpuinfo")  # Linux; other systems train in float32


def choose(wanted: str) -> str:
    """Returns the Keras dtype policy for `auto`, `float32` or `bfloat16`."""
    has_bfloat16 = wanted == "bfloat16" or (wanted == "auto" and cpu_has_bfloat16())
    return "mixed_bfloat16" if has_bfloat16 else "float32"


def cpu_has_bfloat16() -> bool:
    """True where the CPU has AVX512_BF16 and oneDNN has not been told to keep to an older set."""
    if os.environ.get("ONEDNN_MAX_CPU_ISA", "DEFAULT").upper() not in ("DEFAULT", "ALL", "AVX512_CORE_BF16"):
        return False
    try:
        return "avx512_bf16" in CPU_FLAGS.read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return False


@contextlib.contextmanager
def policy(name: str) -> Iterator[None]:
    """Layers made within have the dtype policy `name`."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
