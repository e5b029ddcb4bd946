#!/bin/sh
# Builds the kernels and the engine for other instruction sets than this machine's, and runs the tests that pin bits:
# products, reductions, functions and whole trainings must give what they give everywhere.
set -u
swift=${1:-swift}
[ "$(uname -m)" = x86_64 ] || { echo "numerics-check: only x86-64 has several instruction sets to build for"; exit 0; }

architectures="x86-64-v3"
grep -qs avx512f /proc/cpuinfo && architectures="$architectures x86-64-v4"
for architecture in ${ARCHITECTURES:-$architectures}; do
    export NORMLAB_ARCH="$architecture"
    folder=.build-$architecture
    "$swift" build --build-tests --scratch-path "$folder" >"$folder.log" 2>&1 || {
        cat "$folder.log" >&2
        rm -f "$folder.log"
        exit 1
    }
    rm -f "$folder.log"
    result=$("$swift" test --scratch-path "$folder" --skip-build --disable-xctest --filter "KernelsTests|EngineTests" 2>&1)
    if [ $? -ne 0 ]; then
        printf '%s\n' "$result" | grep -E '✘|error:' >&2
        echo "numerics-check: a build for $architecture does not give the pinned bits" >&2
        exit 1
    fi
    printf '%s\n' "$result" | tail -n 1 | grep -qE ' with [1-9][0-9]* tests' || {
        echo "numerics-check: no test ran" >&2
        exit 1
    }
    printf '%s: %s\n' "$architecture" "$(printf '%s\n' "$result" | tail -n 1)"
done
