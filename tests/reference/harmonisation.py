"""Writes harmonisation.json: small cases of ComBat and of linear residuals, as the packages compute them.

    python3 -m venv venv && venv/bin/pip install neuroCombat==0.2.12 neuroHarmonize==2.5.2 numpy==1.26.4 pandas==2.3.3
    venv/bin/python tests/reference/harmonisation.py

Those who are fitted are changed by neuroCombat. Others are changed by neuroHarmonize's `harmonizationApply`, with the
site estimates of neuroCombat put into its model where neuroHarmonize has no such setting; where it has, both are
compared here. Residuals are those of statsmodels' OLS.
"""

import contextlib
import io
import json
import pathlib
import sys
from importlib.metadata import version

import numpy as np
import pandas as pd

# Removed in numpy 1.24; neuroCombat 0.2.12 still asks for it where a reference is given.
np.int = int

import statsmodels.api as sm  # noqa: E402
from neuroCombat import neuroCombat  # noqa: E402
from neuroHarmonize import harmonizationApply, harmonizationLearn  # noqa: E402

rng = np.random.default_rng(7)
SITES = ["A"] * 8 + ["B"] * 6 + ["C"] * 7
NEW_SITES = ["B", "A", "C", "C"]
HANDS = ["left", "mixed", "right"]


def people(sites):
    n = len(sites)
    return pd.DataFrame(
        {
            "site": sites,
            "age": rng.integers(20, 80, n),
            "sex": rng.choice(["F", "M"], n),
            "hand": rng.choice(HANDS, n),
        }
    )


def measured(about, columns=5):
    place = {"A": 0, "B": 1, "C": 2}
    shift = np.array([[0.0, 0.1, -0.2, 0.3, 0.1], [0.6, 0.5, 0.9, 0.4, 0.8], [-0.4, -0.2, -0.6, -0.1, -0.5]])
    scale = np.array([[0.2, 0.3, 0.25, 0.2, 0.3], [0.5, 0.4, 0.6, 0.5, 0.45], [0.1, 0.15, 0.1, 0.2, 0.12]])
    rows = []
    for _, p in about.iterrows():
        i = place[p.site]
        noise = rng.normal(size=columns)
        row = 2.5 - 0.008 * p.age + 0.15 * (p.sex == "M") + 0.05 * HANDS.index(p.hand) + shift[i] + scale[i] * noise
        rows.append(row)
    return np.round(np.array(rows), 3)


train, new = people(SITES), people(NEW_SITES)
x, x_new = measured(train), measured(new)
SHOWN = [0, 3, 8, 13, 14, 20]


def numeric(about, categorical, continuous):
    """neuroHarmonize takes numbers: indicators of all levels but the first."""
    frame = pd.DataFrame({"SITE": about.site})
    for name in categorical:
        for level in sorted(set(train[name]))[1:]:
            frame[f"{name}={level}"] = (about[name] == level).astype(float)
    for name in continuous:
        frame[name] = about[name].astype(float)
    return frame


def combat(columns=5, categorical=(), continuous=(), eb=True, parametric=True, mean_only=False, reference=None):
    data, others = x[:, :columns], x_new[:, :columns]
    with contextlib.redirect_stdout(io.StringIO()):
        found = None
        if columns > 1:
            found = neuroCombat(
                dat=data.T.copy(),
                covars=train[["site", *categorical, *continuous]],
                batch_col="site",
                categorical_cols=list(categorical),
                continuous_cols=list(continuous),
                eb=eb,
                parametric=parametric,
                mean_only=mean_only,
                ref_batch=reference,
            )
        model, learnt = harmonizationLearn(data, numeric(train, categorical, continuous), eb=eb, ref_batch=reference)
        if found is None:
            fitted = learnt
        else:
            fitted = found["data"].T
            if parametric and not mean_only:
                np.testing.assert_allclose(learnt, fitted, atol=1e-9)
            model["gamma_star"] = np.array(found["estimates"]["gamma.star"])
            model["delta_star"] = np.array(found["estimates"]["delta.star"], dtype=float)
        applied = harmonizationApply(others, numeric(new, categorical, continuous), model)
    return {
        "columns": columns,
        "categorical": list(categorical),
        "continuous": list(continuous),
        "empirical_bayes": eb,
        "parametric": parametric,
        "mean_only": mean_only,
        "reference": reference,
        "fitted": np.array(fitted)[SHOWN].tolist(),
        "applied": np.array(applied).tolist(),
    }


both = {"categorical": ["sex"], "continuous": ["age"]}
cases = {
    "parametric": combat(),
    "parametric, kept": combat(**both),
    "three levels kept": combat(categorical=["sex", "hand"], continuous=["age"]),
    "non-parametric": combat(parametric=False),
    "non-parametric, kept": combat(**both, parametric=False),
    "without empirical Bayes": combat(eb=False),
    "without empirical Bayes, kept": combat(**both, eb=False),
    "mean only": combat(**both, mean_only=True),
    "mean only, non-parametric": combat(**both, mean_only=True, parametric=False),
    "mean only, without empirical Bayes": combat(**both, mean_only=True, eb=False),
    "reference": combat(**both, reference="B"),
    "reference, non-parametric": combat(**both, reference="C", parametric=False),
    "reference, without empirical Bayes": combat(categorical=["sex"], reference="A", eb=False),
    "one column": combat(columns=1, **both),
}

design = sm.add_constant(numeric(train, ["sex", "hand"], ["age"]).drop(columns="SITE").to_numpy())
design_new = sm.add_constant(numeric(new, ["sex", "hand"], ["age"]).drop(columns="SITE").to_numpy(), has_constant="add")
ols = [sm.OLS(x[:, j], design).fit() for j in range(5)]
residuals = {
    "categorical": ["sex", "hand"],
    "continuous": ["age"],
    "fitted": np.array([f.resid for f in ols]).T[SHOWN].tolist(),
    "applied": np.array([x_new[:, j] - f.predict(design_new) for j, f in enumerate(ols)]).T.tolist(),
}

out = {
    "made_with": {p: version(p) for p in ["neuroCombat", "neuroHarmonize", "statsmodels", "numpy", "pandas"]},
    "people": train.to_dict(orient="list"),
    "x": x.tolist(),
    "new_people": new.to_dict(orient="list"),
    "x_new": x_new.tolist(),
    "shown": SHOWN,
    "combat": cases,
    "residuals": residuals,
}
path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).with_suffix(".json")
text = json.dumps(out, indent=1)
# One row a line.
import re  # noqa: E402

text = re.sub(r"\[\s+((?:[^\[\]{}]|\n)*?)\s+\]", lambda m: "[" + re.sub(r"\s*\n\s*", " ", m[1]) + "]", text)
path.write_text(text + "\n")
