"""A wall clock that a test can set for other processes: a small library, preloaded, that adds an offset from a file.

Only the wall clock: the monotonic clock, sleeps and file times are the kernel's own. (libfaketime changes those too, and
Python's ``time.sleep`` fails under it.)
"""

import shutil
import struct
import subprocess
from pathlib import Path

_SOURCE = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long offset(void) {
  static const volatile long long *shared;
  if (!shared) {
    const char *name = getenv("CLOCK_OFFSET_FILE");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    void *found = file < 0 ? MAP_FAILED : mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
    if (file >= 0) close(file);
    if (found == MAP_FAILED) return 0;
    shared = found;
  }
  return *shared;
}

int clock_gettime(clockid_t clock, struct timespec *at) {
  int status = (int)syscall(SYS_clock_gettime, clock, at);
  if (!status && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += offset();
  return status;
}

int gettimeofday(struct timeval *at, void *zone) {
  int status = (int)syscall(SYS_gettimeofday, at, zone);
  if (!status) at->tv_sec += offset();
  return status;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
"""


def compiler() -> str | None:
    """The C compiler of this machine."""
    return shutil.which("cc") or shutil.which("gcc")


def build_clock(folder: Path) -> dict[str, str]:
    """Compile it into ``folder``; the environment of processes that shall go by it. The offset is 0 at first."""
    source, library = folder / "clock.c", folder / "clock.so"
    source.write_text(_SOURCE)
    subprocess.run(
        [compiler() or "cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source)], check=True
    )
    (folder / "clock.offset").write_bytes(struct.pack("q", 0))
    return {"LD_PRELOAD": str(library), "CLOCK_OFFSET_FILE": str(folder / "clock.offset")}


def set_offset(folder: Path, seconds: int) -> None:
    """All processes' wall clocks go ``seconds`` ahead (or behind) of the machine's from now on."""
    with (folder / "clock.offset").open("r+b") as file:
        file.write(struct.pack("q", seconds))
