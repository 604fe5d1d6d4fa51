#!/usr/bin/env python3
"""The other end of a connection that means no good: what ssh would bring from `git upload-pack`, as it should not be.

    hostile.py KIND        on standard input and output, in the place of ssh"""
import hashlib
import os
import struct
import sys
import zlib

OUT = sys.stdout.buffer
KIND = sys.argv[1]


def packet(data):
    OUT.write(b"%04x%s" % (len(data) + 4, data))


def identify(kind, raw):
    return hashlib.sha1(b"%s %d\0%s" % (kind, len(raw), raw)).hexdigest()


def commit(message):
    who = b"reconcile <root@host> 1700000000 +0000"
    return b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor %s\ncommitter %s\n\n%s" % (who, who, message)


def entry(kind, raw, size=None, packed=None, between=b""):
    size = len(raw) if size is None else size
    head, size = [kind << 4 | size & 15], size >> 4
    while size:
        head[-1] |= 0x80
        head.append(size & 0x7f)
        size >>= 7
    return bytes(head) + between + (zlib.compress(raw) if packed is None else packed)


def pack(entries, count=None):
    raw = b"PACK" + struct.pack(">II", 2, len(entries) if count is None else count) + b"".join(entries)
    return raw + hashlib.sha1(raw).digest()


def advertise(refs):
    for number, (name, oid) in enumerate(refs):
        packet(oid.encode() + b" " + name + (b"\0multi_ack ofs-delta agent=nobody" if number == 0 else b"") + b"\n")
    OUT.write(b"0000")
    OUT.flush()


def read_wants():
    stdin = sys.stdin.buffer
    while True:
        length = stdin.read(4)
        if len(length) < 4:
            sys.exit()
        data = stdin.read(int(length, 16) - 4) if int(length, 16) > 4 else b""
        if data.startswith(b"done"):
            return


GOOD = commit(b"good\n\nReconcile-Summary: 1\nHost: good\nStatus: applied\nWhat: fine\nChecked: 2026-01-01T00:00:00Z\nDrift: none\n")
GOOD_ID = identify(b"commit", GOOD)
REF = b"refs/reconcile/hosts/"
# Beside a good host: what else is sent, and which refs lead to it.
OTHERS = {
    "steering": commit(b"x\n\nReconcile-Summary: 1\nHost: \x1b[2Jevil\nStatus: \x1b]0;x\x07\nWhat: \xe2\x80\xaegpj\n"),
    "newer": commit(b"x\n\nReconcile-Summary: 2\nHost: newer\n"),
    "foreign": commit(b"Somebody's own commit\n"),
    "nul": commit(b"x\n\nReconcile-Summary: 1\0Host: nul\n"),
    "empty": b"",
    "large": commit(b"x\n\nReconcile-Summary: 1\nHost: large\nWhat: " + b"x" * (1 << 20) + b"\n"),
    "times": commit(b"x\n\nReconcile-Summary: 1\nHost: times\nChecked: 99999999999-01-01T00:00:00Z\nSerial: 99999999999999999999\nChanges: -1\nDrift: some\n"),
}
if KIND == "garbage":
    OUT.write(os.urandom(1 << 16))
elif KIND == "login":
    OUT.write(b"Welcome to this machine\n")
elif KIND == "nothing":
    pass
elif KIND == "endless":
    OUT.write(b"%04x%s" % (4 + 41 + 30, GOOD_ID.encode() + b" refs/heads/a\0ofs-delta" + b" " * 7 + b"\n"))
    try:
        while True:
            for number in range(1000):
                packet(GOOD_ID.encode() + b" refs/heads/%012d%s\n" % (number, b"x" * 60000))
    except BrokenPipeError:
        os._exit(0)
elif KIND in ("refs", "hosts"):
    base = REF if KIND == "hosts" else b"refs/heads/x/"
    advertise([(base + b"%06d" % number, GOOD_ID) for number in range(51000 if KIND == "hosts" else 121000)])
    read_wants()
else:
    refs, entries, tail = [(REF + b"good", GOOD_ID)], [entry(1, GOOD)], None
    if KIND == "hosts-of-all-kinds":
        for name, raw in OTHERS.items():
            refs.append((REF + name.encode(), identify(b"commit", raw)))
            entries.append(entry(1, raw))
        refs += [(REF + b"lacking", "1" * 40), (REF + b"../up", GOOD_ID), (REF + b"a b", GOOD_ID), (REF + b"\xff\xfe", GOOD_ID),
                 (b"refs/heads/hosts/by-hand", "2" * 40), (REF + b"x" * 3000, GOOD_ID), (REF + b"good", GOOD_ID)]
        blob = b"Reconcile-Summary: 1"
        refs.append((REF + b"blob", identify(b"blob", blob)))
        entries.append(entry(3, blob))
    elif KIND == "no-pack":
        tail = b"this is no pack at all, but it is long enough to be one"
    elif KIND == "cut-pack":
        tail = pack(entries)[:-30]
    elif KIND == "lying-count":
        tail = pack(entries, 1000)
    elif KIND == "many-objects":
        tail = pack(entries, 0xffffffff)
    elif KIND == "bomb":
        entries = [entry(3, b"", 1 << 34, zlib.compress(b"\0" * (1 << 24)))]
    elif KIND == "bombs":
        bomb = zlib.compress(b"\0" * (1 << 26))
        entries = [entry(3, b"", 1 << 26, bomb)] * 30 + entries
    elif KIND == "delta-bomb":
        # Copies 64 KiB of its base a thousand times: "\x80" copies 0x10000 bytes from 0.
        base = commit(b"x" * 60000)
        base = base + b"x" * (65536 - len(base))
        delta = b"\x80\x80\x04" + b"\x80\x80\x80\x20" + b"\x80" * 1000
        first = entry(1, base)
        distance, between = len(first), []
        between.append(distance & 0x7f)
        distance >>= 7
        while distance:
            distance -= 1
            between.insert(0, 0x80 | distance & 0x7f)
            distance >>= 7
        entries = [first, entry(6, delta, between=bytes(between))] + entries
    elif KIND == "self-delta":
        entries = [entry(6, b"\x01\x01\x00", between=b"\x00")] + entries
    advertise(refs)
    read_wants()
    packet(b"NAK\n")
    OUT.write(pack(entries) if tail is None else tail)
OUT.flush()
