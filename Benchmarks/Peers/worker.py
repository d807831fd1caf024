"""What all peers share: a process that measures when it is asked to, and sleeps otherwise.

Requests come on standard input, one a line; each is answered by one line of JSON on standard
output:

  prepare WORKLOAD FILE   reads parameters and inputs (safetensors), answers {"results": [...]}
  run WORKLOAD SECONDS    answers {"milliseconds": [...], "count": N}
  memory WORKLOAD STEPS FILE   makes a workload and runs its first steps, answers
                          {"memory": {"atStart": M, "beforeSteps": M, "afterSteps": M}}, where each
                          M is {"resident": KB, "peak": KB}
  forget WORKLOAD         frees memory, answers {}

A request that fails is answered by {"error": "..."}. The first line is a greeting with the
library's version and the workloads it knows.
"""
import argparse
import gc
import inspect
import json
import os
import sys
import time

import numpy

WARM_UP_CALLS = 5
FEWEST_CALLS = 3
KEPT_SAMPLES = 1001  # evenly spaced order statistics of longer lists, as on the Swift side
COMPARED_STEPS = 4  # of training; as on the Swift side
COMPARED_ELEMENTS = 1000  # of an output; as on the Swift side


def arguments(*modes):
    """The command line: `--threads N`, and one of the modes if there are any."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    if modes:
        parser.add_argument("mode", choices=modes)
    return parser.parse_args()


def read_tensors(path):
    """The tensors of a safetensors file as arrays by name."""
    types = {"F32": numpy.float32, "F64": numpy.float64, "I32": numpy.int32, "I64": numpy.int64,
             "U32": numpy.uint32}
    data = numpy.memmap(path, numpy.uint8, "r")
    start = 8 + int.from_bytes(data[:8].tobytes(), "little")
    header = json.loads(data[8:start].tobytes())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (start + offset for offset in entry["data_offsets"])
        array = numpy.empty(entry["shape"], types[entry["dtype"]])
        array.reshape(-1).view(numpy.uint8)[:] = data[begin:end]
        tensors[name] = array
    return tensors


def operands(tensors, names):
    """Inputs by their names."""
    return [tensors[f"inputs/{name}"] for name in names]


def operands_of(function, tensors):
    """A function's operands, which are named like its parameters."""
    return operands(tensors, inspect.signature(function).parameters)


def micro_catalog(functions, make):
    """Names of single operations beside what `make` prepares of their functions in a module."""
    names = {
        "gelu_affine": functions.affine_gelu,
        "residual_layer_norm": functions.residual_layer_norm,
        "softmax": functions.softmax,
        "sum_over_columns": functions.sum_over_columns,
        "sum_over_rows": functions.sum_over_rows,
        "sum_over_all": functions.sum_over_all,
    }
    for size in ["8", "32", "128", "512", "1024", "2048", "32x256x1024"]:
        names[f"product_{size}"] = functions.product
    return {name: make(function) for name, function in names.items()}


def sampled(output):
    """Evenly spaced elements from the first to the last, all of them if they are few."""
    values = numpy.asarray(output).reshape(-1)
    count = len(values)
    if count > COMPARED_ELEMENTS:
        last = COMPARED_ELEMENTS - 1
        values = values[[i * (count - 1) // last for i in range(COMPARED_ELEMENTS)]]
    return values.tolist()


def measure(workload, seconds):
    """Times of single calls in milliseconds, after a few calls that are not timed."""
    workload.reset()
    for _ in range(WARM_UP_CALLS):
        workload.step()
    times = []
    clock = time.perf_counter
    end = clock() + seconds
    while clock() < end or len(times) < FEWEST_CALLS:
        start = clock()
        workload.step()
        times.append((clock() - start) * 1e3)
    times.sort()
    count = len(times)
    if count > KEPT_SAMPLES:
        times = [times[i * (count - 1) // (KEPT_SAMPLES - 1)] for i in range(KEPT_SAMPLES)]
    return {"milliseconds": times, "count": count}


def process_memory():
    """The memory of this process now, and at most, in KB."""
    with open("/proc/self/status") as file:
        fields = dict(line.split(":", 1) for line in file)
    return {
        "resident": int(fields["VmRSS"].split()[0]), "peak": int(fields["VmHWM"].split()[0])}


def memory_of_steps(make, steps, path):
    """The memory of a workload's first steps, in a process that has done nothing else."""
    report = {"atStart": process_memory()}
    workload = make(read_tensors(path))
    workload.initial = None  # as on the Swift side
    gc.collect()
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # begins to look for the peak anew
    report["beforeSteps"] = process_memory()
    for _ in range(steps):
        workload.step()
    report["afterSteps"] = process_memory()
    return report


def serve(version, catalog):
    """Answers requests until the end of standard input.

    `catalog` maps names of workloads to functions of the tensors of a file that return an object
    with `reset()`, `step()`, which returns when the result is there, and `results()`.
    """
    # Libraries may print what they like: the replies have a descriptor of their own.
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def reply(answer):
        replies.write(json.dumps(answer) + "\n")
        replies.flush()

    peer = " ".join(sys.argv[:1] + sys.argv[3:])
    reply({"version": version, "workloads": sorted(catalog)})
    prepared = {}
    for line in sys.stdin:
        verb, name, *rest = line.rstrip("\n").split(" ", 2)
        try:
            if verb == "prepare":
                start = time.perf_counter()
                prepared[name] = catalog[name](read_tensors(rest[0]))
                results = [float(x) for x in prepared[name].results()]
                # Mostly the compilers' time.
                seconds = time.perf_counter() - start
                print(f"{peer} is ready for {name} after {seconds:.1f} s", file=sys.stderr)
                reply({"results": results})
            elif verb == "run":
                reply(measure(prepared[name], float(rest[0])))
            elif verb == "memory":
                steps, path = rest[0].split(" ", 1)
                reply({"memory": memory_of_steps(catalog[name], int(steps), path)})
            elif verb == "forget":
                prepared.pop(name, None)
                reply({})
            else:
                reply({"error": f"unknown request {verb}"})
        except Exception as error:  # any failure of a peer is a result, not an end
            reply({"error": f"{type(error).__name__}: {error}"[:500]})
