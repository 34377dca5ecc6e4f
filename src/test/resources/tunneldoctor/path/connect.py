"""Listens, or tries TCP connections all at once and prints for each how it fared.

listen ADDRESS PORT
connect TIMEOUT ATTEMPTS SOURCE-DESTINATION:PORT...   prints "SOURCE DESTINATION OUTCOME"
"""
import errno
import select
import socket
import sys
import time


def listen(address, port):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address, port))
    server.listen(128)
    while True:
        server.accept()[0].close()


def connect(timeout, targets):
    pending, outcomes = {}, {}
    poll = select.poll()
    for target in targets:
        source, destination = target.split("-")
        host, port = destination.split(":")
        client = socket.socket()
        client.setblocking(False)
        client.bind((source, 0))
        error = client.connect_ex((host, int(port)))
        if error == errno.EINPROGRESS:
            pending[client.fileno()] = (client, (source, host))
            poll.register(client, select.POLLOUT)
        else:
            outcomes[(source, host)] = outcome(error)
    end = time.monotonic() + timeout
    while pending and time.monotonic() < end:
        for descriptor, _ in poll.poll(max(1, int((end - time.monotonic()) * 1000))):
            client, key = pending.pop(descriptor)
            poll.unregister(descriptor)
            outcomes[key] = outcome(client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
            client.close()
    for client, key in pending.values():
        outcomes[key] = "DROPPED"
        client.close()
    for (source, host), result in sorted(outcomes.items()):
        print(source, host, result, flush=True)


def outcome(error):
    if error == 0:
        return "ALLOWED"
    if error in (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH):
        return "REJECTED"
    return "DROPPED" if error == errno.ETIMEDOUT else errno.errorcode[error]


if sys.argv[1] == "listen":
    listen(sys.argv[2], int(sys.argv[3]))
for _ in range(int(sys.argv[3])):
    connect(float(sys.argv[2]), sys.argv[4:])
