#!/usr/bin/env bash
# Sends both listeners of the demo what their OpenAPI descriptions allow, and what they do not, for so many seconds each: no 5xx and
# no answer that the description does not have. Needs Python 3.10 or newer and PyPI.
#
#   tests/schemathesis.sh [SECONDS]      60 unless given
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
environment=target/schemathesis
if [ ! -x "$environment/bin/st" ]; then
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check schemathesis==4.32.5
fi
cargo build --quiet --locked -p gateway
said=$(mktemp)
target/debug/profile-gateway demo --listen 127.0.0.1:0 --seconds "$((seconds * 2 + 120))" >"$said" 2>/dev/null &
demo=$!
trap 'kill "$demo" 2>/dev/null && wait "$demo" || true; rm -f "$said"' EXIT
for _ in $(seq 100); do
  if grep -q '^  key' "$said"; then break; fi
  sleep 0.2
done
word() { awk -v name="$1" '$1 == name { print $2; exit }' "$said"; }

# Whether a request that fits its schema is accepted depends on what was sent before: a version, an erased user, a key used twice.
for listener in API pages; do
  address=$(word "$listener")
  "$environment/bin/st" run "${address%/}/v1/openapi.json" --header "Authorization: Bearer $(word key)" \
    --exclude-checks positive_data_acceptance --max-time "$seconds" --continue-on-failure --no-color
done
