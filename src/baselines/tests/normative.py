"""Baselines of a run beside scikit-learn's, on the run's own folds: what docs/systems.md says of the 1000 Functional Connectomes.

    fascicle run src/baselines/tests/brain_age.fx --out runs
    venv/bin/python src/baselines/tests/normative.py runs/brain_age ../shared/data/normative/fcon1000.csv

Reads who trained and who was tested (split.tsv) and what was predicted (predictions.tsv) from the run's folder, standardises by
the training people, fits, and prints for each method the mean absolute error over folds of both, and how far single predictions
are apart.
"""

import pathlib
import re
import sys

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import ElasticNet, Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

METHODS = {
    "ridge": lambda seed: Ridge(alpha=100),
    "net": lambda seed: ElasticNet(alpha=0.5, l1_ratio=0.5, tol=1e-10, max_iter=10**5),
    "machine": lambda seed: SVR(C=10, epsilon=1, tol=1e-8),
    "forest": lambda seed: RandomForestRegressor(300, random_state=seed, n_jobs=2),
    "near": lambda seed: KNeighborsRegressor(10),
}


def main(run, table):
    run = pathlib.Path(run)
    people = pd.read_csv(table).set_index("sub_id")
    columns = [c for side in "lr" for c in people.columns if re.search(rf"^{side}h_[GSPL].*_thickness$", c)]
    split = pd.read_csv(run / "split.tsv", sep="\t")
    ours = {name: [] for name in METHODS}
    theirs = {name: [] for name in METHODS}
    apart = {name: 0.0 for name in METHODS}
    for fold in sorted(split["fold"].unique()):
        of = split[split["fold"] == fold]
        train = of[of["set"] == "train"]["participant_id"]
        folder = next(run.glob(f"**/fold-{fold}/predictions.tsv"))
        predicted = pd.read_csv(folder, sep="\t")
        predicted = predicted[predicted["set"] == "test"]
        scaler = StandardScaler().fit(people.loc[train, columns])
        for name, method in METHODS.items():
            mine = predicted[predicted["output"] == name].set_index("participant_id")["prediction"]
            test, truth = scaler.transform(people.loc[mine.index, columns]), people.loc[mine.index, "age"]
            fit = method(fold).fit(scaler.transform(people.loc[train, columns]), people.loc[train, "age"])
            found = fit.predict(test)
            ours[name].append(np.abs(mine - truth).mean())
            theirs[name].append(np.abs(found - truth).mean())
            apart[name] = max(apart[name], np.abs(mine - found).max())
    print(f"{len(columns)} columns, {split['participant_id'].nunique()} people")
    print(f"{'':8} {'fascicle':>20} {'scikit-learn':>20} {'largest difference':>20}")
    for name in METHODS:
        shown = [f"{np.mean(v):.4f} (sd {np.std(v, ddof=1):.4f})" for v in (ours[name], theirs[name])]
        print(f"{name:8} {shown[0]:>20} {shown[1]:>20} {apart[name]:>20.6f}")


main(*sys.argv[1:])
