"""Another framework's side of `normlab bench --compare`, which starts it; see docs/performance.md.

It makes a network, does one training step, and says on standard output, as a line of JSON, how large the network is. Then
it takes orders from standard input, a line of JSON each: `{"work": "train", "seconds": 1}`, or `infer` or `run`. It works
for about as long, answers with a line `{"images-per-second": …, "memory": …}`, and waits for the next.

    python peers.py --framework torch --network lenet --variant bn --batch 64 --threads 2 --mode compile --optimizer fused
"""
import argparse
import json
import os
import resource
import sys
import time

TORCH_MODES = ["eager", "channels_last", "compile", "compile+channels_last"]


def options():
    parser = argparse.ArgumentParser(description="Run a network in another framework, on orders.")
    parser.add_argument("--framework", choices=["torch", "jax"], required=True)
    parser.add_argument("--network", required=True)
    parser.add_argument("--variant", choices=["none", "bn", "lrn"], required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--mode", choices=TORCH_MODES + ["scan"], required=True)
    parser.add_argument("--optimizer", choices=["default", "fused"], default="fused")
    parser.add_argument("--input", choices=["random", "bytes"], default="random")
    return parser.parse_args()


def answer(**facts):
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    facts = {name.replace("_", "-"): value for name, value in facts.items()}
    print(json.dumps(facts | {"memory": memory}), flush=True)


def rate(work, seconds):
    """Images a second: what `work` does until the seconds are over, once at least. It returns how many images it did."""
    start, images = time.perf_counter(), 0
    while True:
        images += work()
        elapsed = time.perf_counter() - start
        if elapsed >= seconds:
            return images / elapsed


def main():
    chosen = options()
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = str(chosen.threads)
    if chosen.framework == "torch":
        from torch_peer import Peer
    else:
        from jax_peer import Peer
    peer = Peer(chosen)
    peer.first_step()
    answer(program=peer.program, parameters=peer.parameters, multiply_adds=peer.multiply_adds)
    for line in sys.stdin:
        order = json.loads(line)
        answer(images_per_second=rate(peer.work(order["work"]), order["seconds"]))


if __name__ == "__main__":
    main()
