#!/usr/bin/env python3
"""Many TCP ports on loopback, each a relay to one Unix socket or HOST:PORT with a network's delay, and silent ones beside.

    relay.py TARGET DELAY_MS COUNT SILENT [FILE]  prints the ports, the silent ones last, then serves until stdin closes;
                                                  adds "PORT TRIPS" to FILE when nobody is connected to the port any more

A connection waits one round trip before its first byte goes on, as a TCP handshake would; bytes then take half a round trip
each way. (netem would be the real thing; not every kernel has it.)"""
import asyncio
import sys

PREFACE, FRAME_HEAD, HEADERS = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 9, 1


class Requests:
    """Finds them in what a client says. In HTTP/2 only the frames that begin one count: nobody waits for what
    acknowledgements bring."""

    def __init__(self):
        self.rest, self.is_h2 = b"", None

    def begin_in(self, data):
        self.rest += data
        if self.is_h2 is None and len(self.rest) >= len(PREFACE):
            self.is_h2 = self.rest.startswith(PREFACE)
            self.rest = self.rest[len(PREFACE):]
        if not self.is_h2:
            return self.is_h2 is not None or not PREFACE.startswith(self.rest)
        found = False
        while len(self.rest) >= FRAME_HEAD and len(self.rest) >= (size := FRAME_HEAD + int.from_bytes(self.rest[:3], "big")):
            found |= self.rest[3] == HEADERS
            self.rest = self.rest[size:]
        return found


class Port:
    """Counts trips by cause, not by time: what is asked is one more than all that was heard from here before."""

    def __init__(self, record):
        self.record, self.number = record, 0
        self.heard = self.connections = 0

    def closed(self):
        self.connections -= 1
        if self.connections:
            return
        if self.record:
            with open(self.record, "a", encoding="ascii") as rows:
                print(self.number, self.heard, file=rows)
        self.heard = 0


class Trips:
    """Those of one connection, of which the handshake is the first."""

    def __init__(self, port):
        self.port, self.requests = port, Requests()
        self.opened = self.asked = port.heard + 1
        port.connections += 1

    def said(self, data):
        if self.requests.begin_in(data):
            self.asked = max(self.opened, self.port.heard) + 1

    def delivered(self):
        self.port.heard = max(self.port.heard, self.asked)


async def pump(reader, writer, delay, said=lambda data: None, delivered=lambda: None):
    """Bytes arrive `delay` after they were sent, however many are under way."""
    loop = asyncio.get_running_loop()

    def deliver(data):
        delivered()
        writer.write(data)

    try:
        while data := await reader.read(65536):
            said(data)
            loop.call_later(delay, deliver, data)
    except OSError:
        pass
    loop.call_later(delay, writer.close)


def connect(target):
    host, _, port = target.rpartition(":")
    return asyncio.open_connection(host, int(port)) if port.isdigit() else asyncio.open_unix_connection(target)


def relay(target, delay, port):
    async def serve(reader, writer):
        trips = Trips(port)
        await asyncio.sleep(2 * delay)
        try:
            far_reader, far_writer = await connect(target)
            await asyncio.gather(pump(reader, far_writer, delay, said=trips.said),
                                 pump(far_reader, writer, delay, delivered=trips.delivered))
        except OSError:
            writer.close()
        port.closed()
    return serve


async def silent(reader, writer):
    await asyncio.sleep(3600)


async def main():
    target, delay, count, silents = sys.argv[1], float(sys.argv[2]) / 2000, int(sys.argv[3]), int(sys.argv[4])
    ports = [Port(sys.argv[5] if len(sys.argv) > 5 else None) for _ in range(count)]
    servers = [await asyncio.start_server(relay(target, delay, port), "127.0.0.1", 0) for port in ports]
    for port, server in zip(ports, servers):
        port.number = server.sockets[0].getsockname()[1]
    servers += [await asyncio.start_server(silent, "127.0.0.1", 0) for _ in range(silents)]
    print(*[server.sockets[0].getsockname()[1] for server in servers], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
