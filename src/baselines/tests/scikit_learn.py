"""What scikit-learn gives for the methods of this package: writes scikit_learn.json beside itself.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 && venv/bin/python scikit_learn.py

Two tables of their own, one with more columns than people. Solvers run to convergence (`tol`), so that what is compared is
the method and not where its solver stopped.
"""

import json
import pathlib
import platform

import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor


def table(seed, people, columns):
    draw = np.random.default_rng(seed)
    hidden = draw.normal(size=(people, 3))
    x = hidden @ draw.normal(size=(3, columns)) + draw.normal(size=(people, columns))
    # In single precision, as data are held; trees of scikit-learn see no more.
    x = np.float32(np.round(x, 3)).astype(float)
    y = np.round(50 + 6 * hidden[:, 0] - 4 * np.sin(hidden[:, 1] * 2) + draw.normal(size=people), 3)
    two = (hidden[:, 0] + 0.7 * draw.normal(size=people) > 0.3).astype(int)
    three = np.digitize(hidden[:, 1] + 0.5 * draw.normal(size=people), [-0.5, 0.6])
    return x, y, two, three


def predictions(fit, test):
    return [float(v) for v in np.ravel(fit.predict(test))]


def probabilities(fit, test):
    return [float(v) for v in np.ravel(fit.predict_proba(test))]


def decisions(fit, test):
    return [float(v) for v in np.ravel(fit.decision_function(test))]


def cases(x, y, two, three, train):
    fit, test = slice(None, train), x[train:]
    found = {}
    for strength in [0.01, 1.0, 100.0]:
        found[f"ridge {strength}"] = predictions(Ridge(alpha=strength).fit(x[fit], y[fit]), test)
        net = ElasticNet(alpha=strength / 10, l1_ratio=0.3, tol=1e-12, max_iter=10**6).fit(x[fit], y[fit])
        found[f"elastic_net {strength / 10}"] = predictions(net, test)
        logistic = LogisticRegression(C=1 / strength, tol=1e-10, max_iter=10**5)
        found[f"logistic two {strength}"] = probabilities(logistic.fit(x[fit], two[fit]), test)
        found[f"logistic three {strength}"] = probabilities(logistic.fit(x[fit], three[fit]), test)
    for kernel in ["linear", "rbf"]:
        svc = SVC(C=0.5, kernel=kernel, tol=1e-8)
        found[f"svm two {kernel}"] = decisions(svc.fit(x[fit], two[fit]), test)
        # The kernel's width is that of all numbers, here as in a machine for each class.
        found[f"svm three {kernel}"] = decisions(OneVsRestClassifier(svc).fit(x[fit], three[fit]), test)
        found[f"svm numbers {kernel}"] = predictions(SVR(C=0.5, epsilon=0.2, kernel=kernel, tol=1e-8).fit(x[fit], y[fit]), test)
    for weights, name in [("uniform", "equal"), ("distance", "distance")]:
        found[f"nearest numbers {name}"] = predictions(KNeighborsRegressor(4, weights=weights).fit(x[fit], y[fit]), test)
        found[f"nearest three {name}"] = probabilities(KNeighborsClassifier(4, weights=weights).fit(x[fit], three[fit]), test)
    # One seed decides among equal splits; where many seeds agree, the answer is the method's own.
    for depth, leaf in [(3, 1), (None, 5)]:
        for name, kind, target, give in [
            ("numbers", DecisionTreeRegressor, y, predictions),
            ("three", DecisionTreeClassifier, three, probabilities),
        ]:
            each = [
                give(kind(max_depth=depth, min_samples_leaf=leaf, random_state=seed).fit(x[fit], target[fit]), test)
                for seed in range(20)
            ]
            found[f"tree {name} {depth} {leaf}"] = np.array(each).mean(axis=0).tolist()
            found[f"tree {name} {depth} {leaf} spread"] = float(np.ptp(each, axis=0).max())
    # The error of forests of many seeds: mean and standard deviation.
    for name, kind, target in [("numbers", RandomForestRegressor, y), ("three", RandomForestClassifier, three)]:
        errors = []
        for seed in range(50):
            forest = kind(100, random_state=seed).fit(x[fit], target[fit])
            if name == "numbers":
                errors.append(np.abs(forest.predict(test) - y[train:]).mean())
            else:
                errors.append(((forest.predict_proba(test) - np.eye(3)[three[train:]]) ** 2).sum(axis=1).mean())
        found[f"forest {name}"] = [float(np.mean(errors)), float(np.std(errors, ddof=1))]
    return found


def main():
    tables = {}
    for name, seed, people, columns, train in [("tall", 1, 120, 6, 80), ("wide", 2, 60, 70, 40)]:
        x, y, two, three = table(seed, people, columns)
        tables[name] = {
            "x": x.tolist(),
            "y": y.tolist(),
            "two": two.tolist(),
            "three": three.tolist(),
            "train": train,
            "expected": cases(x, y, two, three, train),
        }
    meta = {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "python": platform.python_version()}
    text = json.dumps({"made with": meta, **tables})
    pathlib.Path(__file__).with_suffix(".json").write_text(text + "\n")


main()
