#!/bin/sh
# `ledger server` starts the server as `npm start` does; all else is for the command line.
# LEDGER_ENV_FILE names a file of settings, NAME=value a line: those that hold passwords, so that they
# are not in the container's environment, which `docker inspect` shows. A variable that is set wins.
set -eu
case "${1:-}" in
  server)
    shift
    set -- --enable-source-maps --max-semi-space-size=64 /app/dist/apps/ledger/main.js "$@"
    ;;
  *)
    set -- --enable-source-maps /app/dist/apps/cli/main.js "$@"
    ;;
esac
exec node ${LEDGER_ENV_FILE:+"--env-file=$LEDGER_ENV_FILE"} "$@"
