"""A small load of keep-alive connections on this machine: bounded in count and time."""

import asyncio
import time
from typing import NamedTuple


class Target(NamedTuple):
    """`requests` are whole HTTP/1.1 requests as bytes, sent round robin."""

    name: str
    port: int
    requests: list[bytes]


def get(path: str, host: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def post_json(path: str, host: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def requests_per_second(target: Target, *, connections: int, seconds: float) -> float:
    """Answers other than 200 are an error: a benchmark of refusals says nothing."""
    ends = time.monotonic() + seconds
    counts = await asyncio.gather(*(_converse(target, number, ends) for number in range(connections)))
    return sum(counts) / seconds


async def _converse(target: Target, number: int, ends: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    done = 0
    try:
        while time.monotonic() < ends:
            writer.write(target.requests[(number + done * 7) % len(target.requests)])
            await read_answer(target, reader)
            done += 1
    finally:
        writer.close()
    return done


async def read_answer(target: Target, reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{target.name}: {head[:200]!r}")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return await reader.readexactly(int(length.split(b":")[1]))


async def one_answer(target: Target) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    writer.write(target.requests[0])
    try:
        return await read_answer(target, reader)
    finally:
        writer.close()
