"""Matrix products in numpy or torch (the argument), on one thread. Reads JSON, a line a question: a product (see products/product.ts)
makes its operands; {"repeats": N} multiplies N times and answers with milliseconds per run; {} answers with C in base64."""

import base64
import json
import sys
import time

import numpy as np

library = sys.argv[1]
if library == "torch":
    import torch

    torch.set_num_threads(1)


def numbers(*shape):
    i = np.arange(np.prod(shape), dtype=np.int64)
    values = ((i * 2_654_435_761) % 4096 / 2048 - 1).astype(np.float32).reshape(shape)
    return torch.from_numpy(values) if library == "torch" else values


for line in sys.stdin:
    question = json.loads(line)
    if "m" in question:
        m, k, n, batch, layout = (question[name] for name in ("m", "k", "n", "batch", "layout"))
        front = (batch,) if batch > 1 else ()
        a = numbers(*front, k, m).swapaxes(-1, -2) if layout == "TN" else numbers(*front, m, k)
        b = numbers(*front, n, k).swapaxes(-1, -2) if layout == "NT" else numbers(*front, k, n)
        now = time.process_time if question["clock"] == "cpu" else time.perf_counter
        answer = "ready"
    elif "repeats" in question:
        start = now()
        for _ in range(question["repeats"]):
            a @ b
        answer = 1000 * (now() - start) / question["repeats"]
    else:
        answer = base64.b64encode(np.ascontiguousarray(a @ b).tobytes()).decode()
    print(answer, flush=True)
