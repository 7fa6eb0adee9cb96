import os
def read(size):
    data = b""
    while len(data) < size:
        part = os.read(0, min(size - len(data), 65536))
        if not part:
            os.write(2, b"distronode-runner: stdin ended before the shim had arrived\n")
            os._exit(70)
        data += part
    return data
line = b""
while line[-1:] != b"\n":
    line += read(1)
source = read(int(line))
later = {}
scope = {"__name__": "__main__", "later": later}
# Compiled in pieces: as one, the compiler's memory costs more page faults than the rest of the start.
done = 0
for piece in source.split(b"\n\n\n"):
    placed = b"\n" * done + piece
    if piece[:8] == b"# Later ":
        later[piece[8:].split(b"\n", 1)[0].decode()] = placed
    else:
        exec(compile(placed, "<distronode-runner-shim>", "exec"), scope)
    done += piece.count(b"\n") + 3
