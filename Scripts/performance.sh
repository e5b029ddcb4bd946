#!/bin/sh
# Puts the tables of the last benchmark, made from its CSV files, into docs/performance.md, and its figures beside it.
set -eu
normlab=$1
document=docs/performance.md

"$normlab" bench --markdown > "$document.tables"
{
    echo
    echo "![The kernels under the measured peaks of the machine](performance/roofline.png)"
    echo
    echo "![Speed and memory against batch and threads](performance/scaling.png)"
} >> "$document.tables"
awk '/<!-- \/tables -->/ { inside = 0 }
     !inside { print }
     /<!-- tables -->/ { inside = 1; while ((getline line < "docs/performance.md.tables") > 0) print line }' \
    "$document" > "$document.new"
mv "$document.new" "$document"
rm "$document.tables"
mkdir -p docs/performance
cp Results/Benchmarks/roofline.png Results/Benchmarks/scaling.png docs/performance/
echo "The tables in $document are those of Results/Benchmarks."
