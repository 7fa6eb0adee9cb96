#!/usr/bin/python3 -S
"""Stands in for the tool and its event plugin: @EVENTS@ events of an item of a loop, each with a line of text."""
import os
import socket
import struct

end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
end.connect(os.environ["DISTRONODE_RUNNER_EVENTS"])
end.sendall(end.recv(16))
token = end.recv(64).decode().split()[0]
channel = end.fileno()
fixed = (
    '"event":"runner_item_on_ok","pid":4711,"created":"2026-01-02T03:04:05.678901+00:00","parent_uuid":"02420a00-0000-0000-0000-00000000000a",'
    '"event_data":{"playbook":"site.yml","playbook_uuid":"4d2a7a2e-0000-4000-8000-000000000001","play":"all","play_uuid":"02420a00-0000-0000-0000-000000000001",'
    '"play_pattern":"all","task":"say it","task_uuid":"02420a00-0000-0000-0000-00000000000a","task_action":"debug","resolved_action":"ansible.builtin.debug",'
    '"task_args":"","task_path":"/runner/project/site.yml:5","host":"localhost","res":{"msg":"item %d","_ansible_verbose_always":true,"failed":false,"item":%d,"changed":false},'
    '"uuid":"%s"}}'
)


def write(fd, data):
    while data:
        data = data[os.write(fd, data):]


first = 1
while first <= @EVENTS@:
    numbers = range(first, min(first + 64, @EVENTS@ + 1))
    events, texts = [], []
    for number in numbers:
        uid = "4d2a7a2e-1111-4000-8000-%012d" % number
        event = ('{"uuid":"%s",' % uid + fixed % (number, number, uid)).encode()
        events.append(struct.pack(">II", number, len(event)) + event)
        texts.append("\x1b_%sB%d\x1b\\ok: [localhost] => (item=%d) => {\"msg\": \"item %d\"}\n\x1b_%sE%d\x1b\\" % (token, number, number, number, token, number))
    write(channel, b"".join(events))
    write(1, "".join(texts).encode())
    first += 64
