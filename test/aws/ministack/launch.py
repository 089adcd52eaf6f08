"""MiniStack, with streams read as AWS reads them: each by itself; and with tables that can be replicas of global ones.

It invokes the function of a stream on the one thread that reads all queues and streams of the region, so that a function
which runs for a minute keeps every other event source of the region waiting for a minute. On AWS each shard has a reader.
"""

import contextvars
import os
import signal
import threading
import time

import expressions  # noqa: F401
import replicas  # noqa: F401
from ministack.services import lambda_svc

IDLE_SECONDS = 0.1

every_source = lambda_svc._iter_all_esms
read_streams = lambda_svc._poll_dynamodb_streams
only = contextvars.ContextVar("only", default=None)
reading = set()


def sources():
    return [each for each in every_source() if only.get() in (None, each[2]["UUID"])]


def is_there(uuid):
    return any(esm["UUID"] == uuid for _, _, esm in every_source())


def read_one(uuid):
    only.set(uuid)
    while is_there(uuid):
        try:
            found = read_streams()
        except Exception as error:
            lambda_svc.logger.error("stream reader error: %s", error)
            found = False
        if not found:
            time.sleep(IDLE_SECONDS)
    reading.discard(uuid)


def start_readers():
    """Takes the place of reading the streams; tells the caller that nothing was read by it."""
    for _, _, esm in every_source():
        uuid = esm["UUID"]
        if ":dynamodb:" in esm.get("EventSourceArn", "") and uuid not in reading:
            reading.add(uuid)
            threading.Thread(target=read_one, args=(uuid,), daemon=True).start()
    return False


def end_with(parent):
    """Whoever started it may be killed; the group is this process and its functions."""
    while os.getppid() == parent:
        time.sleep(IDLE_SECONDS * 10)
    os.killpg(os.getpgrp(), signal.SIGKILL)


lambda_svc._iter_all_esms = sources
lambda_svc._poll_dynamodb_streams = start_readers

if __name__ == "__main__":
    from ministack.app import main

    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    main()
