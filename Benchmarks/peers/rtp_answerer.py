#!/usr/bin/env python3
"""Answers SIP calls and measures how regularly their RTP comes: CALLS; prints its port, and JSON when it is terminated.

The error of a gap is its distance from 20 ms, between packets of one source that follow one another, by the kernel's
time stamps: it does not matter when this program gets to read them. Of many calls a part is measured, chosen in the
kernel by the source's number.
"""

import ctypes
import json
import select
import signal
import socket
import struct
import sys

SO_TIMESTAMPNS, SO_ATTACH_FILTER = 35, 26
MEASURED_CALLS = 200


def filtering(sock, mask):
    """Drops packets whose source (SSRC) & mask is not 0, before they are queued: a classic BPF of four instructions."""
    code = [(0x20, 0, 0, 8 + 8), (0x54, 0, 0, mask), (0x15, 0, 1, 0), (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *each) for each in code))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                    struct.pack("HxxxxxxP", len(code), ctypes.addressof(program)))


def answer(sip, rtp_port, data, peer, seen):
    head = data.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
    method = head[0].split(" ")[0]
    if method == "ACK":
        return
    fields = [line for line in head[1:] if line.split(":")[0].lower() in ("via", "from", "call-id", "cseq")]
    to = next(line for line in head[1:] if line.lower().startswith("to:"))
    host, port = sip.getsockname()
    body = ""
    if method == "INVITE":
        seen.add(next(line for line in fields if line.lower().startswith("call-id:")))
        to += "" if "tag=" in to else ";tag=1"
        body = (f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
                f"m=audio {rtp_port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n")
        fields += [f"Contact: <sip:{host}:{port}>", "Content-Type: application/sdp"]
    text = "\r\n".join(["SIP/2.0 200 OK", *fields, to, f"Content-Length: {len(body)}", "", body])
    sip.sendto(text.encode("latin-1"), peer)


def measure(rtp, last, errors):
    while True:
        try:
            data, ancillary, _, _ = rtp.recvmsg(64, 64, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        seconds, nanoseconds = struct.unpack("qq", ancillary[0][2])
        at = seconds + nanoseconds / 1e9
        number, source = struct.unpack("!xxHxxxxI", data[:12])
        before = last.get(source)
        if before and (before[0] + 1) & 0xFFFF == number:
            errors.append(abs(at - before[1] - 0.02))
        last[source] = (number, at)


def main(calls):
    sip, rtp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    for each in (sip, rtp):
        each.bind(("127.0.0.1", 0))
        each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    rtp.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    mask = 0
    while calls // (mask + 1) > MEASURED_CALLS:
        mask = mask * 2 + 1
    if mask:
        filtering(rtp, mask)
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    print(sip.getsockname()[1], flush=True)
    seen, last, errors = set(), {}, []
    while not ended:
        for ready in select.select([sip, rtp], [], [], 0.1)[0]:
            if ready is sip:
                data, peer = sip.recvfrom(8192)
                answer(sip, rtp.getsockname()[1], data, peer, seen)
            else:
                measure(rtp, last, errors)
    if not errors:
        sys.exit("no RTP came")
    errors.sort()
    print(json.dumps({
        "calls": len(seen), "measured": len(last), "frames": len(errors),
        "p99_ms": errors[int(len(errors) * 0.99)] * 1000, "most_ms": errors[-1] * 1000}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
