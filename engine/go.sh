#!/bin/sh
# Runs the go command on this module: go.sh build|test|vet ARGS. The modules that overlay/ changes take part as changed.
set -e
cd "$(dirname "$0")"
GOOS= GOARCH= GOFLAGS=-trimpath go run ./overlay
command=$1
shift
exec go "$command" -modfile=overlay/out/go.mod "$@"
