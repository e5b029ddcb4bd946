#!/bin/sh
# Compares two folders of results that two states of the program made from the same data and seeds. Says what differs, and
# by which rule it may; what no rule allows is listed as DIFFERS, and the exit code is 1.
#
#   Scripts/same-results.sh old/Results/smoke new/Results/smoke
set -eu
[ $# -eq 2 ] || { echo "usage: $0 OLD NEW" >&2; exit 64; }
exec python3 - "$1" "$2" <<'PYTHON'
import collections, csv, json, os, re, struct, sys

# What may differ, and why. A later change that is meant to differ adds its own rule here.
TIMED_FILES = {"run.log"}
TIMED_KEYS = {"started", "ended", "seconds", "images-per-second", "peak-memory", "provenance", "threads", "resumptions"}
TIMED_COLUMNS = {"seconds", "images-per-second"}
TIMED_QUANTITIES = re.compile(r"multiplication-|decorrelation-(time|cost)|normalization-time")
RENAMED_KEYS = {"response": "local-response", "disturbance": "noise", "stream": "random-stream", "of": "taps"}
REPLACED_FILES = {"figures.csv": "figures.yaml"}
NEW_FILES = {"quantities.csv", "figures.yaml"}
WORDS = {"statement", "measure", "note", "paper", "source", "disputed-by", "label", "description", "minimum-effect"}
EXPERIMENT_WORDS = {"title", "source", "question"}  # keys of experiment.csv
DIGITS = 1e-12  # relative: the last digits of sums in another order
DIFFERENCES = re.compile(r"(.*-)?deviation|difference|low|high")  # their last digits are those of the row's largest number

RULES = {
    "time": "times differ from run to run",
    "number": "a number that is spelled in another way: 5.0 and 5",
    "digit": f"last digits of a number (relative {DIGITS:g})",
    "single": "what follows from single-precision numbers above 2^24, which are spelled exactly (relative 1e-7)",
    "interval": "ends of intervals: Student's quantile is computed, where it was a table of six decimals (1e-9 of the row)",
    "key": "a renamed setting: " + ", ".join(f"{a} is {b}" for a, b in RENAMED_KEYS.items())
        + "; the procedure new-data measures at the ends by every: none",
    "source": "the statistics of batch normalization that count where none are asked for",
    "words": "words of claims and notes",
    "file": "files that replace others, and new ones: " + ", ".join(sorted(NEW_FILES)),
    "network": "runs that needed a network and train none now: everything but what they measured",
    "picture": "a picture or table of numbers that differ by a rule above",
}

def files(root):
    return {os.path.relpath(os.path.join(folder, name), root)
            for folder, _, names in os.walk(root) for name in names if name not in ("run.lock", "report.html")}

def read(root, path):
    with open(os.path.join(root, path), "rb") as file:
        return file.read()

def number(text):
    try:
        return float(text)
    except ValueError:
        return None

def single(value):
    return struct.unpack("f", struct.pack("f", value))[0] if abs(value) < 3e38 else value

def renamed(text):
    for old, new in RENAMED_KEYS.items():
        text = re.sub(rf"(^|[\s{{,.\"])(?<!local-){old}(?=[:.\"\s,=]|$)", rf"\g<1>{new}", text, flags=re.M)
    return text.replace("every: 1000000000", "every: none")

def table(path, old, new):
    """The rules by which two tables differ; None where none allows it."""
    a, b = (list(csv.reader(data.decode().splitlines())) for data in (old, new))
    if not a or not b or len(a) != len(b):
        return None
    found = set()
    header = b[0]
    for before, after in zip(a, b):
        if len(before) != len(after):
            return None
        timed = any(TIMED_QUANTITIES.search(cell) for cell in after)
        largest = max((abs(value) for value in map(number, after) if value is not None and value == value), default=0)
        for column, x, y in zip(header, before, after):
            if x == y:
                continue
            p, q = number(x), number(y)
            if column in TIMED_COLUMNS or timed:
                found.add("time")
            elif renamed(x) == y or header != after and sorted(renamed(x).split()) == sorted(y.split()):
                found.add("key")
            elif p is not None and q is not None and (p == q or abs(q) >= 2**24 and single(p) == single(q)):
                found.add("number")
            elif p is not None and q is not None and abs(p - q) <= DIGITS * max(
                    abs(p), abs(q), largest if DIFFERENCES.fullmatch(column) else 1e-300):
                found.add("digit")
            elif p is not None and q is not None and os.path.basename(path) in {"drift.csv", "shift.csv"} and abs(
                    p - q) <= 1e-7 * abs(q):
                found.add("single")
            elif p is not None and q is not None and column in {"low", "high"} and abs(p - q) <= 1e-9 * largest:
                found.add("interval")
            elif column == "statistics" and "summary.csv" not in path:
                found.add("source")
            elif p is None and q is None and (column in WORDS or column == "value" and after[0] in EXPERIMENT_WORDS):
                found.add("words")
            else:
                return None
    return found

def manifest(old, new):
    """The rules by which two run.json differ: times, the spelling of settings and what follows from it."""
    a, b = json.loads(old), json.loads(new)
    for side in (a, b):
        side.pop("hash", None)
        for key in TIMED_KEYS:
            side.pop(key, None)
        side["settings"] = {renamed(key): renamed(str(value)) for key, value in side.get("settings", {}).items()}
    return {"time"} if a == b else None

def configuration(old, new):
    before, after = (collections.Counter(data.decode().split("\n")) for data in (old, new))
    gone, come = before - after, after - before
    return {"key"} if sorted(map(renamed, gone.elements())) == sorted(come.elements()) else None

def without_network(root, paths):
    """The folders of runs without a network, and of the experiments that have such arms, with the arms."""
    runs, arms = set(), collections.defaultdict(set)
    for path in paths:
        if path.endswith("/config.yaml") and b"\n  model: none\n" in read(root, path):
            run = os.path.dirname(path)
            runs.add(run)
            arms[os.path.dirname(os.path.dirname(run))].add(os.path.basename(os.path.dirname(run)))
    return runs, arms

def rest(data, arms):
    """A table of an experiment without the rows of some arms, and without the loss that they had."""
    lines = data.decode().splitlines(keepends=True)
    return "".join(line for line in lines if line.split(",")[0] not in arms and not line.startswith("loss,")).encode()

def main(old_root, new_root):
    old, new = files(old_root), files(new_root)
    if not old or not new:
        sys.exit("no files in " + (new_root if old else old_root))
    runs, arms = without_network(new_root, new)
    counts, wrong, differing = collections.Counter(), [], {}
    for path in sorted(old | new):
        name, folder = os.path.basename(path), os.path.dirname(path)
        if folder in runs and name not in {"measures.csv", "shift.csv"}:
            counts["network"] += 1
            continue
        if path not in new or path not in old:
            successor = os.path.join(folder, REPLACED_FILES.get(name, ""))
            replaced = path not in new and name in REPLACED_FILES and successor in new
            if replaced or path not in old and name in NEW_FILES:
                counts["file"] += 1
            else:
                wrong.append(f"{path}: only in {'the old' if path in old else 'the new'}")
            continue
        before, after = read(old_root, path), read(new_root, path)
        if before == after:
            counts["same"] += 1
            continue
        if name in TIMED_FILES:
            rules = {"time"}
        elif name == "run.json":
            rules = manifest(before, after)
        elif folder in arms and name in {"experiment.csv", "runs.csv", "summary.csv", "settings.csv"}:
            others = table(path, rest(before, arms[folder]), rest(after, arms[folder]))
            rules = {"network"} if name == "settings.csv" or others is not None else None
        elif name.endswith(".csv"):
            rules = table(path, before, after)
        elif name == "config.yaml":
            rules = configuration(before, after)
        elif name.endswith((".png", ".svg", ".md")):
            differing[path] = os.path.splitext(path)[0] + ".csv"
            continue
        else:
            rules = None
        if rules is None:
            wrong.append(path)
        for rule in rules or ():
            counts[rule] += 1
    tables = set(wrong)
    for path, numbers in differing.items():
        if numbers in old and numbers in new and read(old_root, numbers) != read(new_root, numbers) and numbers not in tables:
            counts["picture"] += 1
        else:
            wrong.append(path)
    print(f"{counts.pop('same', 0)} files are the same bytes.")
    for rule, count in counts.items():
        print(f"{count:6} differ by the rule '{rule}': {RULES[rule]}")
    for path in wrong:
        print(f"DIFFERS {path}")
    return 1 if wrong else 0

sys.exit(main(*sys.argv[1:]))
PYTHON
