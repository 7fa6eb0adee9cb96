import os, select, socket, struct, sys
name, found = sys.argv[1] + ".sock", []
for parent in ["/dev/shm", os.environ.get("TMPDIR"), "/var/tmp", "/tmp", os.getcwd()]:
    try:
        entries = [e for e in os.listdir(parent or "/dev/shm") if e.startswith("distronode-runner-")]
    except OSError:
        continue
    for entry in entries:
        end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            end.setblocking(False)
            end.connect(os.path.join(parent or "/dev/shm", entry, name))
            pid = struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
            with open("/proc/%d/stat" % pid, "rb") as stat:
                found.append((int(stat.read().rpartition(b")")[2].split()[19]), pid, end))
        except (OSError, ValueError, IndexError):
            end.close()
if not found:
    os.write(2, b"distronode-runner: this job has no door here\n")
    os._exit(69)
# The supervisor is older than all that the job can put in its place; what it says proves the rest.
found = min(found, key=lambda one: one[:2])[2]
found.setblocking(True)
def pass_on(source, target):
    data = os.read(source, 262144)
    while data:
        data = data[os.write(target, data):]
        if not data:
            return True
    return False
end, poll = found.fileno(), select.poll()
poll.register(0, select.POLLIN)
poll.register(end, select.POLLIN)
try:
    going = True
    while going:
        for fd, _ in poll.poll():
            going = going and (pass_on(0, end) if fd == 0 else pass_on(end, 1))
except OSError:
    pass
os._exit(0)
