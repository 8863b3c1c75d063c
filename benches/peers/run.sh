#!/bin/sh
# Measures W2 on zonefall's engine and on its peers, alternately, and prints the median of the
# pairwise ratios (how many times faster per event zonefall is). CPU time of one thread.
#
#     benches/peers/run.sh [PAIRS]        9 by default; about five minutes with 9
set -eu
cd "$(dirname "$0")"
pairs=${1:-9}

cargo build --release --quiet
ours=$(cd ../.. && cargo bench --bench w2 --no-run --message-format=json 2>/dev/null |
    sed -n 's/.*"target":{[^}]*"name":"w2".*"executable":"\([^"]*\)".*/\1/p' | tail -1)
[ -n "$ours" ] || { echo "the w2 bench did not build" >&2; exit 1; }

simpy=
if [ -x .venv/bin/python ] || { python3 -m venv .venv && .venv/bin/pip install --quiet simpy==4.1.1; } >/dev/null 2>&1
then
    simpy=".venv/bin/python w2_simpy.py"
else
    rm -rf .venv
    echo "simpy is skipped: it could not be installed"
fi

cimba=
if [ -n "$simpy" ] && .venv/bin/pip install --quiet --no-deps cimba==0.9.6 >/dev/null 2>&1; then
    CIMBA_LIB=$(echo "$PWD"/.venv/lib/python3*/site-packages/cimba/libcimba_py.so)
    [ -f "$CIMBA_LIB" ] && export CIMBA_LIB && cimba=target/release/cimba
fi
[ -n "$cimba" ] || echo "cimba is skipped: its library could not be installed"

nanos() { sed -n 's/.* ns\/ev=\([0-9.]*\) .*/\1/p'; }

# compare NAME N EVENTS EVENTS_OF_PEER COMMAND...: EVENTS for us, then the same work for the peer.
compare() {
    name=$1 n=$2 events=$3 theirs=$4
    shift 4
    i=0
    while [ "$i" -lt "$pairs" ]; do
        a=$("$ours" w2 "$n" "$events" | nanos)
        b=$("$@" w2 "$n" "$theirs" | nanos)
        echo "$a $b"
        i=$((i + 1))
    done | awk -v name="$name" -v n="$n" '
        { ours[NR] = $1; peer[NR] = $2; ratio[NR] = $2 / $1 }
        function median(v, m,   i, j, t) {
            for (i = 2; i <= m; i++) for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
            return m % 2 ? v[(m + 1) / 2] : (v[m / 2] + v[m / 2 + 1]) / 2
        }
        END {
            r = median(ratio, NR)
            printf "%-8s N = %7d   zonefall %7.1f ns/event   %-8s %8.1f ns/event   ratio %6.2f (%.2f to %.2f)\n",
                name, n, median(ours, NR), name, median(peer, NR), r, ratio[1], ratio[NR]
        }'
}

# As many events for both, set-up included: at least a few for each component.
compare simcore 1000 5000000 5000000 target/release/simcore
compare simcore 100000 5000000 5000000 target/release/simcore
compare simcore 1000000 5000000 5000000 target/release/simcore
compare odem 1000 5000000 5000000 target/release/odem
compare odem 100000 5000000 5000000 target/release/odem
if [ -n "$cimba" ]; then
    compare cimba 1000 5000000 5000000 "$cimba"
    compare cimba 100000 5000000 5000000 "$cimba"
    compare cimba 1000000 5000000 5000000 "$cimba"
fi
if [ -n "$simpy" ]; then
    run_simpy() { shift; $simpy "$@"; }
    compare simpy 1000 500000 500000 run_simpy
fi
