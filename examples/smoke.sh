#!/usr/bin/env bash
# Runs each example for a moment, as a newcomer would, and checks what it says.
set -euo pipefail
cd "$(dirname "$0")/.."
bin="$(mktemp -d)"
trap 'rm -rf "$bin"' EXIT
go build -o "$bin/" ./examples/...

expect() { # name, text that must appear, command…
	local name="$1" text="$2"
	shift 2
	local out
	out="$("$@" 2>&1)" || { printf '%s failed:\n%s\n' "$name" "$out"; exit 1; }
	grep -qF -- "$text" <<<"$out" || { printf '%s did not print %q:\n%s\n' "$name" "$text" "$out"; exit 1; }
	echo "ok $name"
}

expect quickstart "the phone shows: It is." "$bin/quickstart"
expect "kanava redact" "1111" bash -c "echo 'card 4111 1111 1111 1111' | '$bin/kanava' redact"
expect "kanava explain" "window closed" "$bin/kanava" explain 131047
expect "kanava help" "templates" "$bin/kanava" help

serve() { # name, path, text that must appear there, command…: it must stop cleanly on Ctrl-C
	local name="$1" path="$2" text="$3" url=""
	shift 3
	"$@" >"$bin/out" 2>&1 &
	local pid=$!
	for _ in $(seq 1200); do # two minutes tell a hang from a slow machine
		url="$(grep -oE 'http://[^ ]+' "$bin/out" | head -n 1 || true)"
		[ -n "$url" ] && break
		kill -0 "$pid" 2>/dev/null || break # it has ended
		sleep 0.1
	done
	local page
	page="$(curl -sSf -H 'Authorization: Bearer demo' "$url$path")" # grep -q would leave before curl is done
	grep -qF -- "$text" <<<"$page" || { printf '%s did not serve %q:\n' "$name" "$text"; cat "$bin/out"; exit 1; }
	kill -INT "$pid"
	wait "$pid" || { echo "$name did not stop cleanly"; cat "$bin/out"; exit 1; }
	echo "ok $name"
}

serve helpdesk / "Kanava helpdesk" "$bin/helpdesk" -addr localhost:0 -dir "$bin/desk"
serve "kanava simulate" /control/ "/control/clock" "$bin/kanava" simulate --addr 0
XDG_CACHE_HOME="$bin/cache" serve "kanava up" /console/ "Inbox" "$bin/kanava" up --addr 0 --simulator 0
HOST_DIR="$bin/host-data" HOST_ADDR=localhost:0 serve host /tickets "[]" "$bin/host"
BOT_ADDR=localhost:0 serve bot "?number=0" "" "$bin/bot"
