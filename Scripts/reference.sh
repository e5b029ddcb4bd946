#!/bin/sh
# Copies figures, summaries and claims of a profile to Results/Reference, and the table of verdicts into the README.
set -eu
profile=$1
normlab=$2

for folder in Results/"$profile"/*/; do
    name=$(basename "$folder")
    case $name in *@*) continue ;; esac  # variations made on the command line
    reference=Results/Reference/$name
    rm -rf "$reference"
    mkdir -p "$reference"
    for table in experiment arms settings runs summary claims matches ensembles; do
        if [ -e "$folder$table.csv" ]; then cp "$folder$table.csv" "$reference"; fi
    done
    cp "$folder"*.png "$reference"
    for table in "$folder"*.md; do if [ -e "$table" ]; then cp "$table" "$reference"; fi; done
done

ledger() { "$normlab" claims --profile "$profile" --markdown "$@"; }
ledger --links ../../Experiments > Results/Reference/claims.md
ledger --links Experiments --brief > README.claims
awk '/<!-- \/claims -->/ { inside = 0 }
     !inside { print }
     /<!-- claims -->/ { inside = 1; while ((getline line < "README.claims") > 0) print line }' README.md > README.new
mv README.new README.md
rm README.claims
echo "Results/Reference and the table in README.md are those of the profile $profile."
