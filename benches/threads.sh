#!/usr/bin/env bash
# One thread against two on the same study, alternated; the median of the pairwise ratios of wall time.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet
study=(target/release/zonefall run scenarios/first.toml --replications "${1:-40000}" --no-files --format json)
seconds() { "${study[@]}" --threads "$1" 2>/dev/null | grep -o '"wall_s": *[0-9.e-]*' | grep -o '[0-9.e-]*$'; }
seconds 2 >/dev/null
for pair in 1 2 3 4 5 6 7; do
    one=$(seconds 1)
    two=$(seconds 2)
    awk -v a="$one" -v b="$two" 'BEGIN { printf "%.3f s  %.3f s  %.3f\n", a, b, a / b }'
done | sort -k5 -n | awk '{ print; ratio[NR] = $5 } END { print "median", ratio[int((NR + 1) / 2)] }'
