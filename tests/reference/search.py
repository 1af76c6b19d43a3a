"""Writes search.json: densities of tree-structured Parzen estimators and decisions of median pruning, as Optuna computes them.

    python3 -m venv venv && venv/bin/pip install optuna==5.0.0
    venv/bin/python tests/reference/search.py
"""

import json
import math
import pathlib
from importlib.metadata import version

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.sampler import TPESampler, _split_trials
from optuna.trial import TrialState, create_trial

# Equal observations of a whole number have different widths, by their order; numpy's default sort leaves that order open.
argsort = np.argsort
np.argsort = lambda values, *rest, **settings: argsort(values, *rest, **{**settings, "kind": "stable"})

optuna.logging.set_verbosity(optuna.logging.ERROR)
rng = np.random.default_rng(11)

SPACE = {
    "rate": FloatDistribution(1e-4, 1e-2, log=True),
    "dropout": FloatDistribution(0.0, 0.5),
    "layers": IntDistribution(1, 5),
    "width": IntDistribution(4, 64, log=True),
    "unit": CategoricalDistribution(["a", "b", "c"]),
}


def point():
    return {
        "rate": float(np.exp(rng.uniform(math.log(1e-4), math.log(1e-2)))),
        "dropout": float(rng.uniform(0, 0.5)),
        "layers": int(rng.integers(1, 6)),
        "width": int(rng.integers(4, 65)),
        "unit": "abc"[rng.integers(0, 3)],
    }


def numbers(p):
    return [p["rate"], p["dropout"], p["layers"], p["width"], "abc".index(p["unit"])]


def tpe(count, stopped, seed):
    """A study of `count` trials, the share `stopped` of which was pruned."""
    study = optuna.create_study(sampler=TPESampler(seed=seed))
    trials = []
    for _ in range(count):
        p = point()
        loss = float(rng.normal())
        if rng.uniform() < stopped:
            epoch = int(rng.integers(1, 9))
            trial = create_trial(
                state=TrialState.PRUNED, params=p, distributions=SPACE, intermediate_values={epoch: loss}
            )
            trials.append({"point": numbers(p), "stopped": epoch, "loss": loss})
        else:
            trial = create_trial(state=TrialState.COMPLETE, params=p, distributions=SPACE, value=loss)
            trials.append({"point": numbers(p), "loss": loss})
        study.add_trial(trial)
    sampler = study.sampler
    done = study.get_trials(states=(TrialState.COMPLETE, TrialState.PRUNED))
    good, others = _split_trials(study, done, min(math.ceil(0.1 * len(done)), 25))
    estimators = [
        sampler._build_parzen_estimator(study, SPACE, good, handle_below=True),
        sampler._build_parzen_estimator(study, SPACE, others, handle_below=False),
    ]
    asked = [point() for _ in range(6)]
    # The ends of the axes are points, too.
    asked.append({"rate": 1e-4, "dropout": 0.5, "layers": 5, "width": 4, "unit": "c"})
    internal = {
        name: np.array([SPACE[name].to_internal_repr(p[name]) for p in asked], dtype=float) for name in SPACE
    }
    return {
        "trials": trials,
        "good": [t.number for t in good],
        "points": [numbers(p) for p in asked],
        "good_density": estimators[0].log_pdf(internal).tolist(),
        "others_density": estimators[1].log_pdf(internal).tolist(),
    }


def pruning(startup, warmup):
    """Curves of finished trials, and at which epoch of a new curve the pruner stops it."""
    pruner = optuna.pruners.MedianPruner(n_startup_trials=startup, n_warmup_steps=warmup)
    finished = [[float(v) for v in rng.normal(size=rng.integers(3, 9))] for _ in range(6)]
    new = [[float(v) for v in rng.normal(loc=0.4, size=8)] for _ in range(12)]
    decisions = []
    for curve in new:
        study = optuna.create_study(pruner=pruner)
        for values in finished:
            study.add_trial(
                create_trial(state=TrialState.COMPLETE, value=values[-1], intermediate_values=dict(enumerate(values)))
            )
        trial = study.ask()
        stopped = None
        for epoch, value in enumerate(curve):
            trial.report(value, epoch)
            if trial.should_prune():
                stopped = epoch + 1
                break
        decisions.append(stopped)
    return {"startup": startup, "warmup": warmup, "finished": finished, "new": new, "stopped": decisions}


out = {
    "optuna": version("optuna"),
    "tpe": [tpe(12, 0.0, 1), tpe(40, 0.3, 2), tpe(1, 0.0, 3), tpe(70, 0.1, 4)],
    "pruning": [pruning(5, 0), pruning(2, 3), pruning(7, 0)],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n")
