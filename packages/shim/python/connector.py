import os, select, socket, sys
name, found = sys.argv[1] + ".sock", None
for parent in ["/dev/shm", os.environ.get("TMPDIR"), "/var/tmp", "/tmp", os.getcwd()]:
    try:
        entries = [e for e in os.listdir(parent or "/dev/shm") if e.startswith("distronode-runner-")]
    except OSError:
        continue
    for entry in entries:
        try:
            end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            end.connect(os.path.join(parent or "/dev/shm", entry, name))
            found = end
            break
        except OSError:
            end.close()
    if found:
        break
if not found:
    os.write(2, b"distronode-runner: this job has no door here\n")
    os._exit(69)
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
