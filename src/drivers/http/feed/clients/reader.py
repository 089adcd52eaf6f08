"""Reads a feed for ever: prints each event, a CloudEvent as JSON, on a line of its own. Python 3.9 or later, no packages.

FEED_URLS   the feed in every region, with spaces between: "https://east.example/orders https://west.example/orders"
FEED_TOKEN  this reader's token
FEED_CURSOR file that keeps where this reader is
"""

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

URLS = os.environ["FEED_URLS"].split()
CURSOR = os.environ["FEED_CURSOR"]


def handle(event):
    """What you do with an event. It may come again after a crash: its source and id say whether you had it."""
    print(json.dumps(event), flush=True)


def fetch(url):
    """Status, headers and body of one read; status 0: no answer."""
    query = {"wait": 20}
    if os.path.exists(CURSOR):
        with open(CURSOR) as file:
            query["cursor"] = file.read().strip()
    request = urllib.request.Request(
        f"{url}?{urllib.parse.urlencode(query)}",
        headers={"authorization": f"Bearer {os.environ['FEED_TOKEN']}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=45) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()
    except (OSError, http.client.HTTPException):
        return 0, {}, b""


def keep(cursor):
    """Whole or not at all, whatever happens meanwhile."""
    with open(f"{CURSOR}.new", "w") as file:
        file.write(cursor)
    os.replace(f"{CURSOR}.new", CURSOR)


def read():
    """One page from the first region that serves it; else how long to wait, in seconds."""
    wait = 1
    for url in URLS:
        status, headers, body = fetch(url)
        if status == 200:
            for event in json.loads(body):
                handle(event)
            keep(headers["isthmus-cursor"])  # only now: what is kept is acknowledged
            return 0
        if status == 410:
            print("some events are no longer kept: going on from the earliest", file=sys.stderr)
            keep(headers["isthmus-cursor"])
            return 0
        if status != 0 and status < 500:
            sys.exit(f"{url} answers {status}: {body.decode()}")
        # This region is away or not ready: the next one has the same feed.
        wait = int(headers.get("retry-after", wait))
    return wait


if __name__ == "__main__":
    while True:
        time.sleep(read())
