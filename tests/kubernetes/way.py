#!/usr/bin/env python3
"""What stands between a client and an API server, on the loopback address: prints its port, then a line for each
connection that it carried.
  way.py socks5 [USER:PASSWORD]                     a SOCKS5 proxy (RFC 1928, 1929)
  way.py http [USER:PASSWORD]                       one that takes CONNECT
  way.py https [USER:PASSWORD] CERTIFICATE KEY      the same, over TLS
  way.py tls1.2 SERVER AUTHORITY CERTIFICATE KEY    a server of TLS 1.2 alone, in front of the one at HOST:PORT"""
import asyncio
import base64
import ssl
import sys


async def carry(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def join(reader, writer, host, port, greeting, tls=None):
    far_reader, far_writer = await asyncio.open_connection(host, port, ssl=tls)
    print(host, port, flush=True)
    writer.write(greeting)
    await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))


async def socks5(reader, writer):
    _, count = await reader.readexactly(2)
    offered = await reader.readexactly(count)
    way = 2 if login else 0
    writer.write(bytes([5, way if way in offered else 255]))
    if login and way in offered:
        _, size = await reader.readexactly(2)
        user = await reader.readexactly(size)
        password = await reader.readexactly((await reader.readexactly(1))[0])
        known = user + b":" + password == login
        writer.write(bytes([1, not known]))
        if not known:
            writer.close()
            return
    _, _, _, kind = await reader.readexactly(4)
    if kind == 3:
        host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
    else:
        host = ".".join(str(part) for part in await reader.readexactly(4))
    port = int.from_bytes(await reader.readexactly(2), "big")
    try:
        await join(reader, writer, host, port, b"\5\0\0\1\0\0\0\0\0\0")
    except OSError:
        writer.write(b"\5\5\0\1\0\0\0\0\0\0")
        writer.close()


async def connect(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    if login and b"Proxy-Authorization: Basic " + base64.b64encode(login) + b"\r\n" not in head:
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        writer.close()
        return
    host, _, port = head.split()[1].decode().rpartition(":")
    try:
        await join(reader, writer, host, int(port), b"HTTP/1.1 200 OK\r\n\r\n")
    except OSError:
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        writer.close()


async def old_tls(reader, writer):
    trusted = ssl.create_default_context(cafile=sys.argv[3])
    spoken = writer.get_extra_info("ssl_object").selected_alpn_protocol()
    if spoken:
        trusted.set_alpn_protocols([spoken])
    host, port = sys.argv[2].split(":")
    await join(reader, writer, host, int(port), b"", trusted)


def guarded(way):
    async def guard(reader, writer):
        try:
            await way(reader, writer)
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    return guard


async def main():
    tls = None
    if mode in ("https", "tls1.2"):
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*sys.argv[-2:])
    if mode == "tls1.2":
        tls.maximum_version = ssl.TLSVersion.TLSv1_2
        tls.set_alpn_protocols(["h2", "http/1.1"])
    ways = {"socks5": socks5, "http": connect, "https": connect, "tls1.2": old_tls}
    server = await asyncio.start_server(guarded(ways[mode]), "127.0.0.1", 0, ssl=tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


mode = sys.argv[1]
login = next((word.encode() for word in sys.argv[2:3] if ":" in word), None)
asyncio.run(main())
