#!/usr/bin/env python3
"""An Engine that is quick and whose daemons are not: the way to them is slow, silent or lying.

    way.py ENGINE LISTEN MODE

Passes every connection to LISTEN (a path, or HOST:PORT) on to ENGINE, a Unix socket. One that begins with the start of an
exec or with /grpc, which are the ways to BuildKit, goes as the file MODE says at that moment: "plain"; "slow N", what
comes back is N seconds late; "silent", nothing comes back; "lying", what comes back is no HTTP/2. Says `ready`."""
import asyncio
import re
import sys

engine, listen, mode_file = sys.argv[1:4]
TO_A_DAEMON = re.compile(rb"^POST (/v[0-9.]+)?(/exec/[^/]+/start|/grpc)[ ?]")
LIE = b"I am well, and this is no HTTP/2.\n"
UPGRADED = (b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\n"
            b"Upgrade: tcp\r\n\r\n")


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        pass


async def lie(reader, writer, is_exec):
    frame = b"\x01\0\0\0" + len(LIE).to_bytes(4, "big") + LIE
    writer.write(UPGRADED + (frame if is_exec else LIE))
    await writer.drain()
    while await reader.read(65536):
        pass


async def serve(reader, writer):
    with open(mode_file) as file:
        mode = file.read().split()
    first = await reader.read(65536)
    far_reader, far_writer = await asyncio.open_unix_connection(engine)
    try:
        if not TO_A_DAEMON.match(first):
            mode = ["plain"]
        if mode[0] == "lying":
            await lie(reader, writer, b"/exec/" in first)
            return
        far_writer.write(first)
        up = asyncio.ensure_future(pump(reader, far_writer))
        if mode[0] == "slow":
            await asyncio.sleep(float(mode[1]))
        if mode[0] != "silent":
            await pump(far_reader, writer)
        await up
    finally:
        for end in far_writer, writer:
            end.close()


async def main():
    if ":" in listen:
        host, port = listen.rsplit(":", 1)
        server = await asyncio.start_server(serve, host, int(port))
    else:
        server = await asyncio.start_unix_server(serve, listen)
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main())
