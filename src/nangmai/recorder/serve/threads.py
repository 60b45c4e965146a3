"""Work that waits for a disk or burns time goes to threads, so that the event loop serves the next one."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from aiohttp import web

P = ParamSpec("P")
T = TypeVar("T")

READERS: web.AppKey[ThreadPoolExecutor] = web.AppKey("readers", ThreadPoolExecutor)


async def in_thread(request: web.Request, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` in one of the reader threads."""
    pool = request.app[READERS]
    return await asyncio.get_running_loop().run_in_executor(pool, functools.partial(work, *args, **kwargs))
