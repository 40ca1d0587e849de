"""Many readers at once, without a browser: websocket sessions that rerun a page and wait for its end."""

import asyncio
import statistics
import time
from dataclasses import dataclass

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

SESSIONS = 50
ROUNDS = 4


@dataclass(frozen=True)
class Load:
    """What the sessions met: finished reruns per second and latency in milliseconds, all asking at once."""

    reruns_per_second: float
    median: float
    slowest_twentieth: float


def load(url: str, page: str, queries: list[str], sessions: int = SESSIONS, rounds: int = ROUNDS) -> Load:
    """Let ``sessions`` readers rerun ``page`` together, each with its own query string in each round."""
    return asyncio.run(_load(url, page, queries, sessions, rounds))


async def _load(url: str, page: str, queries: list[str], sessions: int, rounds: int) -> Load:
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    together = asyncio.Barrier(sessions)
    readers = [_reader(address, page, queries[i:] + queries[:i], together, rounds) for i in range(sessions)]
    began_and_times = await asyncio.gather(*readers)
    times = sorted(t for _began, _ended, ts in began_and_times for t in ts)
    seconds = max(ended for _b, ended, _t in began_and_times) - min(began for began, _e, _t in began_and_times)
    slow = times[int(len(times) * 0.95)]
    return Load(len(times) / seconds, statistics.median(times) * 1000, slow * 1000)


async def _reader(
    address: str, page: str, queries: list[str], together: asyncio.Barrier, rounds: int
) -> tuple[float, float, list[float]]:
    async with websockets.connect(address, max_size=None, subprotocols=["streamlit"]) as socket:  # type: ignore[list-item]
        await _rerun(socket, page, "")
        await together.wait()
        began, times = time.perf_counter(), []
        for i in range(rounds):
            asked = time.perf_counter()
            await _rerun(socket, page, queries[i % len(queries)])
            times.append(time.perf_counter() - asked)
        return began, time.perf_counter(), times


async def _rerun(socket: websockets.ClientConnection, page: str, query: str) -> None:
    ask = BackMsg()
    ask.rerun_script.query_string = query
    ask.rerun_script.page_name = page
    await socket.send(ask.SerializeToString())
    while True:
        told = ForwardMsg()
        told.ParseFromString(await socket.recv(decode=False))
        if told.WhichOneof("type") == "script_finished":
            return
