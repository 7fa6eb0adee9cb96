import os
def rd(n):
    b = b""
    while len(b) < n:
        c = os.read(0, min(n - len(b), 65536))
        if not c:
            os.write(2, b"distronode-runner: stdin ended before the shim had arrived\n")
            os._exit(70)
        b += c
    return b
n = b""
while n[-1:] != b"\n":
    n += rd(1)
exec(compile(rd(int(n)), "<distronode-runner-shim>", "exec"), {"__name__": "__main__"})
