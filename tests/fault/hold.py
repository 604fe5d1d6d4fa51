#!/usr/bin/env python3
"""A server that falls silent: it says where it listens, and creates a file as soon as somebody waits for it.

    hold.py HELD unix:SOCKET|tcp:PORTFILE                    whatever is sent, nothing is answered
    hold.py HELD unix:SOCKET|tcp:PORTFILE ENGINE PATTERN N   an Engine's socket behind it; the Nth request whose first
                                                             line matches, and what comes after it on its connection,
                                                             goes no further until HELD.go is there
    hold.py HELD full:PORTFILE                               takes no connection at all: its queue is full

Ends when stdin closes."""
import asyncio
import os
import re
import socket
import sys

held, where = sys.argv[1:3]
engine, pattern, nth = (*sys.argv[3:6], None, None, None)[:3]
kind, _, path = where.partition(":")
seen = 0


def note(name, text=""):
    with open(name + ".new", "w", encoding="ascii") as file:
        file.write(text)
    os.rename(name + ".new", name)


async def is_held(data):
    global seen
    if engine and not re.match(pattern, data.split(b"\r\n", 1)[0].decode("latin-1")):
        return
    seen += 1
    if engine and seen != int(nth):
        return
    note(held)
    while not os.path.exists(held + ".go"):
        await asyncio.sleep(0.02)


async def pump(reader, writer, check):
    try:
        while data := await reader.read(65536):
            if check:
                await is_held(data)
            if writer:
                writer.write(data)
                await writer.drain()
        if writer:
            writer.write_eof()
    except OSError:
        pass


async def serve(reader, writer):
    if not engine:
        await pump(reader, None, True)
        return
    far_reader, far_writer = await asyncio.open_unix_connection(engine)
    await asyncio.gather(pump(reader, far_writer, True), pump(far_reader, writer, False))
    far_writer.close()
    writer.close()


async def main():
    if kind == "unix":
        await asyncio.start_unix_server(serve, path + ".new")
        os.rename(path + ".new", path)  # who finds it finds it listening
    elif kind == "tcp":
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        note(path, str(server.sockets[0].getsockname()[1]))
    else:
        # Accepted by nobody: whoever comes now sends SYN after SYN.
        listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        port = listener.getsockname()[1]
        clients = [socket.socket() for _ in range(4)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        note(path, str(port))
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
