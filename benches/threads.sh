#!/usr/bin/env bash
# One thread against two on the same study of 1 000 containers, alternated: the median of the pairwise
# ratios of wall time. `benches/threads.sh FILE N` takes N replications of another scenario.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet
fleet=$(mktemp -d)/fleet.toml
trap 'rm -r "$(dirname "$fleet")"' EXIT
{
    printf 'version = 1\nplatform = "mendix-cloud@2026-11"\nstudy = { importance = false }\nchanges = "none"\n'
    for app in $(seq 400); do
        printf '[app.app-%03d]\nregion = "eu-central-1"\nplan = "premium"\ncontainers = %d\nload = "40/s"\n' \
            "$app" $((2 + app % 2))
    done
} >"$fleet"
study=(target/release/zonefall run "${1:-$fleet}" --replications "${2:-200}" --no-files --format json)
seconds() { "${study[@]}" --threads "$1" 2>/dev/null | grep -o '"wall_s": *[0-9.e-]*' | grep -o '[0-9.e-]*$'; }
seconds 2 >/dev/null
for pair in 1 2 3 4 5 6 7; do
    one=$(seconds 1)
    two=$(seconds 2)
    awk -v a="$one" -v b="$two" 'BEGIN { printf "%.3f s  %.3f s  %.3f\n", a, b, a / b }'
done | sort -k5 -n | awk '{ print; ratio[NR] = $5 } END { print "median", ratio[int((NR + 1) / 2)] }'
