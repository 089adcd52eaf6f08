#!/bin/sh
# Reads a feed for ever: prints each page, a JSON array of CloudEvents, on a line of its own.
#   FEED_URLS   the feed in every region, with spaces between: "https://east.example/orders https://west.example/orders"
#   FEED_TOKEN  this reader's token
#   FEED_CURSOR file that keeps where this reader is
set -eu
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT && trap 'exit 143' TERM INT

# What you do with a page. It may come again after a crash: an event's source and id say whether you had it.
handle() { [ "$(cat "$1")" = "[]" ] || { cat "$1" && echo; }; }

# The token goes through standard input: a command line can be read by others on the machine.
fetch() {
  printf 'header = "authorization: Bearer %s"\n' "$FEED_TOKEN" |
    curl --config - --silent --max-time 45 --dump-header "$work/head" --output "$work/body" --write-out '%{http_code}' "$1"
}
header() { grep -i "^$1:" "$work/head" | tail -n 1 | cut -d ' ' -f 2 | tr -d '\r'; }
keep() { header isthmus-cursor >"$FEED_CURSOR.new" && mv "$FEED_CURSOR.new" "$FEED_CURSOR"; }

while :; do
  served=no
  for url in $FEED_URLS; do
    : >"$work/head"
    status=$(fetch "$url?wait=20$([ ! -s "$FEED_CURSOR" ] || echo "&cursor=$(cat "$FEED_CURSOR")")") || status=away
    case $status in
    200) handle "$work/body" && keep && served=yes && break ;; # only now: what is kept is acknowledged
    410) echo "some events are no longer kept: going on from the earliest" >&2 && keep && served=yes && break ;;
    away | 5*) ;; # this region is away or not ready: the next one has the same feed
    *) echo "$url answers $status: $(cat "$work/body")" >&2 && exit 1 ;;
    esac
  done
  [ $served = yes ] || sleep "$(header retry-after | grep . || echo 1)"
done
