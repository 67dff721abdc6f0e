#!/bin/sh
# Runs one request from cron, without AWS, and acts on the exit code of datamart run. Says nothing if the table is
# loaded, so that cron sends mail only about failures.
#
#   0 5 * * *  /opt/datamart-runner/recipes/nightly.sh /etc/datamart/sales.json https://mstr.example.com/MicroStrategyLibrary
#
# Cron gives a bare environment: the credentials (export MSTR_USERNAME=… MSTR_PASSWORD=…) are read from the file that
# DATAMART_ENV names, ~/.datamart-env if it is not set. That file must be readable by its owner alone.
set -u

request=$1
url=$2
datamart=${DATAMART:-$(dirname "$0")/../.venv/bin/datamart}
retry_after=${RETRY_AFTER:-600} # seconds

# shellcheck source=/dev/null
. "${DATAMART_ENV:-$HOME/.datamart-env}"

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# Two processes know nothing of each other: without a lock the run of last night and this one could load one table.
# The lock is named by the whole path of the request, in a folder that nobody else can put a link into. It is the same
# folder from cron as by hand, where XDG_RUNTIME_DIR and TMPDIR are not.
if command -v flock >/dev/null; then
    locks=$HOME/.cache/datamart-runner/locks
    mkdir -p -m 700 "$locks" || exit 1
    path=$(cd "$(dirname "$request")" && pwd -P)/$(basename "$request")
    exec 9>"$locks/$(printf %s "$path" | sha256sum | cut -c 1-64).lock" || exit 1
    if ! flock -n 9; then
        echo "$request: the run before has not ended; this one is left out." >&2
        exit 1
    fi
fi

run() {
    "$datamart" run "$request" --library-url "$url" --json >"$work/outcome.json" 2>"$work/log"
}

run
code=$?
# Only a load that is known not to have begun is safe to repeat. "Loaded: unknown" is for a person.
if [ $code -eq 1 ] && grep -q '"cause": "Loaded: no' "$work/outcome.json"; then
    sleep "$retry_after"
    run
    code=$?
fi

case $code in
0) ;;                                                                # loaded
1) echo "$request: not loaded, or nobody knows. See below." >&2 ;;    # "cause" begins with Loaded: yes, no or unknown
2) echo "$request: the command line or the request is wrong. Correct it." >&2 ;;
*) echo "$request: stopped by a signal." >&2 ;;                      # 129, 130, 143
esac
[ $code -eq 0 ] || cat "$work/outcome.json" "$work/log" >&2
exit $code
