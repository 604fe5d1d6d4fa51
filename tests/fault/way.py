#!/usr/bin/env python3
"""An Engine that is quick and whose daemons are not: the way to them is slow, silent or lying.

    way.py ENGINE LISTEN MODE

Passes every connection to LISTEN (a path, or HOST:PORT) on to ENGINE, a Unix socket. One that begins with the start of an
exec or with /grpc, which are the ways to BuildKit, or with HTTP/2, where ENGINE is a daemon, goes as the file MODE says at
that moment: "plain"; "slow N", what comes back is N seconds late; "silent", nothing comes back; "lying", what comes back is
no HTTP/2; "counting N", the fourth call, which is for the disk usage, is N seconds late. "announcing N": the Engine's own
answers say that its API has version N. Says `ready`."""
import asyncio
import re
import sys

engine, listen, mode_file = sys.argv[1:4]
TO_A_DAEMON = re.compile(rb"^POST (/v[0-9.]+)?(/exec/[^/]+/start|/grpc)[ ?]|^PRI ")
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FOURTH, DATA = 7, 0  # calls are the odd streams
LIE = b"I am well, and this is no HTTP/2.\n"
UPGRADED = (b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\n"
            b"Upgrade: tcp\r\n\r\n")


async def pump(reader, writer, version=None):
    try:
        while data := await reader.read(65536):
            if version:
                data = re.sub(rb"(?i)(\r\nApi-Version: )[0-9.]+", rb"\g<1>" + version.encode(), data)
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        pass


async def count(begun, reader, writer, seconds):
    """Of HTTP/2, of which some came already, the frame with the fourth call's message waits; those after it do not."""
    async def take(length):
        nonlocal begun
        while len(begun) < length:
            more = await reader.read(65536)
            if not more:
                raise EOFError
            begun += more
        taken, begun = begun[:length], begun[length:]
        return taken

    def send(frame):
        if not writer.is_closing():
            writer.write(frame)

    try:
        send(await take(len(PREFACE)))
        while True:
            head = await take(9)
            frame = head + await take(int.from_bytes(head[:3], "big"))
            if head[3] == DATA and int.from_bytes(head[5:], "big") == FOURTH:
                asyncio.get_running_loop().call_later(seconds, send, frame)
            else:
                send(frame)
                await writer.drain()
    except (OSError, EOFError):
        if not writer.is_closing():
            writer.write_eof()


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
        announced = mode[1] if mode[0] == "announcing" else None
        if announced or not TO_A_DAEMON.match(first):
            mode = ["plain"]
        if mode[0] == "lying":
            await lie(reader, writer, b"/exec/" in first)
            return
        begin = first.find(PREFACE) if mode[0] == "counting" and PREFACE in first else len(first)
        far_writer.write(first[:begin])
        if mode[0] == "counting":
            up = asyncio.ensure_future(count(first[begin:], reader, far_writer, float(mode[1])))
        else:
            up = asyncio.ensure_future(pump(reader, far_writer))
        if mode[0] == "slow":
            await asyncio.sleep(float(mode[1]))
        if mode[0] != "silent":
            await pump(far_reader, writer, announced)
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
