"""Runs the workloads, the sides taking turns, and prints a table in Markdown."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

from .workloads import WORKLOADS, Workload

SIDE = Path(__file__).with_name("side.py")


def measure(python: str, side: str, name: str, device: str) -> dict | None:
    """One run of a workload in a fresh process; None where it fails, which is told."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [python, str(SIDE), side, name, device],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        print(f"{side} failed on {name}: {last[0]}", file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])


def row(workload: Workload, rounds: int, tensorflow: str, device: str = "cpu") -> dict:
    """The seconds of each round of each side."""
    sides = {"scopeflow": sys.executable}
    if tensorflow and workload.on_tensorflow:
        sides["tensorflow"] = tensorflow
    if workload.by_hand is not None:
        sides["torch"] = sys.executable
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    versions: dict[str, str] = {}
    for _ in range(rounds):
        for side, python in sides.items():
            if side not in seconds:
                continue
            found = measure(python, side, workload.name, device)
            if found is None:
                seconds.pop(side, None)
                continue
            seconds[side].append(found["seconds"])
            versions[side] = found["version"]
    return {
        "name": workload.name,
        "title": workload.title,
        "seconds": seconds,
        "versions": versions,
    }


def ratio(row: dict, other: str) -> str:
    """The median over the rounds of scopeflow's time by the other's, and its spread."""
    if other not in row["seconds"] or "scopeflow" not in row["seconds"]:
        return ""
    pairs = zip(row["seconds"]["scopeflow"], row["seconds"][other], strict=True)
    ratios = [ours / theirs for ours, theirs in pairs]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def amount(values: list[float] | None, unit: str) -> str:
    """The median of seconds or bytes, in a unit that reads well."""
    if not values:
        return ""
    median = statistics.median(values)
    if unit == "bytes":
        return f"{median / 1e6:.3g} MB"
    for unit, factor in (("s", 1.0), ("ms", 1e3)):
        if median * factor >= 1:
            return f"{median * factor:.3g} {unit}"
    return f"{median * 1e6:.3g} µs"


def table(rows: list[dict]) -> str:
    """The results as a Markdown table."""
    lines = [
        "| workload | scopeflow | TensorFlow | PyTorch by hand | to TensorFlow | to by hand |",
        "|---|---|---|---|---|---|",
    ]
    for found in rows:
        seconds = found["seconds"]
        cells = [
            found["title"],
            *(
                amount(seconds.get(side), WORKLOADS[found["name"]].unit)
                for side in ("scopeflow", "tensorflow", "torch")
            ),
            ratio(found, "tensorflow"),
            ratio(found, "torch"),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        choices=sorted(WORKLOADS),
        help="measure this workload alone (may be repeated)",
    )
    parser.add_argument("--rounds", type=int, default=3, help="processes a side (default 3)")
    parser.add_argument("--gpu", action="store_true", help="let all sides compute on the GPU")
    parser.add_argument("--json", metavar="FILE", help="also write every measurement here")
    parser.add_argument(
        "--profile",
        metavar="NAME",
        choices=sorted(WORKLOADS),
        help="tell where the time of this workload's session.run goes, and measure nothing else",
    )
    arguments = parser.parse_args()
    if arguments.profile:
        os.environ.setdefault("OMP_NUM_THREADS", "2")  # before torch is imported
        from .line_times import profile

        print(profile(arguments.profile))
        return
    tensorflow = os.environ.get("TENSORFLOW_PYTHON", "")
    chosen = [w for name, w in WORKLOADS.items() if not arguments.only or name in arguments.only]
    rows = []
    for workload in chosen:
        print(f"{workload.name} …", file=sys.stderr, flush=True)
        rows.append(row(workload, arguments.rounds, tensorflow, "gpu" if arguments.gpu else "cpu"))
        if arguments.json:  # what is measured is kept, whatever comes
            Path(arguments.json).write_text(json.dumps(rows, indent=1) + "\n")
    versions = {side: v for found in rows for side, v in found["versions"].items()}
    print(table(rows))
    print(
        f"\nMedians of {arguments.rounds} rounds, two threads, Python {platform.python_version()}, "
        + ", ".join(f"{side} {version}" for side, version in sorted(versions.items()))
        + ". A ratio below 1 means that scopeflow is faster."
    )
    if not tensorflow:
        print("TENSORFLOW_PYTHON is not set: TensorFlow was not measured.")


if __name__ == "__main__":
    main()
