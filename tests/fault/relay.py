#!/usr/bin/env python3
"""A Unix socket in front of an Engine's, which the Engine seems to vanish behind at the Nth connection.

    relay.py ENGINE SOCKET N cut|silent|never

cut: every connection ends and the socket goes, as when dockerd dies. silent: nothing more is passed on, as when it hangs or
the network does. Says `ready`, then `gone` when it has come to that, and ends when stdin closes."""
import asyncio
import os
import sys

engine, path, limit, mode = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]


class Relay:
    def __init__(self):
        self.count, self.gone, self.writers = 0, False, []

    async def pump(self, reader, writer):
        try:
            while data := await reader.read(65536):
                if self.gone:
                    await asyncio.sleep(3600)
                writer.write(data)
                await writer.drain()
            writer.write_eof()
        except OSError:
            pass

    def vanish(self):
        self.gone = True
        print("gone", flush=True)
        if mode == "cut":
            os.unlink(path)
            self.server.close()
            for writer in self.writers:
                writer.transport.abort()

    async def serve(self, reader, writer):
        self.writers.append(writer)
        self.count += 1
        if self.count == limit and mode != "never":
            self.vanish()
        if self.gone:
            return
        far_reader, far_writer = await asyncio.open_unix_connection(engine)
        self.writers.append(far_writer)
        await asyncio.gather(self.pump(reader, far_writer), self.pump(far_reader, writer))
        far_writer.close()
        writer.close()


async def main():
    relay = Relay()
    relay.server = await asyncio.start_unix_server(relay.serve, path)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
