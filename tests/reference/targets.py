"""Writes targets.json: ridge regression of targets that are changed for training, as scikit-learn's TransformedTargetRegressor
brings what it predicts back.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 numpy==2.4.6
    venv/bin/python tests/reference/targets.py

Two sites, of which each tests once while the other trains. Columns are standardised by those who train.
"""

import json
import pathlib
from importlib.metadata import version

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, StandardScaler

rng = np.random.default_rng(11)
N = 40
x = np.round(rng.normal(size=(N, 2)), 3)
age = np.round(np.exp(3.8 + 0.3 * x[:, 0] - 0.1 * x[:, 1] + 0.1 * rng.normal(size=N)), 2)
site = np.array(["A", "B"])[(np.arange(N) % 5 < 2).astype(int)]
log = FunctionTransformer(np.log, np.exp, check_inverse=False)
CHANGES = {
    "standardize": StandardScaler(),
    "minmax": MinMaxScaler(),
    "log": log,
    "log |> standardize": make_pipeline(log, StandardScaler()),
}

cases = []
for steps, change in CHANGES.items():
    for strength in [0.5, 20.0]:
        folds = []
        for tested in ["A", "B"]:
            train, test = site != tested, site == tested
            ridge = make_pipeline(StandardScaler(), Ridge(alpha=strength))
            fitted = TransformedTargetRegressor(ridge, transformer=change, check_inverse=False)
            predicted = fitted.fit(x[train], age[train]).predict(x[test])
            folds.append(
                {
                    "tested": [f"p{i}" for i in np.flatnonzero(test)],
                    "predicted": predicted.tolist(),
                    "mae": mean_absolute_error(age[test], predicted),
                    "rmse": root_mean_squared_error(age[test], predicted),
                    "r2": r2_score(age[test], predicted),
                }
            )
        cases.append({"steps": steps, "strength": strength, "folds": folds})

people = [{"id": f"p{i}", "a": x[i, 0], "b": x[i, 1], "site": site[i], "age": age[i]} for i in range(N)]
versions = {name: version(name) for name in ["scikit-learn", "numpy"]}
out = pathlib.Path(__file__).with_suffix(".json")
out.write_text(json.dumps({"versions": versions, "people": people, "cases": cases}, indent=1) + "\n")
