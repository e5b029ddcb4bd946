#!/bin/sh
# Looks at the code that was generated for the register tile: a spilled register, a scalar multiply-add or a call in
# its innermost loops is an error, and so is a panel without loops. And at the transforms of Winograd's algorithm, whose
# tiles are unrolled: a scalar multiply-add is an error, and so is a call of what looks types up while it runs.
set -u
program=${1:-.build/release/normlab}
objdump=$(command -v objdump || command -v llvm-objdump) || {
    echo "asm-check needs objdump (Debian: binutils)" >&2
    exit 69
}
[ -f "$program" ] || { echo "asm-check: there is no $program: build it first" >&2; exit 69; }

"$objdump" -d --no-show-raw-insn "$program" | awk '
function rowName(symbol) {
    if (symbol ~ /HalfRow|04HalfM0V_T/ && symbol !~ /06JoinedM/) return " 8"
    if (symbol ~ /04LaneM0V_T/) return "16"
    if (symbol ~ /06JoinedM0VyAA04LaneM0VAA04HalfM0VG/) return "24"
    if (symbol ~ /06JoinedM0VyAA04LaneM0VAKG/) return "32"
    return "? "
}
# Judges the loops of one function.
function judge(   i, j, k, start, fma, scalar, stack, calls, inner) {
    for (i = 1; i <= count; i++) {
        if (!(i in target) || !(target[i] in place) || place[target[i]] > i) continue
        start = place[target[i]]
        inner = 0
        for (j = start; j < i; j++)
            if ((j in target) && (target[j] in place) && place[target[j]] <= j && place[target[j]] >= start) inner = 1
        if (inner) continue
        fma = scalar = stack = calls = 0
        for (k = start; k <= i; k++) {
            if (text[k] ~ /vfn?m(add|sub)[0-9]*ps|fmla|fmadd.*v[0-9]/) fma++
            else if (text[k] ~ /vfn?m(add|sub)[0-9]*s[sd]|fmadd/) scalar++
            else if (text[k] ~ /^(call|bl) /) calls++
            if (text[k] ~ /\(%rsp|-0x[0-9a-f]+\(%rbp\)|\[sp/) stack++
        }
        if (fma < 1 && scalar < 1) continue
        loops++
        if (!(symbol in panels)) { panels[symbol] = 1; kinds++ }
        printf "  columns %s  %3d multiply-adds in %3d instructions, %d scalar, %d calls, %d accesses to the stack\n",
            rowName(symbol), fma, i - start + 1, scalar, calls, stack
        if (scalar + calls + stack > 0) bad++
    }
}
# Judges one transform.
function judgeTransform() {
    transforms++
    printf "  transform  %4d multiply-adds in %4d instructions, %d scalar, %d lookups of types, %d of vectors on the stack\n",
        fused, instructions, scalars, lookups, spilled
    if (scalars + lookups > 0 || fused == 0) bad++
}
/^[0-9a-f]+ <.*>:$/ {
    if (inside) judge()
    if (transforming) judgeTransform()
    transforming = ($0 ~ /Kernels(10TileReader.*9transform|12TileProducts.*5store|10OverlapAdd.*8addTiles|15OutputTransform.*9storePart)/ && $0 ~ /T[a-z]*[0-9]*[gG]5/)
    fused = scalars = lookups = spilled = instructions = 0
    inside = ($0 ~ /computePanel/)
    symbol = $0
    count = 0
    split("", target); split("", place); split("", text)
    next
}
transforming && /^ *[0-9a-f]+:/ {
    instructions++
    if ($0 ~ /vfn?m(add|sub)[0-9]*ps|fmla/) fused++
    else if ($0 ~ /vfn?m(add|sub)[0-9]*s[sd]|fmadd/) scalars++
    if ($0 ~ /call.*(swift_getAssociated|swift_getGenericMetadata|swift_checkMetadataState|swift_getWitness)/) lookups++
    if ($0 ~ /[yz]mm.*\(%r[sb]p|\(%r[sb]p.*[yz]mm/) spilled++
}
inside && /^ *[0-9a-f]+:/ {
    count++
    address = $1
    sub(/:$/, "", address)
    place[address] = count
    line = $0
    sub(/^ *[0-9a-f]+:[ \t]*/, "", line)
    text[count] = line
    if (line ~ /^(j|b\.|cbn?z|tbn?z|b )/ ) {
        n = split(line, words, /[ \t,]+/)
        for (w = 2; w <= n; w++) if (words[w] ~ /^(0x)?[0-9a-f]+$/) { sub(/^0x/, "", words[w]); target[count] = words[w]; break }
    }
}
END {
    if (inside) judge()
    if (transforming) judgeTransform()
    if (transforms < 4) { print "asm-check: " transforms + 0 " transforms were found, expected four or more"; exit 1 }
    if (loops == 0) { print "asm-check: no loop of the tile was found"; exit 1 }
    if (kinds < 2) { print "asm-check: panels of " kinds " widths, expected two or four"; exit 1 }
    if (bad > 0) { print "asm-check: " bad " of " loops " loops of the tile and " transforms " transforms are not clean"; exit 1 }
    print "asm-check: " loops " loops of the tile: nothing spilled, no scalar multiply-add, no call; " transforms " transforms: all in vectors"
}'
