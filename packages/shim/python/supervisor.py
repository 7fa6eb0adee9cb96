"""The first process of every job: starts the tool, frames all it says, keeps what the owner has not stored yet,
answers signals, enforces the clocks, reaps and, when it must, kills everything the job started.

Python 3.6 or newer, standard library only, one file. It arrives over stdin (see bootstrap.py) and is the reader of
stdin's remaining bytes. Start-up is on the path of every job, so nothing here imports `json`, `signal`, `subprocess` or
`tempfile`, and `re` only for a job that has prompts: they pull in more code than this file has. For the same reason it
is compiled piece by piece: two empty lines stand between top-level statements and nowhere else. A piece that begins with
"# Later NAME" is compiled when `part` is asked for it, by a job that needs it.
"""
import errno
import os
import select
import struct
import sys
import time
from binascii import a2b_base64, hexlify
from collections import deque

try:
    import _signal as signals
except ImportError:
    import signal as signals
try:
    from zlib import crc32
except ImportError:
    from binascii import crc32

HANDSHAKE = b"\x00DISTRONODE-RUNNER-SHIM 2\n"
UP = struct.Struct(">2sBBIQd")
DOWN = struct.Struct(">BI")
CHANNEL = EVENT_ID = struct.Struct(">II")
JOB, STDIN, STDIN_EOF, RESIZE, SIGNAL, CANCEL, ACK, DETACH, ATTACH = range(1, 10)
READY, STARTED, STDOUT, STDERR, EVENT, HEARTBEAT, EXITED, END, FAILED, NOTICE, CONTEXT, CHALLENGE = range(1, 13)
CHUNK = 262144
PIPE_SIZE = 1048576
MAX_DOWN = 268435456
# Of one event, and of all events that have come in part.
MAX_EVENT, MAX_PENDING = 67108864, 134217728
# Of tools that report events: how many at once and in all, how much of one is read in a turn of the loop (more than a
# socket holds, so that all is read that was written before the output at hand), and how long one may take to answer.
SOURCES, ALL_SOURCES, SHARE, HELLO_TIME = 64, 1048576, 1048576, 10.0
# Of others that want to be the owner: how many at once, what each may say before it is known what it wants, and for
# how long. So often it is looked whether the door is still there.
CALLERS, GREETING, CALLER_TIME, DOOR_TIME = 8, 65536, 5.0, 5.0
# How long everything may take to die.
KILL_TIME = 3.0
# After the tool's exit a grandchild may hold its pipes open: this long a silence, or this long altogether, ends it.
SILENCE, DRAIN = 0.5, 5.0
# Of a terminal's output this much is searched for prompts, this much of what was searched before is searched again with
# what came after it, and this much of a line counts.
WINDOW, OVERLAP, LINE = 65536, 4096, 1024
# Who asks waits: output is searched after this long a pause, in a flow without pauses this often, all of the window
# after this long a pause, and a question is reported after this long. The first is also the time that programs need
# which throw away what was typed before they asked.
PAUSE, FLOW, THOROUGH, UNANSWERED = 0.05, 0.25, 0.5, 2.0
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

monotonic = time.monotonic


def parse_json(text):
    try:
        from _json import make_scanner

        class Rules:
            strict, object_hook, object_pairs_hook, memo = False, None, None, {}
            parse_float, parse_int, parse_constant = float, int, float

        return make_scanner(Rules)(text, 0)[0]
    except (ImportError, AttributeError):
        import json

        return json.loads(text)
    except StopIteration:
        raise ValueError("not JSON")


def dump_json(value):
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, dict):
        return "{" + ",".join([quote(str(k)) + ":" + dump_json(v) for k, v in value.items()]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([dump_json(v) for v in value]) + "]"
    return quote(str(value))


try:
    from _json import encode_basestring_ascii as quote
except ImportError:
    from json import dumps as quote


def part(name):
    """A class of this file, compiled now if it was left for later."""
    known = globals()
    if name not in known:
        exec(compile(known["later"].pop(name), "<distronode-runner-shim>", "exec"), known)
    return known[name]


def learn(name):
    """Gives Shim the methods of a class that was left for later."""
    for method, function in vars(part(name)).items():
        if method[:2] != "__":
            setattr(Shim, method, function)


def octets(text):
    """Text of the job document as the bytes the kernel gets, whatever the locale says."""
    return text.encode("utf-8", "surrogateescape")


def signal_name(number):
    for name in dir(signals):
        if name[:3] == "SIG" and name[3] != "_" and getattr(signals, name) == number:
            return name
    return "SIG%d" % number


def signal_number(name):
    number = getattr(signals, str(name), None)
    return int(number) if str(name)[:3] == "SIG" and str(name)[3:4] != "_" and number is not None else None


def nonblocking(fd):
    os.set_blocking(fd, False)


def attempt(function, *args):
    try:
        return function(*args)
    except OSError:
        return None


def seconds(number):
    return "1 second" if number == 1 else "%g seconds" % number


def take_places(fds, told=-1):
    """In a forked child: `fds` become 0, 1, 2, ..., all others are closed but `told`, whose new number is returned."""
    from fcntl import fcntl, F_DUPFD

    # First out of the way of the small numbers, then into place: they may be any numbers.
    high = [fcntl(fd, F_DUPFD, 10) for fd in fds]
    if told >= 0:
        told = fcntl(told, F_DUPFD, 10)
        os.set_inheritable(told, False)
    for place, fd in enumerate(high):
        os.dup2(fd, place)
    for name in os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else range(256):
        if int(name) >= len(fds) and int(name) != told:
            attempt(os.close, int(name))
    return told


def default_signals():
    for name in ("SIGPIPE", "SIGXFSZ", "SIGXFZ"):
        if hasattr(signals, name):
            signals.signal(getattr(signals, name), signals.SIG_DFL)
    signals.pthread_sigmask(signals.SIG_SETMASK, [])


def grow_pipe(fd):
    try:
        from fcntl import fcntl

        fcntl(fd, 1031, PIPE_SIZE)  # F_SETPIPE_SZ; refused where the user's quota of pipe pages is used up
    except (ImportError, OSError):
        pass


def remove_tree(path):
    if os.path.islink(path):
        attempt(os.unlink, path)
        return

    def listed():
        try:
            return list(os.scandir(path))
        except PermissionError:
            os.chmod(path, 0o700)
            return list(os.scandir(path))

    try:
        for entry in listed():
            try:
                if entry.is_dir(follow_symlinks=False):
                    remove_tree(entry.path)
                else:
                    os.unlink(entry.path)
            except PermissionError:
                os.chmod(path, 0o700)
                attempt(os.unlink, entry.path)
            except OSError:
                pass
        os.rmdir(path)
    except OSError:
        pass


def move_new(source, target, but=()):
    """Moves what is not a link to its namesake in `target`, over what is there."""
    import shutil

    for entry in list(os.scandir(source)):
        place = os.path.join(target, entry.name)
        if entry.name in but or (entry.is_symlink() and os.readlink(entry.path) == place):
            continue
        if entry.is_dir(follow_symlinks=False) and os.path.isdir(place):
            move_new(entry.path, place)
            continue
        if os.path.lexists(place) and not os.path.isdir(place):
            os.unlink(place)
        shutil.move(os.fsdecode(entry.path), os.fsdecode(place))


def make_dir(parents, mode_bits=os.W_OK | os.X_OK):
    for parent in parents:
        if parent and os.path.isdir(parent) and os.access(parent, mode_bits):
            path = os.path.join(os.path.abspath(parent), "distronode-runner-" + hexlify(os.urandom(8)).decode())
            try:
                os.mkdir(path, 0o700)
                return path
            except OSError:
                continue
    raise OSError(errno.EACCES, "no directory for temporary files is writable")


def temp_dirs():
    return [os.environ.get("TMPDIR"), "/var/tmp", "/tmp", os.getcwd(), "/dev/shm"]


def memory_devices():
    """Device numbers of the mounts that live in memory."""
    found = set()
    try:
        with open("/proc/self/mountinfo", "rb") as lines:
            for line in lines:
                left, _, right = line.partition(b" - ")
                if right.split(b" ", 1)[0] in (b"tmpfs", b"ramfs", b"devtmpfs"):
                    major, minor = left.split(b" ")[2].split(b":")
                    found.add(os.makedev(int(major), int(minor)))
    except (OSError, ValueError, IndexError):
        pass
    return found


def oom_kills():
    """How many processes of this control group were killed for want of memory."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path) as lines:
                for line in lines:
                    name, _, count = line.partition(" ")
                    if name == "oom_kill":
                        return int(count)
        except (OSError, ValueError):
            continue
    return 0


class Spill:
    """A file without a name for frames that memory has no room for."""

    def __init__(self, limit):
        self.fd, self.limit, self.end, self.live = -1, limit, 0, 0

    def room(self, size):
        return self.end + size <= self.limit

    def open(self):
        devices = memory_devices()
        dirs = [d for d in temp_dirs() if d]
        on_memory = [d for d in dirs if os.path.isdir(d) and os.stat(d).st_dev in devices]
        for parent in [d for d in dirs if d not in on_memory] + on_memory:
            path = os.path.join(parent, ".distronode-runner-" + hexlify(os.urandom(8)).decode())
            fd = attempt(os.open, path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            if fd is not None:
                attempt(os.unlink, path)
                self.fd = fd
                return
        self.limit = 0

    def write(self, data):
        """Where the data went, or None if the file takes no more."""
        if self.fd < 0:
            self.open()
        if not self.room(len(data)):
            return None
        start, view = self.end, memoryview(data)
        try:
            while view:
                view = view[os.pwrite(self.fd, view, self.end + len(data) - len(view)) :]
        except OSError:
            self.limit = self.end  # the disk is full: what is in the file stays valid, nothing more goes in
            return None
        self.end += len(data)
        self.live += 1
        return start

    def read(self, offset, size):
        parts = []
        while size > 0:
            part = os.pread(self.fd, size, offset)
            if not part:
                raise OSError(errno.EIO, "the spill file is shorter than it should be")
            parts.append(part)
            offset += len(part)
            size -= len(part)
        return b"".join(parts)

    def release(self):
        self.live -= 1
        if self.live == 0:
            self.end = 0
            attempt(os.ftruncate, self.fd, 0)


def unnumbered(kind, value):
    payload = dump_json(value).encode()
    return UP.pack(b"DR", 2, kind, len(payload), 0, time.time()) + payload


class Entry:
    __slots__ = ("sequence", "size", "data", "offset")

    def __init__(self, sequence, size, data, offset):
        self.sequence, self.size, self.data, self.offset = sequence, size, data, offset


class Outbox:
    """Every numbered frame from its birth until the owner says that it is stored."""

    def __init__(self, fd, memory_limit=16777216, spill_limit=1073741824):
        self.fd, self.memory_limit, self.spill = fd, memory_limit, Spill(spill_limit)
        self.unsent, self.unacked = deque(), deque()
        self.memory = self.sequence = self.checksum = self.partial = 0
        self.broken = False
        self.progress = monotonic()
        self.unsent.append(Entry(0, len(HANDSHAKE), HANDSHAKE, -1))

    def full(self):
        return self.memory >= self.memory_limit and not self.spill.room(CHUNK + UP.size)

    def put(self, kind, payload):
        self.sequence += 1
        self.checksum = crc32(payload, self.checksum) & 0xFFFFFFFF
        data = UP.pack(b"DR", 2, kind, len(payload), self.sequence, time.time()) + payload
        size = len(data)
        offset = None
        if self.memory + size > self.memory_limit and self.memory:
            offset = self.spill.write(data)
        if offset is None:
            self.memory += size
            self.unsent.append(Entry(self.sequence, size, data, -1))
        else:
            self.unsent.append(Entry(self.sequence, size, None, offset))

    def put_json(self, kind, value):
        self.put(kind, dump_json(value).encode())

    def beat(self, value):
        if self.broken or any(e.sequence == 0 for e in self.unsent):
            return
        data = unnumbered(HEARTBEAT, value)
        self.unsent.append(Entry(0, len(data), data, -1))

    def turn_to(self, fd, greeting, after):
        """Another owner, who has all up to the frame `after`: the rest again, as far as it is not stored."""
        frames = list(self.unacked) + [entry for entry in self.unsent if entry.sequence]
        first = Entry(0, len(greeting), greeting, -1)
        self.unacked = deque([entry for entry in frames if entry.sequence <= after])
        self.unsent = deque([first] + [entry for entry in frames if entry.sequence > after])
        self.fd, self.partial, self.broken = fd, 0, False
        self.progress = monotonic()

    def send(self):
        """Writes until the reader takes no more."""
        while self.unsent and not self.broken:
            buffers, total = [], 0
            for entry in self.unsent:
                data = entry.data
                if data is None:
                    if buffers:
                        break
                    data = self.spill.read(entry.offset, entry.size)
                if not buffers and self.partial:
                    data = memoryview(data)[self.partial :]
                buffers.append(data)
                total += len(data)
                if entry.data is None or total >= PIPE_SIZE or len(buffers) >= 64:
                    break
            try:
                written = os.writev(self.fd, buffers)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self.broken = True
                return
            self.progress = monotonic()
            self.consume(written)
            if written < total:
                return

    def consume(self, written):
        written += self.partial
        while self.unsent and written >= self.unsent[0].size:
            entry = self.unsent.popleft()
            written -= entry.size
            if entry.sequence:
                self.unacked.append(entry)
        self.partial = written

    def ack(self, sequence):
        unacked = self.unacked
        while unacked and unacked[0].sequence <= sequence:
            entry = unacked.popleft()
            if entry.data is None:
                self.spill.release()
            else:
                self.memory -= entry.size
            self.progress = monotonic()

    def settled(self):
        return not self.unsent and not self.unacked


class Processes:
    """Everything the job started, found and ended."""

    def __init__(self):
        self.me = os.getpid()
        self.init = self.me == 1
        self.subreaper = self.init
        self.prctl = None
        self.group = 0
        # Processes in the job's container through which its owner speaks.
        self.spared = set()
        if not self.init:
            # Orphans of the job must come back to this process, else a daemon that the tool left could not be told
            # from a stranger. As PID 1 they come anyway.
            try:
                import ctypes

                self.prctl = ctypes.CDLL(None, use_errno=True).prctl
                self.subreaper = self.prctl(36, 1, 0, 0, 0) == 0  # PR_SET_CHILD_SUBREAPER
            except (ImportError, OSError, AttributeError):
                pass

    def hide(self):
        """From here on no other process of this user sees this one's memory, environment or descriptors."""
        if self.prctl is None:
            # Loading ctypes takes as long as all the rest of the start. A change of credentials has the same effect.
            try:
                group = os.getegid()
                if os.geteuid() == 0:
                    os.setegid(group + 1)
                    os.setegid(group)
                    with open("/proc/sys/fs/suid_dumpable") as value:
                        if value.read(1) != "1":
                            return
            except OSError:
                pass
            try:
                import ctypes

                self.prctl = ctypes.CDLL(None, use_errno=True).prctl
            except (ImportError, OSError, AttributeError):
                return
        self.prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE

    def die_with_parent(self):
        if self.prctl is not None:
            self.prctl(1, 9, 0, 0, 0)  # PR_SET_PDEATHSIG

    def spawn(self, path, argv, env, fds):
        """A process of the shim's own, in its own session."""
        pid = os.fork()
        if pid == 0:
            try:
                signals.set_wakeup_fd(-1)
                os.setsid()
                if self.prctl is not None:
                    # PR_SET_NO_NEW_PRIVS: an ssh-agent that is set-group-ID would forget the wish that follows.
                    self.prctl(38, 1, 0, 0, 0)
                self.die_with_parent()
                take_places(fds)
                default_signals()
                os.execve(path, argv, env)
            finally:
                os._exit(127)
        return pid

    def table(self):
        """pid -> fields of /proc/<pid>/stat after the command: state, ppid, pgrp, session, ..."""
        table = {}
        for name in attempt(os.listdir, "/proc") or ():
            if name.isdigit():
                fields = self.stat(name)
                if fields:
                    table[int(name)] = fields
        return table

    def stat(self, pid):
        """The same of one process, or None."""
        try:
            with open("/proc/%s/stat" % pid, "rb", 0) as stat:
                return stat.read().rpartition(b")")[2].split()
        except (OSError, ValueError):
            return None

    def lineage(self, pid, last):
        """A process and its ancestors up to `last`, each by number and start, or None if it does not descend from that."""
        line = []
        while len(line) < 256:
            fields = self.stat(pid)
            if fields is None:
                return None
            line.append((pid, fields[19]))
            if pid == last:
                return line
            pid = int(fields[1])
            if pid in (0, self.me):
                return None
        return None

    def descendants(self):
        table = self.table()
        children = {}
        for pid, fields in table.items():
            children.setdefault(int(fields[1]), []).append(pid)
        found, todo = {}, [self.me]
        while todo:
            for pid in children.get(todo.pop(), ()):
                if pid not in found:
                    found[pid] = table[pid]
                    todo.append(pid)
        if not self.subreaper and self.group and (self.group not in table or self.group in found):
            # Orphans of the tool's own session. If the number of its leader has passed to a stranger, none is left.
            for pid, fields in table.items():
                if int(fields[3]) == self.group:
                    found[pid] = fields
        return found

    def alive(self):
        table = self.table() if self.init else self.descendants()
        mine = [pid for pid, fields in table.items() if fields[0] not in (b"Z", b"X")]
        return [pid for pid in mine if pid != self.me and pid not in self.spared]

    def signal_group(self, number):
        if self.group:
            attempt(os.killpg, self.group, number)

    def outside(self, pid):
        """Whether it is known that a process does not descend from this one. `pid`: as `speaker` says it."""
        if not pid or not os.path.exists("/proc/self/stat"):
            return True
        for _ in range(256):
            fields = self.stat(pid) if pid != self.me else None
            if fields is None:
                return False
            pid = int(fields[1])
            if pid <= 0:
                return True
        return False

    def children(self):
        """Those that are this process's own at this moment; None where the kernel does not say."""
        try:
            with open("/proc/self/task/%d/children" % self.me, "rb", 0) as file:
                return [int(pid) for pid in file.read(65536).split()]
        except (OSError, ValueError):
            return None

    def kill_everything(self, reap):
        """One look at /proc proves nothing: whoever forks and leaves is never where it was seen. Orphans come back to this
        process, so nothing is left when it has no child. Where they do not, two looks have to find nothing."""
        self.signal_group(9)
        until, turn, quiet = monotonic() + KILL_TIME, 0, 0
        while monotonic() < until:
            childless = reap()
            if self.init and not self.spared:
                try:
                    os.kill(-1, 9)
                except ProcessLookupError:
                    return
                except OSError:
                    pass
            elif self.subreaper and childless:
                return
            else:
                pids = self.alive()
                for pid in pids:
                    attempt(os.kill, pid, 9)
                quiet = 0 if pids else quiet + 1
                if quiet > 1 and not self.subreaper:
                    return
                # The newest link of a chain is an orphan, and dies where it comes back.
                for _ in range(50):
                    pids = self.children()
                    if not pids:
                        break
                    for pid in pids:
                        if pid not in self.spared:
                            attempt(os.kill, pid, 9)
                    reap()
            turn += 1
            time.sleep(0.001 if turn < 100 else 0.01)
        reap()

    def usage(self):
        pages = ticks = 0
        for fields in self.descendants().values():
            pages += int(fields[21])
            ticks += sum(int(f) for f in fields[11:15])
        return {
            "rssKiB": pages * os.sysconf("SC_PAGE_SIZE") // 1024,
            "cpuSeconds": round(ticks / float(os.sysconf("SC_CLK_TCK")), 2),
        }


# What ssh-add runs to ask for a passphrase: it tells the shim what was asked, and answers once.
ASKER = """import os
with open("/proc/self/cmdline", "rb") as line:
    asked = line.read().split(b"\\0")[-2]
os.write(2, b"\\1" + asked + b"\\n")
answer = os.environb.get(b"DISTRONODE_RUNNER_PASSPHRASE")
if not answer or asked.startswith(b"Bad"):
    os._exit(1)
os.write(1, answer + b"\\n")
os._exit(0)
"""
ADD_TIME = 60


class Refused(Exception):
    """The tool was not started: code, message, exit code, names that were tried."""

    def __init__(self, code, message, status, candidates=()):
        Exception.__init__(self, message)
        self.code, self.message, self.status, self.candidates = code, message, status, list(candidates)


def checked(job):
    """The job document with every value of the kind that the rest of the file relies on."""

    def need(condition, what):
        if not condition:
            raise Refused("JOB_INVALID", "the job document is not valid: " + what, 1)

    need(isinstance(job, dict), "it is no object")
    need(job.get("version") == 1, "version is %r and this shim reads 1" % (job.get("version"),))
    argv, candidates, env = job.get("argv"), job.setdefault("candidates", []), job.setdefault("env", {})
    need(isinstance(argv, list) and argv and all(isinstance(a, str) for a in argv), "argv is no list of texts")
    need(isinstance(candidates, list) and all(isinstance(a, str) for a in candidates), "candidates is no list of texts")
    need(isinstance(env, dict) and all(isinstance(v, str) for v in env.values()), "env is no map of texts")
    need(all("\0" not in text for text in argv + list(env) + list(env.values())), "a text has a zero byte")
    need(all(name and "=" not in name for name in env), "a name in env is empty or has a '='")
    need(isinstance(job.get("cwd"), str) and job["cwd"], "cwd is missing")
    files = job["files"] = job.get("files") or {}
    need(isinstance(files, dict), "files is no map")
    mirrors = job["mirrors"] = job.get("mirrors") or {}
    need(isinstance(mirrors, dict), "mirrors is no map")
    for name in list(files) + list(mirrors):
        parts = name.split("/")
        need(not any(p in ("", ".", "..") for p in parts), "the file name %r leaves the job dir" % name)
        need("\0" not in name, "a file name has a zero byte")
    for name, content in files.items():
        need(
            isinstance(content, dict) and any(isinstance(content.get(k), str) for k in ("text", "base64")),
            "the file %r has neither text nor base64" % name,
        )
        mode = content.get("mode", 0)
        need(type(mode) is int and 0 <= mode <= 0o777, "the mode of the file %r is no number up to 0777" % name)
        need(not any((m + "/").startswith(name + "/") for m in mirrors), "%r is a file and a mirror" % name)
    for name, target in mirrors.items():
        good = isinstance(target, str) and target.startswith(("/", "@JOB_DIR@")) and "\0" not in target
        need(good, "the target of the mirror %r is no absolute path" % name)
    prompts = job["prompts"] = job.get("prompts") or []
    need(
        isinstance(prompts, list)
        and all(isinstance(p, dict) and all(isinstance(p.get(k), str) for k in ("pattern", "answer")) for p in prompts),
        "prompts is no list of patterns and answers",
    )
    for name in ("sshKey", "sshKeyPassphrase", "attachKey"):
        need(job.get(name) is None or isinstance(job[name], str), name + " is no text")
    events = job.get("events")
    need(events is None or isinstance(events, dict) and isinstance(events.get("token"), str), "events has no token")
    clocks = {"job": 0, "idle": 0, "prompt": 0, "grace": 10, "lease": 5, "heartbeat": 5, "linger": 5}
    clocks.update(job.get("clocks") or {})
    clocks.setdefault("keep", clocks["linger"])
    need(all(isinstance(v, (int, float)) and v >= 0 for v in clocks.values()), "a clock is no number of seconds")
    job["clocks"] = clocks
    limits = {"memoryBytes": 16777216, "spillBytes": 1073741824}
    limits.update(job.get("limits") or {})
    need(all(isinstance(v, (int, float)) and v >= 0 for v in limits.values()), "a limit is no number of bytes")
    job["limits"] = limits
    tty = job.get("tty")
    need(tty is None or isinstance(tty, dict), "tty is no object")
    return job


def which(name, path):
    for place in path.split(b":"):
        full = os.path.join(place or b".", name)
        if os.path.isfile(full) and os.access(full, os.X_OK):
            return full
    message = "%s, which a job with an SSH key needs: not found on PATH (%s)"
    raise Refused("SSH_AGENT_MISSING", message % (name.decode(), path.decode("utf-8", "replace")), 1)


def find_tool(job, env):
    names = job["candidates"] or [job["argv"][0]]
    path = env.get(b"PATH", DEFAULT_PATH.encode())
    unusable = None
    for name in names:
        raw = octets(name)
        for place in [job["cwd"].encode("utf-8", "surrogateescape")] if b"/" in raw else path.split(b":"):
            full = os.path.join(place or b".", raw)
            if os.path.isfile(full):
                if os.access(full, os.X_OK):
                    return name, full
                unusable = unusable or full
    if unusable is not None:
        message = "%s is not executable" % unusable.decode("utf-8", "replace")
        raise Refused("TOOL_NOT_EXECUTABLE", message, 126, names)
    message = "%s: not found on PATH (%s)" % (" or ".join(names), path.decode("utf-8", "replace"))
    raise Refused("TOOL_NOT_FOUND", message, 127, names)


# Of a variable of the tool, without its prefix: the key in its configuration file, and what it is without any word.
CONFIGURED = {
    "CALLBACK_PLUGINS": ("callback_plugins", "%(home)s/plugins/callback:/usr/share/%(tool)s/plugins/callback"),
    "ROLES_PATH": ("roles_path", "%(home)s/roles:/usr/share/%(tool)s/roles:/etc/%(tool)s/roles"),
    "HOST_KEY_CHECKING": ("host_key_checking", "False"),
}


def fill_in_configured(env, inherited, cwd, tool):
    """Puts what the image, the tool's configuration file or its defaults say where a variable only adds to it."""
    said = None
    for name, (key, default) in CONFIGURED.items():
        variable = octets("ANSIBLE_" + name)
        if b"@CONFIGURED@" not in env.get(variable, b""):
            continue
        value = inherited.get(octets("%s_%s" % (tool.upper(), name)), inherited.get(variable))
        if value is None:
            said = read_configuration(env, cwd, tool) if said is None else said
            home = os.fsdecode(env.get(octets(tool.upper() + "_HOME"), b"")) or said.get("home") or "~/." + tool
            value = octets(said.get(key) or default % {"home": home, "tool": tool})
        parts = env[variable].split(b":")
        env[variable] = b":".join(value if part == b"@CONFIGURED@" else part for part in parts if part != b"@CONFIGURED@" or value)


def read_configuration(env, cwd, tool):
    """What the configuration file that the tool will read says under [defaults]; relative paths made absolute, as the tool does."""
    home = env.get(b"HOME", b"/")
    places = [env.get(octets(tool.upper() + "_CONFIG"), b"")]
    if places[0][:1] == b"~":
        places[0] = home + places[0][1:]
    if places[0] and os.path.isdir(places[0]):
        places[0] = os.path.join(places[0], octets(tool + ".cfg"))
    if not os.stat(cwd).st_mode & 0o002:
        places.append(os.path.join(cwd, octets(tool + ".cfg")))
    places += [os.path.join(home, octets(".%s.cfg" % tool)), octets("/etc/%s/%s.cfg" % (tool, tool))]
    for place in filter(None, places):
        try:
            with open(os.path.join(cwd, place), "rb") as file:
                lines = os.fsdecode(file.read()).splitlines()
        except OSError:
            continue
        return parse_configuration(lines, os.path.dirname(os.path.join(os.fsdecode(cwd), os.fsdecode(place))))
    return {}


def parse_configuration(lines, base):
    section, key, said = "", None, {}
    for line in lines:
        text = line.split(" ;", 1)[0].strip()
        if not text or text[0] in "#;":
            continue
        if text[0] == "[":
            section, key = text.strip("[]"), None
        elif line[0] in " \t" and key:
            said[key] += text
        elif section == "defaults":
            sign = min([text.index(each) for each in "=:" if each in text] or [len(text)])
            key = text[:sign].strip().lower()
            said[key] = text[sign + 1 :].strip().strip("'\"")
    for key in ("callback_plugins", "roles_path", "home"):
        if said.get(key):
            paths = [path.strip() for path in said[key].split(":")]
            said[key] = ":".join(path if path[:1] in ("/", "~", "$", "{", "") else os.path.join(base, path) for path in paths)
    return said


# Later Dialogue
def plain(data):
    """A piece of a terminal's output as text, without what colours it or marks it."""
    parts = data.split(b"\x1b")
    text, hidden = parts[0], False
    for part in parts[1:]:
        lead = part[:1]
        if lead == b"[":
            at = 1
            while at < len(part) and not 0x40 <= part[at] <= 0x7E:
                at += 1
            text += part[at + 1 :]
        elif lead and lead in b"_]P^X":
            # Hidden up to a BEL, or to the next ESC, which is that of the terminator.
            _, bell, rest = part.partition(b"\x07")
            hidden = not bell
            text += rest
            continue
        elif hidden and lead == b"\\":
            text += part[1:]
        else:
            text += part[2 if lead in (b"(", b")") else 1 :]
        hidden = False
    return "".join([c for c in text.decode("utf-8", "replace") if c >= " " and c != "\x7f"])

class Dialogue:
    """What the tool asks on its terminal. Linear in the output, whatever the patterns cost."""

    def __init__(self, patterns, token):
        self.patterns, self.limit = patterns, WINDOW if patterns else LINE
        self.marker = None
        if patterns and token:
            import re

            self.marker = re.compile(b"\x1b_" + re.escape(octets(token)) + b"[BEN][0-9]+\x1b\\\\")
        # The output since the last answer; of it, how much was searched, and how much is before or of the last answer.
        self.window, self.searched, self.answered = bytearray(), 0, 0
        # 0: output came, 1: its end was searched, 2: all of the window was searched, 3: nothing is left to do.
        self.stage = 3
        self.heard = self.since = self.allowed = 0.0
        self.told = set()
        # Since when the tool waits for an answer that nobody has given.
        self.asking = None

    def hear(self, data, now):
        window = self.window
        window += data
        if len(window) > 2 * self.limit:
            # One byte more than can match: it tells the beginning of the window from that of a line.
            cut = len(window) - self.limit - 1
            del window[:cut]
            self.searched, self.answered = max(0, self.searched - cut), max(0, self.answered - cut)
        if self.stage:
            self.stage, self.since = 0, now
        self.heard = now
        self.asking = None

    def typed(self):
        """Somebody else has answered."""
        self.answered = len(self.window)
        self.asking = None
        self.told.clear()

    def turn(self, now, answer, report):
        """Does what is due. When there is more to do, or None."""
        while self.stage < 3:
            if self.stage == 2 or not self.patterns:
                when = self.heard + UNANSWERED
            elif self.stage == 1:
                when = max(self.allowed, self.heard + THOROUGH)
            else:
                when = max(self.allowed, min(self.heard + PAUSE, self.since + FLOW))
            if now < when:
                return when
            if self.stage == 2 or not self.patterns:
                self.stage = 3
                line = self.question()
                if line:
                    self.asking = self.heard
                if line and line not in self.told and len(self.told) < 1000:
                    self.told.add(line)
                    report("prompt", line)
                return None
            self.search(self.stage == 1, answer)
            # Little of the time goes to patterns that cost much, but who waits for an answer gets it.
            self.allowed = now + min(1.0, 20 * (monotonic() - now))
        return None

    def search(self, thorough, answer):
        window = self.window
        start = 0 if thorough else max(0, self.searched - OVERLAP)
        new = window.rfind(b"\n", 0, self.searched) + 1
        tail = bytes(window[new:])
        if self.marker is not None:
            # Marks between the tool and the runner: no part of what a user sees or writes a pattern for.
            tail = self.marker.sub(b"", tail)
        # Of a long line its end: with a pattern like `.*word.*:` the time goes with the square of a line's length.
        tail = b"\n".join([line[:1] + line[-LINE:] if len(line) > LINE else line for line in tail.split(b"\n")])
        if len(tail) != len(window) - new:
            window[new:] = tail
            self.answered = min(self.answered, len(window))
        start = max(start, len(window) - self.limit)
        while True:
            first = 1 if start else 0
            text = bytes(window[start - first :]).decode("utf-8", "surrogateescape")
            best = None
            for pattern, reply in self.patterns:
                match = pattern.search(text, first)
                # Nothing is no prompt: it would be found again and again.
                if match and match.end() > match.start() and (best is None or match.start() < best[0].start()):
                    best = match, reply
            if best is None:
                break
            del window[: start - first + len(text[: best[0].end()].encode("utf-8", "surrogateescape"))]
            start = 0
            self.answered = len(window)
            answer(best[1])
        self.searched = len(window)
        self.stage = 2 if thorough or not start else 1

    def question(self):
        """The line the cursor is on, if it looks like a question."""
        start = max(self.answered, self.window.rfind(b"\n") + 1, self.window.rfind(b"\r") + 1, len(self.window) - LINE)
        text = plain(bytes(self.window[start:]))
        line = text.strip()
        return line if len(line) > 1 and (line[-1] == ":" or text.rstrip(" ")[-1] == "?" and text[-1] == " ") else None


class Owner:
    """What the owner sends. A part of Shim."""

    def read_owner(self):
        try:
            data = os.read(self.down, CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self.stdin_closed = True
            if self.down == self.outbox.fd:
                self.outbox.broken = True
            self.owner_left()
            return
        self.reader += data
        self.obey()

    def obey(self):
        reader = self.reader
        position, size = 0, len(reader)
        while size - position >= DOWN.size:
            kind, length = DOWN.unpack_from(reader, position)
            if length > MAX_DOWN:
                self.stdin_closed = True
                self.owner_left()
                break
            if size - position - DOWN.size < length:
                break
            start = position + DOWN.size
            position = start + length
            self.handle(kind, bytes(memoryview(reader)[start:position]))
        del reader[:position]

    def handle(self, kind, payload):
        if kind == ACK:
            if len(payload) >= 8:
                sequence = struct.unpack_from(">Q", payload)[0]
                self.outbox.ack(sequence)
                self.checkpoint = sequence, payload[8:].decode("utf-8", "replace")
        elif kind == JOB:
            if self.job is None and not self.ended:
                self.begin(payload)
        elif kind == STDIN:
            if self.stdin >= 0:
                if self.dialogue is not None:
                    self.dialogue.typed()
                self.stdin_queue.append(payload)
                self.feed_tool()
        elif kind == STDIN_EOF:
            self.stdin_ends = True
            if self.stdin >= 0:
                self.feed_tool()
        elif kind == DETACH:
            self.detached = True
        else:
            try:
                value = parse_json(payload.decode("utf-8")) if payload else {}
                if kind == CANCEL:
                    self.cancel(float(value.get("grace", 0)), str(value.get("why") or "canceled"))
                elif kind == SIGNAL:
                    number = signal_number(value.get("signal"))
                    if number is not None and self.exited_at is None:
                        self.processes.signal_group(number)
                elif kind == RESIZE and self.master >= 0:
                    self.resize(value)
            except (ValueError, TypeError, AttributeError):
                pass  # a frame of a newer owner: what is not understood is not obeyed

    def owner_left(self):
        if self.owner_gone_at is None and not self.detached:
            self.owner_gone_at = monotonic()
        if self.job is None and not self.ended:
            self.refuse(Refused("JOB_INVALID", "the owner left before it sent a job", 1))


def speaker(fd):
    """The process at the other end of a unix socket; 0 for one that cannot be seen from here, None if nobody says."""
    from _socket import socket, AF_UNIX, SOCK_STREAM

    try:
        from _socket import SOL_SOCKET, SO_PEERCRED

        end = socket(AF_UNIX, SOCK_STREAM, 0, os.dup(fd))
    except (ImportError, OSError):
        return None
    try:
        return struct.unpack("3i", end.getsockopt(SOL_SOCKET, SO_PEERCRED, 12))[0]
    except OSError:
        return None
    finally:
        end.close()


class Door:
    """Where another owner comes in when the first has gone. A part of Shim.

    Whoever wants to come in proves that it knows the job's key, which is in no place that the job can read, and is no
    process of the job, which could pass on what somebody else says. The answer proves the same of this process.
    """

    def open_door(self):
        from _socket import socket, AF_UNIX, SOCK_STREAM

        self.next_look = monotonic() + DOOR_TIME
        door = socket(AF_UNIX, SOCK_STREAM)
        path = os.path.join(self.job_dir, self.job["id"])
        try:
            if not os.path.isdir(self.job_dir):
                os.mkdir(self.job_dir, 0o700)
            attempt(os.unlink, octets(path + ".new"))
            # Whoever finds the door's own name finds somebody behind it: one at which nobody answers means that the shim was killed.
            door.bind(octets(path + ".new"))
            door.listen(CALLERS)
            os.rename(octets(path + ".new"), octets(path + ".sock"))
            door.setblocking(False)
            place = os.lstat(octets(path + ".sock"))
        except OSError as error:
            door.close()
            self.once("door", "this job cannot be taken over by another process: %s" % error)
            return
        if self.door is not None:
            self.door.close()
        self.door, self.door_place = door, (place.st_dev, place.st_ino)

    def look_after_door(self, now):
        """Something in the job may have removed or replaced it."""
        self.next_look = now + DOOR_TIME
        place = attempt(os.lstat, octets(os.path.join(self.job_dir, self.job["id"] + ".sock")))
        if place is None or (place.st_dev, place.st_ino) != self.door_place:
            self.open_door()

    def admit(self):
        try:
            fd = self.door._accept()[0]
        except OSError:
            return
        os.set_inheritable(fd, False)
        nonblocking(fd)
        pid = speaker(fd)
        if len(self.callers) >= CALLERS or not self.processes.outside(pid):
            os.close(fd)
            return
        learn("Entrance")
        caller = self.callers[fd] = Caller(pid)
        attempt(os.write, fd, HANDSHAKE + unnumbered(CHALLENGE, {"nonce": caller.nonce}))


# Later Entrance
class Caller:
    """Somebody at the door, who has not said yet what it wants."""

    __slots__ = ("pid", "said", "nonce", "until")

    def __init__(self, pid):
        self.pid = pid
        self.said, self.nonce, self.until = bytearray(), hexlify(os.urandom(16)).decode(), monotonic() + CALLER_TIME

class Entrance:
    """Who has come to the door. A part of Shim."""

    def dismiss(self, fd):
        del self.callers[fd]
        os.close(fd)

    def proof(self, *words):
        import hashlib
        import hmac

        text = "\n".join(("distronode-runner", self.job["id"]) + words)
        return hmac.new(octets(self.job["attachKey"]), octets(text), hashlib.sha256).hexdigest()

    def hear_caller(self, fd):
        """A caller says first whether it takes the job from an owner who is still there, and what it has already."""
        try:
            data = os.read(fd, GREETING)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        caller = self.callers[fd]
        said = caller.said
        said += data
        if len(said) >= DOWN.size:
            kind, length = DOWN.unpack_from(said)
            end = DOWN.size + length
            if kind == ATTACH and len(said) >= end:
                del self.callers[fd]
                try:
                    wish = parse_json(bytes(said[DOWN.size : end]).decode("utf-8"))
                    force, after = bool(wish.get("force")), wish.get("after")
                    nonce, mac = str(wish.get("nonce")), str(wish.get("mac"))
                    whence = "" if after is None else str(after)
                    expected = self.proof("attach", caller.nonce, nonce, "force" if force else "", whence)
                    from hmac import compare_digest

                    known = compare_digest(octets(expected), octets(mac)) and self.processes.outside(caller.pid)
                except (ValueError, AttributeError):
                    known = False
                if known:
                    self.change_owner(fd, force, after, self.proof("context", nonce, caller.nonce), said[end:])
                else:
                    os.close(fd)
                return
            if kind != ATTACH or length > GREETING:
                data = b""
        if not data:
            self.dismiss(fd)

    def change_owner(self, fd, force, after, mac, rest):
        outbox = self.outbox
        if not (force or self.stdin_closed or outbox.broken):
            refusal = {"code": "JOB_OWNED", "message": "the job's owner is there", "candidates": [], "mac": mac}
            attempt(os.write, fd, unnumbered(FAILED, refusal))
            os.close(fd)
            return
        if self.down > 2:
            os.close(self.down)
        self.processes.spared = {speaker(fd)}
        stored, state = self.checkpoint
        if not isinstance(after, int) or not stored <= after <= outbox.sequence:
            after = stored
        context = {"after": after, "state": state, "context": (self.job or {}).get("context"), "mac": mac}
        outbox.turn_to(fd, unnumbered(CONTEXT, context), after)
        self.down, self.reader = fd, bytearray(rest)
        self.stdin_closed = self.detached = False
        self.owner_gone_at = None
        self.obey()


class Source:
    """A tool that reports events, or somebody who wants to be taken for one."""

    __slots__ = ("socket", "line", "nonce", "until", "number", "buffer")

    def __init__(self, socket, line):
        self.socket, self.line, self.nonce = socket, line, os.urandom(16)
        self.until, self.number, self.buffer = monotonic() + HELLO_TIME, None, bytearray()


class Events:
    """The socket on which tools report events. A part of Shim.

    Its path is no secret. Who may report is decided by what the kernel says of the process at the other end: it is the
    tool, or descends from the tool through processes none of which reports itself. So the tool behind any wrapper may,
    and what a tool starts (its tasks) may not; nor may an orphan, of which nobody knows any more whose it was.

    A number of a process may be used again. So the process has to answer: what it sends carries its number, written by
    the kernel, and its ancestors are the same, by number and start, before it was asked and after it has answered.
    """

    def open_events(self, env):
        from _socket import socket, AF_UNIX, SOCK_STREAM

        path = octets(os.path.join(self.job_dir, "events.sock"))
        events = socket(AF_UNIX, SOCK_STREAM)
        try:
            events.bind(path)
            events.listen(SOURCES)
            events.setblocking(False)
        except OSError as error:
            events.close()
            self.once("events_unavailable", "the tool cannot report events: %s" % error)
            return
        self.events = events
        env[b"DISTRONODE_RUNNER_EVENTS"] = path

    def origin(self, pid):
        """A process up to the tool, or None if it may not report."""
        line = self.processes.lineage(pid, self.tool)
        if line is None and pid == self.tool and not os.path.exists("/proc/self/stat"):
            line = [(pid, b"")]  # without /proc the tool itself is all that can be told from others
        if line is None or any(process in self.reporting for process in line[1:]):
            return None
        return line

    def greet_source(self):
        try:
            fd = self.events._accept()[0]
        except OSError:
            return
        from _socket import socket, AF_UNIX, SOCK_STREAM

        end = socket(AF_UNIX, SOCK_STREAM, 0, fd)
        os.set_inheritable(fd, False)
        end.setblocking(False)
        try:
            from _socket import SOL_SOCKET, SO_PASSCRED

            pid = speaker(fd)
            line = self.origin(pid) if pid and self.exited_at is None else None
            if pid is None:
                self.once("events_unavailable", "this system does not say who reports events, so none are taken")
            elif line is None:
                self.once("events_refused", "a process that is not the tool wanted to report events, and was refused")
            elif len(self.sources) >= SOURCES or self.source_count >= ALL_SOURCES:
                self.once("events_refused", "too many processes report events: one was refused")
            else:
                end.setsockopt(SOL_SOCKET, SO_PASSCRED, 1)
                source = Source(end, line)
                end.send(source.nonce)
                self.sources[fd] = source
                return
        except (ImportError, OSError):
            pass
        end.close()

    def answered_by(self, source):
        """The process that has sent the answer, if the answer is right; None if there is none yet."""
        from _socket import CMSG_SPACE

        try:
            # No room for descriptors, which may come with it.
            data, control, _, _ = source.socket.recvmsg(17, CMSG_SPACE(12))
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return 0
        credentials = [value for level, kind, value in control if level == 1 and kind == 2 and len(value) == 12]
        if data != source.nonce or len(credentials) != 1:
            return 0
        return struct.unpack("3i", credentials[0])[0]

    def hear_source(self, fd):
        source = self.sources[fd]
        if source.number is not None:
            return self.read_source(source)
        pid = self.answered_by(source)
        if pid is None:
            return 0
        line = source.line
        if pid != line[0][0] or self.origin(pid) != line:
            self.drop_source(source)
            self.once("events_refused", "a process that is not the tool wanted to report events, and was refused")
            return 0
        if line[0] in self.between:
            # It turns out to be the tool, and what it had started, before it had come so far, has reported.
            message = "a process that the tool had started reported events before the tool did: they may be forged"
            self.once("events_forged", message)
            for other in list(self.sources.values()):
                if other.number is not None and line[0] in other.line[1:]:
                    self.drop_source(other)
        if len(self.reporting) + len(self.between) > 1024:
            # What has ended is nobody's ancestor, and connects no more.
            self.reporting, self.between = [
                {p for p in known if (self.processes.stat(p[0]) or [b""] * 20)[19] == p[1]}
                for known in (self.reporting, self.between)
            ]
        self.reporting.add(line[0])
        self.between.update(line[1:])
        source.number, self.source_count = self.source_count, self.source_count + 1
        try:
            from _socket import SOL_SOCKET, SO_PASSCRED

            source.socket.setsockopt(SOL_SOCKET, SO_PASSCRED, 0)
            source.socket.send(octets("%s %d\n" % (self.job["events"]["token"], source.number)))
        except OSError:
            self.drop_source(source)
        return 0

    def drop_source(self, source):
        self.sources.pop(source.socket.fileno(), None)
        source.socket.close()

    def read_events(self):
        """What has come from all that report; bytes taken."""
        total = 0
        for source in list(self.sources.values()):
            if source.number is not None:
                total += self.read_source(source)
        return total

    def read_source(self, source):
        total, fd, buffer = 0, source.socket.fileno(), source.buffer
        while total < SHARE:
            try:
                data = os.read(fd, CHUNK)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                data = b""
            if not data:
                self.drop_source(source)
                break
            total += len(data)
            buffer += data
            position, size = 0, len(buffer)
            while size - position >= 8:
                marker, length = CHANNEL.unpack_from(buffer, position)
                start = position + 8
                if length > MAX_EVENT or not marker:
                    self.drop_source(source)
                    self.once("events_broken", "what a tool reported is no event: it is not listened to any more")
                    return total
                if size - start < length:
                    break
                position = start + length
                view = memoryview(buffer)
                payload = b"".join((EVENT_ID.pack(source.number, marker), view[start:position]))
                view.release()
                self.outbox.put(EVENT, payload)
                self.counts["event"] += length
            del buffer[:position]
        if len(buffer) > CHUNK and sum([len(other.buffer) for other in self.sources.values()]) > MAX_PENDING:
            self.drop_source(source)
            self.once("events_broken", "there is no room for all large events at once: a tool is not listened to any more")
        if total:
            self.last_output = monotonic()
        return total


class Tool:
    """How the tool begins. A part of Shim."""

    def begin(self, payload):
        try:
            try:
                job = parse_json(payload.decode("utf-8", "surrogatepass"))
            except ValueError as error:
                raise Refused("JOB_INVALID", "the job document is not JSON: %s" % error, 1)
            self.job = checked(job)
            self.outbox.memory_limit = job["limits"]["memoryBytes"]
            self.outbox.spill.limit = job["limits"]["spillBytes"]
            self.start(job)
        except Refused as error:
            self.refuse(error)
        except Exception as error:
            self.refuse(Refused("SHIM_FAILED", "%s: %s" % (type(error).__name__, error), 1))

    def refuse(self, error):
        details = {"code": error.code, "message": error.message, "candidates": error.candidates}
        self.outbox.put_json(FAILED, details)
        self.finish({"code": error.status, "signal": None, "why": self.why})

    def write_files(self, job):
        for name, content in job["files"].items():
            directory = self.job_dir
            for part in name.split("/")[:-1]:
                directory = os.path.join(directory, part)
                if not os.path.isdir(octets(directory)):
                    os.mkdir(octets(directory), 0o700)
            if isinstance(content.get("text"), str):
                data = octets(content["text"])
            else:
                data = a2b_base64(content["base64"])
            path = octets(os.path.join(self.job_dir, name))
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(data)
                if "mode" in content:
                    os.fchmod(file.fileno(), content["mode"])

    def make_mirrors(self, job):
        names = [octets(name) for name in list(job["files"]) + list(job["mirrors"])]
        for name, target in sorted(job["mirrors"].items()):
            path = octets(name) + b"/"
            below = [other[len(path) :].split(b"/") for other in names if other.startswith(path)]
            place = os.path.join(octets(self.job_dir), octets(name))
            if not os.path.isdir(place):
                os.makedirs(place, 0o700)
            self.mirror(octets(target.replace("@JOB_DIR@", self.job_dir)), place, below)

    def mirror(self, target, place, below):
        """Links to what is in `target`, in `place`. What comes `below` from elsewhere has precedence, name by name."""
        try:
            entries = os.listdir(target)
        except FileNotFoundError:
            entries = []
        taken = {}
        for parts in below:
            taken.setdefault(parts[0], []).append(parts[1:])
        for entry in entries:
            inner = taken.get(entry)
            if inner is None:
                os.symlink(os.path.join(target, entry), os.path.join(place, entry))
            elif [] not in inner and os.path.isdir(os.path.join(target, entry)):
                os.mkdir(os.path.join(place, entry), 0o700)
                self.mirror(os.path.join(target, entry), os.path.join(place, entry), inner)

    def compile_prompts(self, job):
        patterns = []
        if job["prompts"]:
            import re
            import warnings

            warnings.simplefilter("ignore")
            for prompt in job["prompts"]:
                try:
                    patterns.append((re.compile(prompt["pattern"], re.MULTILINE), prompt["answer"]))
                except Exception as error:
                    message = "the prompt pattern %s is no regular expression: %s" % (prompt["pattern"], error)
                    self.notice("pattern", message, {"pattern": prompt["pattern"]})
        return patterns

    def answer(self, text):
        self.stdin_queue.append(octets(text) + b"\n")
        self.feed_tool()

    def environment(self, job):
        env = dict(os.environb) if job.get("inheritEnvironment") else {}
        for name, value in job["env"].items():
            env[octets(name)] = octets(value.replace("@JOB_DIR@", self.job_dir))
        env.setdefault(b"PATH", DEFAULT_PATH.encode())
        home = env.get(b"HOME", b"/")
        if home in (b"", b"/") or not os.access(home, os.W_OK | os.X_OK):
            env[b"HOME"] = octets(self.other_home(home))
        return env

    def other_home(self, home):
        """A home that can be written, which shows what is in the one that cannot. On a disk, from where programs may be started: the tool puts there what it sends to hosts."""
        parents = [p for p in temp_dirs() if p and p != "/dev/shm" and os.path.isdir(p) and not os.statvfs(p).f_flag & os.ST_NOEXEC]
        self.home = attempt(make_dir, parents)
        place = self.home or os.path.join(self.job_dir, "home")
        if not os.path.isdir(place):
            os.mkdir(place, 0o700)
        if home not in (b"", b"/"):
            attempt(self.mirror, home, octets(place), [[b".ansible", b"tmp"], [b".ansible", b"cp"]])
        return place

    def bring_home(self, job):
        """What the job made or replaced beside a play that was given as data goes where its project is. Links to the project, and the play itself, stay behind."""
        for name, target in job["mirrors"].items():
            if name + "/play.json" in job["files"]:
                attempt(move_new, octets(os.path.join(self.job_dir, name)), octets(target.replace("@JOB_DIR@", self.job_dir)), (b"play.json",))

    def start(self, job):
        self.make_mirrors(job)
        self.write_files(job)
        env = self.environment(job)
        cwd = octets(job["cwd"].replace("@JOB_DIR@", self.job_dir))
        if not os.path.isdir(cwd) and job.get("createCwd"):
            attempt(os.makedirs, cwd)
        if not os.path.isdir(cwd):
            raise Refused("CWD_MISSING", "the working directory %s does not exist" % job["cwd"], 1)
        name, path = find_tool(job, env)
        family = "distronode" if os.path.basename(name).startswith("distronode") else "ansible"
        fill_in_configured(env, dict(os.environb) if job.get("inheritEnvironment") else {}, cwd, family)
        if os.path.basename(name).startswith("distronode"):
            # Such a tool reads its variables by another prefix.
            twins = {"DISTRONODE_" + key[8:]: octets(key) for key in job["env"] if key.startswith("ANSIBLE_")}
            env.update({octets(twin): env[key] for twin, key in twins.items() if twin not in job["env"]})
        argv = [name] + [a.replace("@JOB_DIR@", self.job_dir) for a in job["argv"][1:]]
        patterns = self.compile_prompts(job)
        if job.get("sshKey") is not None:
            learn("Agent")
            self.start_agent(job.pop("sshKey"), job.pop("sshKeyPassphrase", None), env, patterns, str(job.get("ident")))

        theirs, ours = [None, None, None], []  # the tool's 0, 1, 2 and what is closed here after the fork
        null = os.open("/dev/null", os.O_RDWR)
        ours.append(null)
        slave = -1
        if job.get("tty") is not None:
            self.master, slave = os.openpty()
            ours.append(slave)
            self.silence_echo(slave)
            self.resize(job["tty"])
            theirs[1] = slave
            self.streams[self.master] = STDOUT
            nonblocking(self.master)
            self.dialogue = part("Dialogue")(patterns, (job.get("events") or {}).get("token"))
            if job.get("stdin") == "pipe" or job["prompts"]:
                theirs[0] = slave
                self.stdin = os.dup(self.master)
        else:
            theirs[1] = self.stream(STDOUT, ours)
            if job.get("stdin") == "pipe":
                theirs[0], self.stdin = os.pipe()
                ours.append(theirs[0])
                nonblocking(self.stdin)
        if theirs[0] is None:
            theirs[0] = null
        theirs[2] = theirs[1] if job.get("mergeStderr", True) else self.stream(STDERR, ours)

        env.pop(b"DISTRONODE_RUNNER_EVENTS", None)
        if job.get("events") is not None:
            self.open_events(env)
        if not self.processes.init or os.geteuid() == 0:
            self.processes.hide()

        failure, told = os.pipe()
        ours.append(told)
        pid = os.fork()
        if pid == 0:
            self.become(path, [octets(a) for a in argv], env, cwd, theirs, told, slave)
        self.tool = self.processes.group = pid
        for fd in ours:
            os.close(fd)
        report = os.read(failure, 64)
        os.close(failure)
        if report:
            self.close_tool_fds()
            number = int(report)
            if number in (errno.ENOENT, errno.ENOTDIR):
                message = "%s: its interpreter does not exist" % path.decode("utf-8", "replace")
                raise Refused("TOOL_NOT_FOUND", message, 127, [name])
            message = "%s: %s" % (path.decode("utf-8", "replace"), os.strerror(number))
            if number in (errno.EACCES, errno.EPERM, errno.ENOEXEC, errno.E2BIG):
                raise Refused("TOOL_NOT_EXECUTABLE", message, 126, [name])
            raise Refused("SHIM_FAILED", message, 1)
        now = monotonic()
        self.started_at = self.last_output = now
        if job["clocks"]["heartbeat"]:
            self.next_beat = now + job["clocks"]["heartbeat"]
        self.outbox.put_json(STARTED, {"pid": pid, "argv": argv, "cwd": cwd.decode("utf-8", "replace")})
        if self.stdin_ends or self.stdin_queue:
            self.feed_tool()
        if isinstance(job.get("id"), str) and job.get("attachKey"):
            self.open_door()
        if self.processes.init and os.geteuid() != 0:
            # Costs more than the tool's first moments are worth, in which it knows nothing of the job's secrets yet.
            self.outbox.send()
            self.processes.hide()

    def stream(self, kind, ours):
        reading, writing = os.pipe()
        grow_pipe(reading)
        nonblocking(reading)
        self.streams[reading] = kind
        ours.append(writing)
        return writing

    def become(self, path, argv, env, cwd, theirs, told, slave):
        """In the forked child: turn into the tool, or tell why not."""
        try:
            signals.set_wakeup_fd(-1)
            os.setsid()
            self.processes.die_with_parent()
            if slave >= 0:
                from fcntl import ioctl
                from termios import TIOCSCTTY

                ioctl(slave, TIOCSCTTY, 0)
            os.chdir(cwd)
            told = take_places(theirs, told)
            default_signals()
            os.execve(path, argv, env)
        except OSError as error:
            os.write(told, str(error.errno).encode())
        except BaseException:
            os.write(told, str(errno.EINVAL).encode())
        os._exit(127)

    def silence_echo(self, fd):
        import termios

        mode = termios.tcgetattr(fd)
        mode[3] &= ~(termios.ECHO | termios.ECHOE | termios.ECHOK | termios.ECHONL)
        termios.tcsetattr(fd, termios.TCSANOW, mode)

    def resize(self, size):
        from fcntl import ioctl
        from termios import TIOCSWINSZ

        rows, cols = int(size.get("rows") or 24), int(size.get("cols") or 80)
        attempt(ioctl, self.master, TIOCSWINSZ, struct.pack("HHHH", rows & 0xFFFF, cols & 0xFFFF, 0, 0))

    def close_tool_fds(self):
        for fd in [self.stdin] + list(self.streams):
            if fd >= 0:
                attempt(os.close, fd)
        self.streams.clear()
        self.stdin = self.master = -1
        for source in list(self.sources.values()):
            self.drop_source(source)
        if self.events is not None:
            self.events.close()
            self.events = None

    def feed_tool(self):
        queue = self.stdin_queue
        try:
            while queue:
                written = os.write(self.stdin, queue[0])
                if written < len(queue[0]):
                    queue[0] = queue[0][written:]
                    return
                queue.popleft()
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            queue.clear()
            self.stdin_ends = True
        if self.stdin_ends:
            if self.master >= 0:
                attempt(os.write, self.stdin, b"\x04")
                self.stdin_ends = False
            else:
                os.close(self.stdin)
                self.stdin = -1


# Later Agent
class Agent:
    """The job's SSH key and the agent that holds it. A part of Shim."""

    def start_agent(self, key, passphrase, env, patterns, ident):
        agent, add = which(b"ssh-agent", env[b"PATH"]), which(b"ssh-add", env[b"PATH"])
        own = {name: env[name] for name in (b"PATH", b"HOME", b"LD_LIBRARY_PATH") if name in env}
        own[b"LC_ALL"] = b"C"
        address = octets(os.path.join(self.job_dir, "agent.sock"))
        null = os.open("/dev/null", os.O_RDWR)
        reading, writing = os.pipe()
        try:
            argv = [b"ssh-agent", b"-D", b"-a", address]
            self.agent = self.processes.spawn(agent, argv, own, [null, null, writing])
            os.close(writing)
            writing = -1
            self.await_agent(address, reading)
        finally:
            for fd in (null, reading, writing):
                if fd >= 0:
                    os.close(fd)
        env[b"SSH_AUTH_SOCK"] = own[b"SSH_AUTH_SOCK"] = address
        env[b"SSH_AGENT_PID"] = str(self.agent).encode()
        self.load_key(add, own, key, passphrase, patterns, ident)

    def await_agent(self, address, errors):
        from _socket import socket, AF_UNIX, SOCK_STREAM

        until = monotonic() + 10
        while True:
            self.reap()
            end = socket(AF_UNIX, SOCK_STREAM)
            try:
                end.connect(address)
                return
            except OSError:
                pass
            finally:
                end.close()
            if not self.agent or monotonic() > until:
                nonblocking(errors)
                words = (attempt(os.read, errors, 4096) or b"").decode("utf-8", "replace").strip()
                raise Refused("SSH_AGENT_MISSING", "ssh-agent did not start: " + (words or "it gave no reason"), 1)
            time.sleep(0.002)

    def load_key(self, add, env, key, given, patterns, ident):
        # ssh-add, its input being the key, asks through a program. Not a script: the job's directory may be on a file
        # system that runs none. So it is the interpreter, and what that imports first is the program.
        asker = os.path.join(self.job_dir, "askpass")
        os.mkdir(asker, 0o700)
        with open(os.path.join(asker, "sitecustomize.py"), "w") as file:
            file.write(ASKER)
        env.update({b"SSH_ASKPASS": octets(sys.executable or "python3"), b"SSH_ASKPASS_REQUIRE": b"force"})
        env.update({b"DISPLAY": b":0", b"PYTHONPATH": octets(asker), b"PYTHONDONTWRITEBYTECODE": b"1"})
        passphrase = given or self.passphrase(patterns, ident)
        if passphrase:
            env[b"DISTRONODE_RUNNER_PASSPHRASE"] = octets(passphrase)
        text = key.replace("\r\n", "\n").replace("\r", "\n").strip() + "\n"
        code, words = self.converse(add, [b"ssh-add", b"-"], env, octets(text))
        remove_tree(asker)
        if code == 0:
            return
        asked = [line[1:] for line in words.split("\n") if line[:1] == "\1"]
        if code is None:
            message = "ssh-add did not end in %s" % seconds(ADD_TIME)
        elif asked and passphrase and any(line.startswith("Bad") for line in asked):
            which_one = "the one that was given" if given else "the answer that env/passwords has for it"
            message = "the SSH key has a passphrase, and %s is wrong" % which_one
        elif asked and not passphrase:
            message = "the SSH key has a passphrase: env/secrets can hold it, as ssh_key"
        else:
            lines = [line.strip() for line in words.split("\n") if line.strip() and line[:1] != "\1"]
            secret = [line.strip() for line in text.split("\n") if len(line) > 7]
            lines = [line for line in lines if not any(part in line for part in secret)]
            message = "ssh-add: " + ("; ".join(lines) or "exit code %d" % code)
        raise Refused("SSH_AGENT_MISSING" if code == 2 else "SSH_KEY_INVALID", message, 1)

    def passphrase(self, patterns, ident):
        """The answer to what ssh-add asks here, and to what it asks when it reads a key from a file."""
        for question in ("Enter passphrase for %s: ", "Bad passphrase, try again for %s: "):
            for name in ("(stdin)", "/runner/artifacts/%s/ssh_key_data" % ident):
                for pattern, answer in patterns:
                    if answer and pattern.search(question % name):
                        return answer
        return None

    def converse(self, path, argv, env, data):
        """Exit code, or None if it took too long, and output of a helper that reads `data`."""
        theirs, writing = os.pipe()
        reading, output = os.pipe()
        pid = self.processes.spawn(path, argv, env, [theirs, output, output])
        os.close(theirs)
        os.close(output)
        nonblocking(writing)
        poll, words, until = select.poll(), b"", monotonic() + ADD_TIME
        poll.register(writing, select.POLLOUT)
        poll.register(reading, select.POLLIN)
        late, part = False, b"-"
        while part:
            left = until - monotonic()
            if left <= 0:
                late = True
                attempt(os.kill, pid, 9)
                break
            for fd, _ in poll.poll(left * 1000 + 1):
                if fd == reading:
                    part = os.read(reading, 65536)
                    words = (words + part)[-65536:]
                    continue
                try:
                    data = data[os.write(writing, data) :]
                except (BlockingIOError, InterruptedError):
                    continue
                except OSError:
                    data = b""
                if not data:
                    poll.unregister(writing)
                    os.close(writing)
                    writing = -1
        for fd in (reading, writing):
            if fd >= 0:
                os.close(fd)
        status = os.waitpid(pid, 0)[1]
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)
        return None if late else code, words.decode("utf-8", "replace")


class Output:
    """What the job says. A part of Shim."""

    def notice(self, kind, message, details=None):
        value = {"kind": kind, "message": message}
        if details is not None:
            value["details"] = details
        self.outbox.put_json(NOTICE, value)

    def once(self, kind, message):
        """A notice of something that may happen again and again."""
        if kind not in self.noticed:
            self.noticed.add(kind)
            self.notice(kind, message)

    def read_stream(self, fd):
        """Bytes taken, 0 at the end of the stream, None if there is nothing now."""
        try:
            data = os.read(fd, CHUNK)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            data = b""  # a terminal whose last user left says EIO
        # What the tool told the channel before it wrote this goes first: its markers are in `data`.
        if self.sources:
            self.read_events()
        if not data:
            os.close(fd)
            if fd == self.master:
                self.master = -1
            del self.streams[fd]
            return 0
        kind = self.streams[fd]
        self.outbox.put(kind, data)
        self.counts["stdout" if kind == STDOUT else "stderr"] += len(data)
        self.last_output = monotonic()
        if fd == self.master:
            self.dialogue.hear(data, self.last_output)
        return len(data)


class Ends:
    """How a job ends. A part of Shim."""

    def cancel(self, grace, why):
        if self.job is None or self.started_at is None or self.exited_at is not None:
            if self.exited_at is not None and not self.ended:
                self.kill()
            return
        now = monotonic()
        first = self.why is None
        if first:
            self.why = why
        if grace <= 0:
            if not first and not self.killed:
                message = "the owner gives the job no more time: it is killed with SIGKILL"
                self.notice("escalation", message, {"signal": "SIGKILL"})
            self.kill()
            return
        self.kill_at = min(self.kill_at or now + grace, now + grace)
        if first:
            self.term_at = now + grace / 2.0
            self.processes.signal_group(2)
        elif self.term_at is not None:
            self.term_at = min(self.term_at, now + grace / 2.0)

    def kill(self):
        self.term_at = self.kill_at = None
        self.killed = True
        self.processes.kill_everything(self.reap)

    def reap(self):
        """Whether there was no child left."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except OSError:
                return True
            if pid == 0:
                return False
            if pid == self.tool and self.exited_at is None:
                self.status, self.usage = status, usage
                self.exited_at = self.last_output = monotonic()
                self.term_at = self.kill_at = None
                if os.WIFSIGNALED(status):
                    # It could not end what it had started in its own group. What has a session of its own is meant to stay.
                    self.processes.signal_group(9)
            elif pid == self.agent:
                self.agent = 0

    def drained(self, now):
        if not self.streams and all(source.number is None for source in self.sources.values()):
            return True
        return now - self.last_output >= SILENCE or now - self.exited_at >= DRAIN

    def take_what_is_there(self):
        """The last look at the pipes before they are closed."""
        for fd in list(self.streams):
            for _ in range(1 + 2 * PIPE_SIZE // 4096):
                if not self.read_stream(fd):
                    break
        self.read_events()

    def exited(self):
        status = self.status
        result = {"code": None, "signal": None, "why": self.why}
        if os.WIFSIGNALED(status):
            result["signal"] = signal_name(os.WTERMSIG(status))
        else:
            result["code"] = os.WEXITSTATUS(status)
        self.finish(result)

    def finish(self, result):
        self.close_tool_fds()
        self.stop_agent()
        if self.tool is not None:
            self.bring_home(self.job)
        self.empty_job_dir()
        if self.home is not None:
            remove_tree(self.home)
        usage = self.usage
        result["userSeconds"] = round(usage.ru_utime, 6) if usage else 0
        result["systemSeconds"] = round(usage.ru_stime, 6) if usage else 0
        result["maxRssKiB"] = usage.ru_maxrss if usage else 0
        result["oomKills"] = oom_kills() - self.oom_kills
        result["sources"] = self.source_count
        self.outbox.put_json(EXITED, result)
        totals = {"frames": self.outbox.sequence, "bytes": self.counts, "crc32": self.outbox.checksum}
        self.outbox.put_json(END, totals)
        self.ended = True
        self.end_at = self.outbox.progress = monotonic()

    def stop_agent(self):
        if self.agent:
            attempt(os.kill, self.agent, 9)
            attempt(os.waitpid, self.agent, 0)
            self.agent = 0

    def empty_job_dir(self):
        """Nothing of the job stays but the door, for an owner who comes late."""
        if self.door is None:
            self.remove_job_dir()
            return
        for entry in attempt(os.scandir, self.job_dir) or ():
            if entry.is_dir(follow_symlinks=False):
                remove_tree(entry.path)
            elif entry.name != self.job["id"] + ".sock":
                attempt(os.unlink, entry.path)

    def remove_job_dir(self):
        if self.job_dir is not None and os.path.lexists(self.job_dir):
            remove_tree(self.job_dir)


class Shim(Owner, Door, Events, Tool, Output, Ends):
    """The state of one job, and the loop."""

    def __init__(self):
        self.job = self.tool = self.status = self.usage = self.why = None
        self.outbox = Outbox(1)
        self.processes = Processes()
        self.oom_kills = oom_kills()
        self.poll = select.poll()
        self.watched = {}
        self.reader = bytearray()
        # Connections on which events come, or may come; processes that reported, and those between them and the tool;
        # how many reported.
        self.sources, self.reporting, self.between, self.source_count = {}, set(), set(), 0
        self.counts = {"stdout": 0, "stderr": 0, "event": 0}
        self.streams = {}
        self.master = self.stdin = -1
        self.events, self.noticed = None, set()
        self.dialogue, self.agent = None, 0
        self.stdin_queue, self.stdin_ends = deque(), False
        self.down, self.door, self.callers = 0, None, {}
        self.door_place = self.next_look = None
        self.checkpoint = 0, ""
        self.owner_gone_at = None
        self.detached = self.stdin_closed = self.killed = self.ended = False
        self.term_at = self.kill_at = None
        self.exited_at = self.last_output = None
        self.started_at = self.next_beat = self.end_at = self.leave_at = None
        self.last_read = 0.0
        self.job_dir = self.home = None

    def on_signal(self, number, frame):
        if number == signals.SIGCHLD:
            return
        self.stop_asked = True

    stop_asked = False

    def install_signals(self):
        reading, writing = os.pipe()
        nonblocking(reading)
        nonblocking(writing)
        self.wakeup = reading
        signals.set_wakeup_fd(writing)
        for name in ("SIGCHLD", "SIGTERM", "SIGINT"):
            signals.signal(getattr(signals, name), self.on_signal)
        signals.signal(signals.SIGHUP, lambda number, frame: None)
        signals.pthread_sigmask(signals.SIG_SETMASK, [])

    def watch(self, wanted):
        watched = self.watched
        for fd in [fd for fd in watched if fd not in wanted]:
            try:
                self.poll.unregister(fd)
            except (KeyError, OSError):
                pass
            del watched[fd]
        for fd, mask in wanted.items():
            if watched.get(fd) != mask:
                self.poll.register(fd, mask)
                watched[fd] = mask

    def wanted(self, full):
        wanted = {self.wakeup: select.POLLIN}
        if not self.stdin_closed:
            wanted[self.down] = select.POLLIN
        if self.outbox.unsent and not self.outbox.broken:
            wanted[self.outbox.fd] = wanted.get(self.outbox.fd, 0) | select.POLLOUT
        if self.door is not None:
            wanted[self.door.fileno()] = select.POLLIN
            for fd in self.callers:
                wanted[fd] = select.POLLIN
        if self.events is not None:
            wanted[self.events.fileno()] = select.POLLIN
        for fd, source in self.sources.items():
            if not full or source.number is None:
                wanted[fd] = select.POLLIN
        if not full:
            for fd in self.streams:
                wanted[fd] = select.POLLIN
        if self.stdin >= 0 and self.stdin_queue:
            wanted[self.stdin] = select.POLLOUT
        return wanted

    def clocks(self, now, full):
        """Runs what is due; answers when to look again."""
        due = []
        job = self.job
        if self.outbox.broken and not self.ended:
            self.owner_left()
        for fd, caller in list(self.callers.items()):
            if now >= caller.until:
                self.dismiss(fd)
            else:
                due.append(caller.until)
        for source in list(self.sources.values()):
            if source.number is None:
                if now >= source.until:
                    self.drop_source(source)
                else:
                    due.append(source.until)
        if self.next_look is not None and not (self.ended and self.door is None):
            if now >= self.next_look:
                self.look_after_door(now)
            due.append(self.next_look)
        if self.ended:
            clocks = job["clocks"] if isinstance(job, dict) and "clocks" in job else {"linger": 0, "keep": 0}
            # An owner that is only slow is waited for; one that has read all has `linger` to say so. When there is none,
            # what is not stored is kept for the next.
            gone = self.stdin_closed or self.outbox.broken
            self.leave_at = None
            if gone or not self.outbox.unsent:
                self.leave_at = max(self.end_at, self.outbox.progress) + (clocks["keep"] if gone else clocks["linger"])
                due.append(self.leave_at)
            return due
        if job is None or self.started_at is None:
            return due
        clocks = job["clocks"]
        if self.exited_at is not None:
            if full:
                self.exited_at = self.last_output = now
            due.append(min(self.last_output + SILENCE, self.exited_at + DRAIN))
            return due
        if full:
            self.last_output = now
        elif self.dialogue is not None and self.master >= 0:
            when = self.dialogue.turn(now, self.answer, self.notice)
            if when is not None:
                due.append(when)
        if self.why is None:
            if clocks["job"]:
                if now >= self.started_at + clocks["job"]:
                    self.notice("clock", "the job's time of %s is over" % seconds(clocks["job"]), {"clock": "job"})
                    self.cancel(clocks["grace"], "job_timeout")
                due.append(self.started_at + clocks["job"])
            if clocks["idle"]:
                if now >= self.last_output + clocks["idle"] and self.why is None:
                    self.notice("clock", "the job said nothing for %s" % seconds(clocks["idle"]), {"clock": "idle"})
                    self.cancel(clocks["grace"], "idle_timeout")
                due.append(self.last_output + clocks["idle"])
            asking = self.dialogue.asking if self.dialogue is not None else None
            if clocks["prompt"] and asking is not None and self.why is None:
                if now >= asking + clocks["prompt"]:
                    message = "nobody answered the job's question for %s" % seconds(clocks["prompt"])
                    self.notice("clock", message, {"clock": "prompt"})
                    self.cancel(clocks["grace"], "prompt_timeout")
                due.append(asking + clocks["prompt"])
            gone = self.owner_gone_at
            if gone is not None and clocks["lease"] and job.get("ownerGone") != "continue" and self.why is None:
                if now >= gone + clocks["lease"]:
                    message = "the job's owner was gone for %s" % seconds(clocks["lease"])
                    self.notice("clock", message, {"clock": "lease"})
                    self.cancel(clocks["grace"], "owner_gone")
                due.append(gone + clocks["lease"])
        if self.term_at is not None:
            if now >= self.term_at:
                self.term_at = None
                self.notice("escalation", "SIGINT did not end the job: SIGTERM follows", {"signal": "SIGTERM"})
                self.processes.signal_group(15)
            else:
                due.append(self.term_at)
        if self.kill_at is not None:
            if now >= self.kill_at:
                message = "the job's time to end is over: it is killed with SIGKILL"
                self.notice("escalation", message, {"signal": "SIGKILL"})
                self.kill()
                due.append(now)
            else:
                due.append(self.kill_at)
        elif self.killed and self.exited_at is None:
            due.append(now + 0.5)
        if self.next_beat is not None:
            if now >= self.next_beat:
                self.next_beat = now + clocks["heartbeat"]
                self.outbox.beat(self.processes.usage())
            due.append(self.next_beat)
        return due

    def run(self):
        outbox = self.outbox
        self.install_signals()
        nonblocking(1)
        self.job_dir = make_dir(["/dev/shm"] + temp_dirs())
        outbox.put_json(
            READY,
            {
                "shim": 1,
                "python": "%d.%d.%d" % sys.version_info[:3],
                "pid": os.getpid(),
                "uid": os.getuid(),
                "gid": os.getgid(),
                "cwd": os.getcwd(),
                "hostname": os.uname()[1],
                "jobDir": self.job_dir,
            },
        )
        while True:
            outbox.send()
            full = outbox.full() and not self.ended
            now = monotonic()
            due = self.clocks(now, full)
            if self.ended:
                if outbox.settled() or self.leave_at is not None and now >= self.leave_at:
                    return
            elif self.exited_at is not None and not full and self.drained(now):
                self.take_what_is_there()
                self.exited()
                continue
            outbox.send()
            timeout = None
            if due:
                timeout = max(0, int((min(due) - monotonic()) * 1000) + 1)
            self.watch(self.wanted(full))
            ready = self.poll.poll(timeout)
            taken = 0
            for fd, mask in ready:
                if fd == self.wakeup:
                    attempt(os.read, fd, 4096)
                    if self.stop_asked:
                        self.stop_asked = False
                        if self.ended:
                            return
                        if self.job is None:
                            self.refuse(Refused("SHIM_FAILED", "stopped before a job came", 1))
                            continue
                        self.cancel(self.job["clocks"]["grace"], "canceled")
                    self.reap()
                    if self.exited_at is not None and self.why is not None and not self.killed:
                        self.kill()  # a canceled job leaves nothing behind
                elif fd == self.down:
                    if mask != select.POLLOUT:
                        self.read_owner()
                elif fd == outbox.fd:
                    if mask & (select.POLLERR | select.POLLHUP | select.POLLNVAL) and not mask & select.POLLOUT:
                        outbox.broken = True
                elif fd in self.callers:
                    self.hear_caller(fd)
                elif self.door is not None and fd == self.door.fileno():
                    self.admit()
                elif fd in self.streams:
                    taken += self.read_stream(fd) or 0
                elif fd in self.sources:
                    taken += self.hear_source(fd)
                elif self.events is not None and fd == self.events.fileno():
                    self.greet_source()
                elif fd == self.stdin:
                    self.feed_tool()
            # A terminal hands out no more than 4 KiB at a time, however much waits behind it.
            if 0 < taken < (16384 if self.master < 0 else 2048):
                # Many small writes in a row cost a wake-up each, here and at the owner: let them gather for a moment.
                now = monotonic()
                if now - self.last_read < 0.01:
                    outbox.send()
                    time.sleep(0.005)
                self.last_read = monotonic()


def main():
    shim = Shim()
    code = 70
    try:
        shim.run()
        code = 0
    except BaseException as error:
        try:
            text = "distronode-runner shim: %s: %s (line %d)\n"
            line = error.__traceback__
            while line.tb_next is not None:
                line = line.tb_next
            os.write(2, (text % (type(error).__name__, error, line.tb_lineno)).encode("utf-8", "replace"))
        except Exception:
            pass
        shim.processes.kill_everything(shim.reap)
    finally:
        shim.remove_job_dir()
        attempt(os.set_blocking, 1, True)
    os._exit(code)


if __name__ == "__main__":
    main()
