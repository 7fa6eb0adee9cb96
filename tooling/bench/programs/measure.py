"""measure.py OUTPUT COMMAND...: runs the command with stdout and stderr in the file OUTPUT, and prints what it cost as JSON.

`own` is the command's own process, without those it started. Memory is its high-water mark, which the kernel keeps and this
looks at 50 times a second.
"""
import json
import os
import resource
import select
import sys
import time

TICK = os.sysconf("SC_CLK_TCK")


def high_water(pid):
    try:
        with open("/proc/%d/status" % pid) as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def main(output, argv):
    sink = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(sink, 1)
            os.dup2(sink, 2)
            os.execvp(argv[0], argv)
        finally:
            os._exit(127)
    exited = os.pidfd_open(pid)
    peak = 0
    while not select.select([exited], [], [], 0.02)[0]:
        peak = max(peak, high_water(pid))
    wall = time.monotonic() - start
    # It has ended and nobody has waited for it yet: its own times can still be told from those of its children.
    with open("/proc/%d/stat" % pid) as stat:
        own = stat.read().rpartition(")")[2].split()[11:13]
    _pid, status, used = os.wait4(pid, 0)
    print(json.dumps({
        "exitCode": os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status),
        "wall": wall,
        "cpu": used.ru_utime + used.ru_stime,
        "ownCpu": sum(map(int, own)) / TICK,
        "ownPeak": peak,
    }))


main(sys.argv[1], sys.argv[2:])
