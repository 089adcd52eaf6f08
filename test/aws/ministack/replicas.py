"""What a region adds to its tables so that they can be replicas of global ones: of two writes of an item the last one stands.

A replicator says in a header when and in which region a change was first written. It is left out where what stands is newer.
Its record in the stream says that it was replicated, so that it is not spread again; records of streams carry milliseconds.
It may have a read of a stream wait for records: reading again and again would keep the machine busy.
"""

import asyncio
import contextvars
import itertools
import json
import time

from ministack.core.responses import get_region
from ministack.services import dynamodb, dynamodb_streams

# `<milliseconds> <region>`
WRITTEN = "x-isthmus-written"
# Seconds that a read of a stream may wait.
WAIT = "x-isthmus-wait"

handle = dynamodb.handle_request
read = dynamodb_streams.handle_request
emit = dynamodb._emit_stream_event
build = dynamodb._build_change_record

# By table and key, also of what was removed since.
written = {}
origin = contextvars.ContextVar("origin", default=None)
moment = contextvars.ContextVar("moment", default=0)
counter = itertools.count(1)
# Reads that wait for a record, by table: what wakes each.
waiting = {}


def name_of(table, item):
    names = [name for name in (table["pk_name"], table["sk_name"]) if name]
    return json.dumps([table["TableName"], *[item.get(name) for name in names]])


def note(table_name, event_name, old_item, new_item, replicate=True):
    now = int(time.time() * 1000)
    table = dynamodb._tables.get(table_name)
    if table:
        written[name_of(table, new_item or old_item)] = origin.get() or (now, get_region())
    token = moment.set(now)
    try:
        emit(table_name, event_name, old_item, new_item, replicate)
    finally:
        moment.reset(token)
    for wake in list(waiting.get(table_name, ())):
        wake()


def marked(*given):
    record = build(*given)
    if origin.get():
        record["userIdentity"] = {"Type": "Service", "PrincipalId": "replication"}
    return record


async def handle_replicated(method, path, headers, body, query_params):
    given = headers.get(WRITTEN)
    if given is None:
        return await handle(method, path, headers, body, query_params)
    ms, region = given.split(" ")
    at = (int(ms), region)
    data = json.loads(body)
    table = dynamodb._tables.get(data["TableName"])
    name = name_of(table, data.get("Item") or data["Key"]) if table else None
    if written.get(name, (0, "")) >= at:
        return 200, {"Content-Type": "application/x-amz-json-1.0"}, b"{}"
    token = origin.set(at)
    try:
        answer = await handle(method, path, headers, body, query_params)
    finally:
        origin.reset(token)
    if answer[0] == 200:
        written[name] = at
    return answer


async def read_patiently(method, path, headers, body, query_params):
    given = (method, path, headers, body, query_params)
    answer = await read(*given)
    if WAIT not in headers or answer[0] != 200 or json.loads(answer[2]).get("Records") != []:
        return answer
    table = dynamodb_streams._decode_iterator(json.loads(body)["ShardIterator"])["t"]
    loop = asyncio.get_running_loop()
    written_to = asyncio.Event()

    def wake():
        loop.call_soon_threadsafe(written_to.set)

    waiting.setdefault(table, set()).add(wake)
    try:
        await asyncio.wait_for(written_to.wait(), float(headers[WAIT]))
    except asyncio.TimeoutError:
        pass
    finally:
        waiting[table].discard(wake)
    return await read(*given)


dynamodb.handle_request = handle_replicated
dynamodb_streams.handle_request = read_patiently
dynamodb._emit_stream_event = note
dynamodb._build_change_record = marked
dynamodb._next_stream_seq = lambda: f"{moment.get():020d}{next(counter):010d}"
