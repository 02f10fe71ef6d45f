#!/bin/sh
# Starts EventStoreDB with the first passwords of its own users, which it takes from its environment
# alone: so that they stand in no compose file, and nobody ever signs in with the well-known ones.
set -eu
set -a
# shellcheck source=/dev/null
. /run/credentials/eventstoredb/first-passwords.env
set +a
# The program's name in images of 23.10 and before, and in later ones.
for program in /opt/eventstore/EventStore.ClusterNode /opt/eventstore/eventstored; do
  if [ -x "$program" ]; then exec "$program" "$@"; fi
done
echo 'eventstoredb.sh: this image keeps EventStoreDB under another name' >&2
exit 1
