"""Where a number comes from: the commit, the command, the processor and its threads."""

import os
import platform
import shlex
import subprocess
import sys
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
INSTRUCTIONS = {"avx512_bf16": "AVX-512 with bf16", "avx512f": "AVX-512", "avx2": "AVX2"}  # widest first


def commit() -> str:
    """Returns the short commit of this checkout, with `+` if files differ from it; "unknown" outside of one."""
    folder = Path(__file__).resolve().parent
    try:
        revision = _git(folder, "rev-parse", "--short", "HEAD")
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return revision + ("+" if changed else "")


def command() -> str:
    """Returns the command line, the program by its name alone."""
    return shlex.join([Path(sys.argv[0]).name or "python", *sys.argv[1:]])


def processor() -> str:
    """Returns the processor's name, its widest instructions, and how many of its threads this process may use."""
    return f"{_processor_name()}{_instructions()}, {threads()} threads"


def threads() -> int:
    """Returns how many threads this process may run on at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor_name() -> str:
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def _instructions() -> str:
    flags = _cpuinfo("flags").split()
    return next((f" ({name})" for flag, name in INSTRUCTIONS.items() if flag in flags), "")


def _cpuinfo(field: str) -> str:
    """Returns what Linux says of the first CPU, nothing on other systems."""
    try:
        lines = CPUINFO.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(field)), "")


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=True, check=True).stdout.strip()
