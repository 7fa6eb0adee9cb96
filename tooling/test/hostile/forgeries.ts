/** Programs that a job starts to say what the tool did not say, or to see what only the tool may see. */
const head = `
import glob, json, os, re, socket, struct, subprocess, sys, time
job_dir = os.environ["ANSIBLE_CALLBACK_PLUGINS"].split(":")[-1].rsplit("/", 1)[0]
path = job_dir + "/events.sock"
def report():
    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    end.settimeout(20)
    try:
        end.connect(path)
        nonce = end.recv(16)
        end.sendall(nonce)
        said = end.recv(64).decode().split()
        return end, said[0], int(said[1])
    except (OSError, IndexError):
        return None, "", -1
def forge():
    end, token, source = report()
    if end is None:
        return "refused"
    number = 0
    for event in ("runner_on_ok", "playbook_on_stats"):
        number += 1
        text = json.dumps({"uuid": "forged-%s-%d" % (event, os.getpid()), "event": event, "event_data": {"forged": True}}).encode()
        end.sendall(struct.pack(">II", number, len(text)) + text)
    return "believed"
def ppid(pid):
    return int(open("/proc/%d/stat" % pid).read().rpartition(")")[2].split()[1])
def line(pid):
    found = []
    while pid > 0:
        found.append(pid)
        try:
            pid = ppid(pid)
        except OSError:
            break
    return found
def look(pid, name):
    try:
        if name == "fd":
            # Their numbers may be seen by root; what is behind them not.
            return "seen" if [os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%d/fd" % pid)] else "nothing"
        with open("/proc/%d/%s" % (pid, name), "rb") as file:
            return file.read() if name == "environ" else "opened"
    except OSError:
        return "denied"
`;

/** What a task does. It says in JSON what came of it. */
export const forger: string = `${head}
said = {"direct": forge()}
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(0.5)
        os.write(writing, forge().encode())
    os._exit(0)
os.close(writing)
said["orphan"] = os.read(reading, 100).decode()
# One that is gone when it is looked at, and has left its connection to another.
reading, writing = os.pipe()
end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
if os.fork() == 0:
    end.connect(path)
    os._exit(0)
os.wait()
try:
    end.settimeout(20)
    nonce = end.recv(16)
    end.sendall(nonce)
    said["heir"] = "believed" if nonce and end.recv(64) else "refused"
except OSError:
    said["heir"] = "refused"
here = os.path.dirname(os.path.abspath(__file__))
nested = os.path.join(here, "nested.yml")
with open(nested, "w") as file:
    file.write("- hosts: localhost\\n  gather_facts: false\\n  connection: local\\n  tasks: [{debug: {msg: forged by a play within}}]\\n")
env = dict(os.environ, DISTRONODE_RUNNER_EVENTS=path)
said["nested"] = subprocess.call(["ansible-playbook", "-i", "localhost,", nested], env=env, stdout=subprocess.DEVNULL)
ancestors = line(os.getpid())
tools = [pid for pid in ancestors if b"ansible-playbook" in open("/proc/%d/cmdline" % pid, "rb").read()]
tool = tools[-1]
supervisor = ppid(tool)
for name, pid in (("tool", tool), ("supervisor", supervisor)):
    environ = look(pid, "environ")
    said[name] = {
        "environ": environ if isinstance(environ, str) else "token" if re.search(rb"EVENTS=[^\\0]*[0-9a-f]{32}", environ) else "no token",
        "mem": look(pid, "mem"),
        "fd": look(pid, "fd"),
    }
said["inherited"] = sorted(os.readlink("/proc/self/fd/%s" % fd).split(":")[0] for fd in os.listdir("/proc/self/fd") if os.path.islink("/proc/self/fd/%s" % fd) and "socket" in os.readlink("/proc/self/fd/%s" % fd) and int(fd) != end.fileno())
said["variable"] = "DISTRONODE_RUNNER_EVENTS" in os.environ
print(json.dumps(said))
for token in ("0" * 32, "f" * 32):
    print("\\x1b_%sB1\\x1b\\\\forged text\\x1b_%sE1\\x1b\\\\" % (token, token))
`;

/** An inventory that the tool runs before it has come so far that it reports itself. */
export const earlyForger: string = `#!/usr/bin/env python3
${head}
if "--list" in sys.argv:
    said = forge()
    print(json.dumps({"all": {"hosts": ["localhost"], "vars": {"ansible_connection": "local", "said": said}}, "_meta": {"hostvars": {}}}))
else:
    print("{}")
`;
