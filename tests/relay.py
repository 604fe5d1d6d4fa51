#!/usr/bin/env python3
"""Listens on 127.0.0.1, writes its port into a file, and hands every connection on to a Unix socket or to HOST:PORT, there
in the network of the process PID: relay.py PORTFILE TARGET [PID]"""
import ctypes
import os
import socket
import sys
import threading

port_file, target = sys.argv[1:3]
CLONE_NEWNET = 0x40000000


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def connect():
    if not target.startswith("/"):
        host, port = target.rsplit(":", 1)
        return socket.create_connection((host, int(port)))
    server = socket.socket(socket.AF_UNIX)
    server.connect(target)
    return server


listener = socket.create_server(("127.0.0.1", 0), backlog=64)
with open(port_file + ".new", "w", encoding="ascii") as file:
    file.write(str(listener.getsockname()[1]))
if len(sys.argv) > 3:  # its threads are then there, too; the listener stays in the network that it was made in
    with open(f"/proc/{sys.argv[3]}/ns/net", encoding="ascii") as network:
        if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), CLONE_NEWNET) != 0:
            sys.exit(f"relay: setns: {os.strerror(ctypes.get_errno())}")
os.rename(port_file + ".new", port_file)
while True:
    client, _ = listener.accept()
    try:
        server = connect()
    except OSError:
        client.close()
        continue
    for pair in ((client, server), (server, client)):
        threading.Thread(target=pump, args=pair, daemon=True).start()
