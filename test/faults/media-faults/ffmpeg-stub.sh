#!/bin/sh
# Stands in for ffmpeg: the first bytes of the input say how it misbehaves; anything else is decoded as it should be.
for argument; do
  case "$argument" in file:*) input="${argument#file:}" ;; esac
done
case "$(head -c 8 "${input:-/dev/null}" 2> /dev/null | tr -d '\0')" in
  hangs...) exec sleep 1000 ;;
  'is deaf.') trap '' TERM && exec sleep 1000 ;;
  floods..) yes 'words of a decoder that finds no end' | head -c 1000000000 >&2 && exit 1 ;;
  crashes.) kill -SEGV $$ ;;
  *) exec /usr/bin/ffmpeg "$@" ;;
esac
