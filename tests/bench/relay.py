#!/usr/bin/env python3
"""Many TCP ports on loopback, each a relay to one Unix socket with a network's delay, and silent ones beside them.

    relay.py SOCKET DELAY_MS COUNT SILENT [FILE]  prints the ports, the silent ones last, then serves until stdin closes;
                                                  adds to FILE the round trips that each connection took, one a line

A connection waits one round trip before its first byte goes on, as a TCP handshake would; bytes then take half a round trip
each way. (netem would be the real thing; not every kernel has it.)"""
import asyncio
import sys


class Trips:
    """The handshake is one; each that follows begins with what the client says after it has heard something."""

    def __init__(self):
        self.count, self.heard, self.asked = 1, True, False

    def said(self):
        self.asked |= self.heard
        self.heard = False

    def answered(self):
        self.count += self.asked
        self.asked = False
        self.heard = True


async def pump(reader, writer, delay, passes):
    """Bytes arrive `delay` after they were sent, however many are under way."""
    loop = asyncio.get_running_loop()
    try:
        while data := await reader.read(65536):
            passes()
            loop.call_later(delay, writer.write, data)
    except OSError:
        pass
    loop.call_later(delay, writer.close)


def relay(path, delay, record):
    async def serve(reader, writer):
        await asyncio.sleep(2 * delay)
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(path)
        except OSError:
            writer.close()
            return
        trips = Trips()
        await asyncio.gather(pump(reader, far_writer, delay, trips.said), pump(far_reader, writer, delay, trips.answered))
        if record:
            with open(record, "a", encoding="ascii") as rows:
                print(trips.count, file=rows)
    return serve


async def silent(reader, writer):
    await asyncio.sleep(3600)


async def main():
    path, delay, count, silents = sys.argv[1], float(sys.argv[2]) / 2000, int(sys.argv[3]), int(sys.argv[4])
    record = sys.argv[5] if len(sys.argv) > 5 else None
    servers = [await asyncio.start_server(relay(path, delay, record), "127.0.0.1", 0) for _ in range(count)]
    servers += [await asyncio.start_server(silent, "127.0.0.1", 0) for _ in range(silents)]
    print(*[server.sockets[0].getsockname()[1] for server in servers], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
