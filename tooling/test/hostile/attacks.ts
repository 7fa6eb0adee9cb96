/** Programs of jobs that fight back. Each is a whole program in Python 3. */

const head = `
import glob, os, signal, socket, struct, subprocess, sys, time
here = os.path.dirname(os.path.abspath(__file__))
def beat():
    fd = os.open(os.path.join(here, "beat"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.write(fd, b"x" * 10)
    os.close(fd)
def beat_for_ever():
    while True:
        beat()
        time.sleep(0.02)
def ignore_all():
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
def job_dir():
    return os.environ["ANSIBLE_CALLBACK_PLUGINS"].split(":")[-1].rsplit("/", 1)[0]
def supervisor():
    return int(open("/proc/%d/stat" % os.getpid()).read().rsplit(")", 1)[1].split()[1]) if "LEVELS" not in os.environ else 1
def report(path=None):
    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    end.settimeout(20)
    try:
        end.connect(path or os.environ["DISTRONODE_RUNNER_EVENTS"])
        end.sendall(end.recv(16) or b"refused")
        said = end.recv(64).decode().split()
        return end, said[0], int(said[1])
    except (OSError, IndexError):
        return None, "refused", -1
`;

const program = (text: string): string => head + text;

/** The first process is stopped, or killed, before or after the job has been seen to run. */
export const stopsParent: string = program(`
os.kill(os.getppid(), signal.SIGSTOP)
beat_for_ever()
`);
export const stopsParentLater: string = program(`
print("begun", flush=True)
for _ in range(20):
    beat()
time.sleep(0.5)
os.kill(os.getppid(), signal.SIGSTOP)
beat_for_ever()
`);
export const killsParent: string = program(`
ignore_all()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        beat_for_ever()
    os._exit(0)
for _ in range(20):
    beat()
time.sleep(0.3)
os.kill(os.getppid(), signal.SIGKILL)
beat_for_ever()
`);
export const killsParentInChains: string = program(`
def chain():
    while True:
        beat()
        if os.fork():
            os._exit(0)
        os.setsid()
if os.fork() == 0:
    chain()
time.sleep(0.5)
os.kill(os.getppid(), signal.SIGKILL)
beat_for_ever()
`);

/** Each process leaves a successor with a session of its own, and goes. */
export const forksInChain: string = program(`
ignore_all()
def chain():
    while True:
        beat()
        if os.fork():
            os._exit(0)
        os.setsid()
for _ in range(3):
    if os.fork() == 0:
        chain()
while True:
    time.sleep(1)
`);
export const forksTwice: string = program(`
ignore_all()
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 64)
            beat_for_ever()
        os._exit(0)
while True:
    time.sleep(1)
`);
/** Bounded: thirty at a time. */
export const storms: string = program(`
ignore_all()
for _ in range(30):
    if os.fork() == 0:
        while True:
            beat()
            if os.fork():
                os._exit(0)
            if os.fork() == 0:
                os._exit(0)
            time.sleep(0.001)
while True:
    time.sleep(1)
`);

/** The tool itself reports what is none, or for ever. */
export const floods: string = program(`
end, token, source = report()
text = b'{"uuid":"u","event":"verbose","event_data":{},"x":"' + b"y" * 1048000 + b'"}'
number = 0
while True:
    number += 1
    end.sendall(struct.pack(">II", number, len(text)) + text)
`);
export const floodsWithGarbage: string = program(`
end, token, source = report()
try:
    while True:
        end.sendall(b"\\xff" * 65536)
except OSError:
    print("closed", flush=True)
end, token, source = report()
try:
    end.sendall(struct.pack(">II", 1, 0xfffffff0))
    while True:
        end.sendall(b"x" * 65536)
except OSError:
    print("closed", flush=True)
print("done", flush=True)
`);
export const beginsLargeEvents: string = program(`
ends = []
for _ in range(6):
    if os.fork() == 0:
        end, token, source = report()
        try:
            end.sendall(struct.pack(">II", 1, 67108864))
            for _ in range(67000000 // 65536):
                end.sendall(b"x" * 65536)
            time.sleep(600)
        except OSError:
            pass
        os._exit(0)
time.sleep(600)
`);
export const saysNothing: string = program(`
ends = []
for _ in range(200):
    for path in glob.glob(job_dir() + "/*.sock"):
        end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        end.setblocking(False)
        try:
            end.connect(path)
        except OSError:
            pass
        ends.append(end)
time.sleep(1)
end, token, source = report()
if end is not None:
    text = b'{"uuid":"u1","event":"verbose","event_data":{}}'
    end.sendall(struct.pack(">II", 1, len(text)) + text)
print("reported" if end is not None else "kept out", flush=True)
`);

/** A job that wants to be its own owner. */
export const attachesItself: string = program(`
def attach(body):
    path = [p for p in glob.glob(job_dir() + "/*.sock") if not p.endswith("events.sock")][0]
    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    end.settimeout(10)
    try:
        end.connect(path)
        end.sendall(struct.pack(">BI", 9, len(body)) + body)
        said = end.recv(65536)
        while b"CONTEXT" not in said and b"context" not in said:
            part = end.recv(65536)
            if not part:
                return "refused"
            said += part
        return "owner"
    except OSError:
        return "refused"
body = b'{"force":true,"after":0,"nonce":"x","mac":"' + b"0" * 64 + b'"}'
said = [attach(b'{"force":true}'), attach(body)]
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(0.3)
        os.write(writing, attach(body).encode())
    os._exit(0)
os.close(writing)
said.append(os.read(reading, 100).decode())
print("said", *said, flush=True)
`);

/** Something else stands where the way to the job was, and says that it is the job. */
export const fakesDoor: string = program(`
real = [p for p in glob.glob(job_dir() + "/*.sock") if not p.endswith("events.sock")][0]
name = os.path.basename(real)
fake = "/dev/shm/distronode-runner-0000000000000000"
os.makedirs(fake, exist_ok=True)
def stand(path):
    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    end.bind(path)
    end.listen(20)
    return end
os.unlink(real)
doors = [stand(fake + "/" + name), stand(real)]
payload = b'{"after":0,"state":"","context":"{}","mac":""}'
frame = struct.pack(">2sBBIQd", b"DR", 2, 11, len(payload), 0, time.time()) + payload
def serve(door):
    while True:
        end, _ = door.accept()
        try:
            end.sendall(b"\\x00DISTRONODE-RUNNER-SHIM 2\\n" + struct.pack(">2sBBIQd", b"DR", 2, 12, 16, 0, time.time()) + b'{"nonce":"mine"}')
            with open(os.path.join(here, "heard"), "ab") as file:
                file.write(end.recv(65536))
            end.sendall(frame)
        except OSError:
            pass
for door in doors:
    if os.fork() == 0:
        serve(door)
print("stands", flush=True)
while not os.path.exists(os.path.join(here, "go")):
    beat()
    time.sleep(0.05)
print("told to go", flush=True)
subprocess.call(["rm", "-rf", fake])
`);
