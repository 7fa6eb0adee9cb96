#!/usr/bin/python3 -S
"""Stands in for the tool: prints @BYTES@ bytes in lines of @LINE@ bytes."""
import os
import socket

end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
end.connect(os.environ["DISTRONODE_RUNNER_EVENTS"])
end.sendall(end.recv(16))
end.recv(64)
total, line = @BYTES@, @LINE@
block = (b"x" * (line - 1) + b"\n") * max(1, 262144 // line)
while total > 0:
    piece = block[:total]
    while piece:
        piece = piece[os.write(1, piece):]
    total -= len(block)
