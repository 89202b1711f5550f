"""The process that reads what strangers send: `python -m ml.cv.sandbox`, started by `reader.py`.

It loads spaCy and the taxonomy once, then forks a child for each file. The child can do nothing but compute: bounds on
memory, processor time and open files, no file larger than 0 bytes can be written, and on Linux a filter of system calls
(seccomp) without sockets, new programs or signals to others. It answers one JSON and ends. What it breaks is itself.

Standard input: 4 bytes of length and the file, with 10 bytes of today's date before it. Standard output: 4 bytes of
length and JSON: {"cv": …} or {"error": code}.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import resource
import select
import signal
import struct
import sys
from datetime import date
from typing import BinaryIO

from huntred.cv.errors import CvDamaged, CvRefused, CvTooLong

MEMORY_BYTES = 700 * 1024 * 1024
PROCESSOR_SECONDS = 20
WALL_SECONDS = 30
# With nothing to read for so long, the process ends and gives its memory back.
IDLE_SECONDS = 120
_LENGTH = struct.Struct(">I")
_DATE_BYTES = 10
MOST_ANSWER_BYTES = 8 * 1024 * 1024


def main() -> None:
    from ml.cv.parser import CvParser

    _quiet_descriptors()
    parser = CvParser()
    _warm(parser)
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    # What is loaded is never collected nor copied again in the children.
    import gc

    gc.freeze()
    while select.select([asked], [], [], IDLE_SECONDS)[0]:
        head = asked.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return
        today = date.fromisoformat(asked.read(_DATE_BYTES).decode())
        content = asked.read(_LENGTH.unpack(head)[0])
        answer = _in_child(parser, content, today)
        _report(answer)
        answers.write(_LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _report(answer: bytes) -> None:
    """Write what broke in a child to the log: it may not write anything itself."""
    if answer.startswith(b'{"error"') and "fault" in (told := json.loads(answer)):
        sys.stderr.write(f"cv not read: {told['fault']}\n")
        sys.stderr.flush()


def _warm(parser: object) -> None:
    """Read a CV of nothing once, so that every child finds libraries, words and patterns loaded."""
    import pypdfium2  # noqa: F401

    from huntred.cv.wire import encoded
    from ml.cv import docx  # noqa: F401
    from ml.cv.files import read

    text = (
        b"A B C\na@example.com\nTel. 55 0000 0000\nExperiencia\nChofer, Empresa, Ene 2019 - Feb 2020\n- Algo.\n"
        b"Estudios\nPreparatoria, Escuela, 2010\nIdiomas\nX: alto\nHabilidades\nExcel (alto), Y\nCursos\nZ\n"
    )
    encoded(parser.parse(read(text), date(2026, 1, 1)))  # type: ignore[attr-defined]


def request(content: bytes, today: date) -> bytes:
    return _LENGTH.pack(len(content)) + today.isoformat().encode() + content


def read_answer(stream: BinaryIO) -> bytes:
    """Return the next answer's JSON; b"" where the process has ended."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return b""
    size: int = _LENGTH.unpack(head)[0]
    return stream.read(size) if size <= MOST_ANSWER_BYTES else b""


def _in_child(parser: object, content: bytes, today: date) -> bytes:
    """Read one file in a child and return its answer; whatever ends the child without one is the file's fault."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            os.setpgid(0, 0)
            confine()
            with os.fdopen(writing, "wb") as out:
                out.write(_answer(parser, content, today))
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    try:
        answer = _collected(reading, WALL_SECONDS)
    finally:
        os.close(reading)
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(child, 0)
    return answer or json.dumps({"error": CvDamaged.code}).encode()


def _collected(descriptor: int, seconds: float) -> bytes:
    import time

    until = time.monotonic() + seconds
    received = bytearray()
    while (left := until - time.monotonic()) > 0 and select.select([descriptor], [], [], left)[0]:
        part = os.read(descriptor, 1 << 16)
        if not part:
            return bytes(received)
        received += part
        if len(received) > MOST_ANSWER_BYTES:
            return json.dumps({"error": CvTooLong.code}).encode()
    return b""


def _answer(parser: object, content: bytes, today: date) -> bytes:
    from huntred.cv.wire import encoded
    from ml.cv.files import read

    try:
        cv = parser.parse(read(content), today)  # type: ignore[attr-defined]
    except CvRefused as error:
        return json.dumps({"error": error.code}).encode()
    # The edge of this process: a file that breaks a library or us is damaged for its sender, and the trace, without
    # anything of the file in it, is for us.
    except (Exception, RecursionError) as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
        return json.dumps({"error": CvDamaged.code, "fault": f"{type(error).__name__} at {place}"}).encode()
    return json.dumps({"cv": encoded(cv)}, ensure_ascii=False).encode()


def _quiet_descriptors() -> None:
    """Keep none of the parent's descriptors but the three that we were given."""
    os.closerange(3, 256)


def confine() -> None:
    """Give up, for good, all that reading a file does not need."""
    used = _memory_used()
    for limit, value in (
        (resource.RLIMIT_AS, used + MEMORY_BYTES),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # macOS refuses a bound on memory; there the wall clock and the processor's remain.
        try:
            resource.setrlimit(limit, (bound, bound))
        except (ValueError, OSError):
            if platform.system() == "Linux":
                raise
    if platform.system() == "Linux":
        _forbid_calls()


def _memory_used() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


# Calls that end in EPERM, by machine: socket, connect, bind, listen, sendto, socketpair, clone3, clone, fork, vfork,
# execve, execveat (no new programs, threads or processes), kill, tgkill, ptrace, process_vm_readv and _writev, mount,
# bpf, io_uring_setup, unlink, unlinkat, rename, renameat, renameat2, mkdir, mkdirat, chmod, fchmodat, symlink,
# symlinkat, link, linkat, truncate, setsid, keyctl, userfaultfd, memfd_create, creat, openat2. Behind them open and
# openat with the place of their flags: for reading only.
_FORBIDDEN = {
    "x86_64": (
        0xC000003E,
        "41 42 49 50 44 53 435 56 57 58 59 322 62 234 101 310 311 165 321 425 87 263 82 264 316 83 258 90 268 88 266 "
        "86 265 76 112 250 323 319 85 437",
        ((2, 1), (257, 2)),
    ),
    "aarch64": (
        0xC00000B7,
        "198 203 200 201 206 199 435 220 221 281 129 131 117 270 271 40 280 425 35 38 276 34 53 36 37 45 157 219 282 "
        "279 437",
        ((56, 2),),
    ),
}
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_ALLOW, _ERRNO_EPERM, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _HAS_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
# O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND.
_WRITING = 0x1 | 0x2 | 0x40 | 0x200 | 0x400
# Calls of the x32 table carry this bit and would pass by another number.
_X32 = 0x40000000


class _Instruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("value", ctypes.c_uint32)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction))]


def _forbid_calls() -> None:
    """Install the filter (man seccomp 2). Raises OSError where the kernel has none: then nothing is read."""
    known = _FORBIDDEN.get(platform.machine())
    if known is None:
        return
    architecture, numbers, opening = known
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    steps += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _ERRNO_EPERM)] if platform.machine() == "x86_64" else []
    for number in map(int, numbers.split()):
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO_EPERM)]
    for number, argument in opening:
        # seccomp_data: number, machine, instruction pointer (8 bytes), arguments of 8 bytes; the low half comes first.
        steps += [(_EQUAL, 0, 4, number), (_LOAD, 0, 0, 16 + 8 * argument), (_HAS_BITS, 0, 1, _WRITING)]
        steps += [(_RETURN, 0, 0, _ERRNO_EPERM), (_RETURN, 0, 0, _ALLOW)]
    steps.append((_RETURN, 0, 0, _ALLOW))
    instructions = (_Instruction * len(steps))(*(_Instruction(*step) for step in steps))
    program = _Program(len(steps), ctypes.cast(instructions, ctypes.POINTER(_Instruction)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program)):
        raise OSError(ctypes.get_errno(), "seccomp refused")


if __name__ == "__main__":
    main()
