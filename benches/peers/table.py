"""Times fascicle and PyTorch in turn and prints one table in Markdown, as docs/performance.md has it.

    python benches/peers/table.py FASCICLE STEP [--avx2] [--modes default,channels_last,compile] [SYSTEM ..]

FASCICLE is the program, STEP the built `benches/step.rs`; `run.sh` builds both. The Python that runs this needs torch.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

# Subjects a step, as in the papers; steps that are timed in PyTorch; what is set.
SYSTEMS = {
    "voxel_fusion": (1, 3, []),
    "hyperfusion_age": (2, 6, []),
    "hyperfusion_ad": (4, 8, []),
    "disentangle": (4, 6, ["--set", "slab=3"]),
    "contrastive": (4, 6, []),
    "normative_poe": (256, 200, []),
}
# What PyTorch must not do again: a step of depthwise convolutions takes 40 s so, and says nothing of its other layouts.
LEFT_OUT = {("voxel_fusion", "default")}
NAMES = {"default": "default layout", "channels_last": "channels-last", "compile": "`torch.compile`"}
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def lines_of(command, environment):
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def model_of(fascicle, system, settings):
    """The model of the most parameters, as the step of `benches/step.rs` takes it: its name, and multiply-adds a subject of a step."""
    checked = subprocess.run(
        [fascicle, "check", f"experiments/{system}.fx", *settings, "--json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    model = max(json.loads(checked.stdout)["models"], key=lambda model: model["parameters"])
    return model["name"], model["step"]["multiply_adds"] / model["batch"]


def seconds(row):
    if row is None:
        return ""
    if "problem" in row:
        return "cannot be compiled"
    digits = 4 if row["seconds"] < 0.1 else 2
    return f"{row['seconds']:.{digits}f} ({row['least']:.{digits}f} to {row['most']:.{digits}f})"


def gib(row):
    return "" if row is None or row.get("peak_bytes") is None else f"{row['peak_bytes'] / 2**30:.2f}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fascicle", type=pathlib.Path)
    parser.add_argument("step", type=pathlib.Path)
    parser.add_argument("systems", nargs="*", metavar="SYSTEM")
    parser.add_argument("--avx2", action="store_true", help="hold both to AVX2")
    parser.add_argument("--modes", default="default,channels_last,compile")
    asked = parser.parse_intermixed_args()
    fascicle, step, modes = asked.fascicle.resolve(), asked.step.resolve(), asked.modes.split(",")
    unknown = [name for name in asked.systems if name not in SYSTEMS] + [mode for mode in modes if mode not in NAMES]
    if unknown:
        parser.error(f"{', '.join(unknown)}: expected systems of {', '.join(SYSTEMS)} and modes of {', '.join(NAMES)}")
    environment = dict(os.environ)
    if asked.avx2:
        environment |= {"FASCICLE_ISA": "avx2", "ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}
    about = [sys.executable, "-c", "import torch; print(torch.__version__, torch.backends.cpu.get_cpu_capability(), torch.get_num_threads())"]
    torch = subprocess.run(about, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
    peak = lines_of([step, "--bench", "--peak"], environment)[0]["multiply_adds_a_second"]
    rows, problems = [], []
    with tempfile.TemporaryDirectory() as folder:
        for system in asked.systems or SYSTEMS:
            subjects, steps, settings = SYSTEMS[system]
            model, multiply_adds = model_of(fascicle, system, settings)
            net = pathlib.Path(folder) / f"{system}.py"
            subprocess.run(
                [fascicle, "export", f"experiments/{system}.fx", *settings, "--model", model, "-o", net], cwd=ROOT, check=True, stderr=subprocess.DEVNULL
            )
            ours = lines_of([step, "--bench", "--json", system], environment)[0]
            theirs = {}
            for mode in modes:
                if (system, mode) in LEFT_OUT:
                    continue
                theirs[mode] = lines_of([sys.executable, HERE / "step.py", net, str(subjects), str(steps), mode], environment)[0]
                if "problem" in theirs[mode]:
                    problems.append(f"`torch.compile` of {system}: {theirs[mode]['problem']}")
            timed = [row for row in theirs.values() if "seconds" in row]
            best = min(timed, key=lambda row: row["seconds"], default=None)
            rate = 2 * multiply_adds * subjects / ours["seconds"] / 1e9
            rows.append(
                [system, str(subjects), f"{ours['parameters']:,}", seconds(ours)]
                + [seconds(theirs.get(mode)) for mode in modes]
                + [f"{best['seconds'] / ours['seconds']:.2f}" if best else "", gib(ours), gib(best)]
                + [f"{rate:.0f}", f"{100 * rate / (2 * peak / 1e9):.0f} %"]
            )
            print(f"{system}: done", file=sys.stderr)
    print(f"{processor}, {torch[2]} threads; PyTorch {torch[0]} with {torch[1]}{', both held to AVX2' if asked.avx2 else ''}; "
          f"peak of the processor {2 * peak / 1e9:.0f} GFLOP/s.\n")
    head = ["system", "subjects", "parameters", "seconds"] + [f"PyTorch, {NAMES[mode]}" for mode in modes]
    head += ["PyTorch's best over ours", "peak, GiB", "PyTorch's", "GFLOP/s", "of the peak"]
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    for problem in problems:
        print(f"\n{problem}")


main()
