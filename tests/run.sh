#!/usr/bin/env bash
# Everything that must hold before a change is merged: formatting, lints, all tests (unit, integration,
# documentation), the documentation itself. Ends with "N passed, 0 failed"; exit code 0 only then.
set -euo pipefail
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
broken=()

step() { # name, command…
    local name=$1 from=$SECONDS
    shift
    echo "== $name"
    if "$@"; then
        echo "   $((SECONDS - from)) s"
    else
        broken+=("$name")
        echo "   FAILED after $((SECONDS - from)) s"
    fi
}

have() { command -v "$1" >/dev/null 2>&1; }

# What is needed and missing. Without rights to install, what needs it is skipped and said so.
if ! have cargo; then
    echo "cargo is missing: install Rust from https://rustup.rs" >&2
    exit 1
fi
for component in rustfmt clippy; do
    cargo "${component/rustfmt/fmt}" --version >/dev/null 2>&1 ||
        rustup component add "$component" >/dev/null 2>&1 ||
        echo "$component cannot be installed" >&2
done
browser() { have chromium || have chromium-browser || have google-chrome; }
if ! browser && have apt-get; then
    root=()
    [ "$(id -u)" = 0 ] || root=(sudo -n)
    if [ ${#root[@]} = 0 ] || sudo -n true 2>/dev/null; then
        echo "== installing chromium, for the tests of the HTML report"
        { "${root[@]}" apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
            "${root[@]}" apt-get install -y -qq --no-install-recommends chromium; } >"$log" 2>&1 ||
            { echo "   it cannot be installed:"; tail -n 3 "$log"; }
    fi
fi
if browser; then
    export ZONEFALL_BROWSER_TESTS=1
else
    echo "== no chromium: the tests that open the HTML report in a browser are SKIPPED"
fi

tests() { cargo test --quiet --no-fail-fast 2>&1 | tee "$log"; }
documentation() { RUSTDOCFLAGS="-D warnings" cargo doc --quiet --no-deps; }

step "formatting" cargo fmt --check
step "lints" cargo clippy --quiet --all-targets -- -D warnings
step "tests" tests
step "documentation" documentation

total() { awk -v what="$1" '/^test result:/ { for (i = 2; i <= NF; i++) if ($i == what ";") n += $(i - 1) }
    END { print n + 0 }' "$log"; }
passed=$(total passed) failed=$(total failed)
for name in "${broken[@]}"; do
    echo "failed: $name"
    # A step that broke without a single failing test (a lint, a build) must not look like success.
    [ "$name" = tests ] && [ "$failed" -gt 0 ] || failed=$((failed + 1))
done
echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
