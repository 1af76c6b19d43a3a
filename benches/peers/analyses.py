"""Analyses by scikit-learn, scipy, numpy and openTSNE on the tables that `cargo bench -p fascicle-analysis -- FOLDER` wrote,
each in the fastest form found, and whether what is found is the same.

    python benches/peers/analyses.py FOLDER [NAME ..]
"""

import os
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import scipy
import sklearn
from joblib import Parallel, delayed
from safetensors.numpy import load_file

warnings.filterwarnings("ignore")
JOBS = os.cpu_count()


def timed(times, run):
    best, out = float("inf"), None
    for _ in range(times):
        start = time.perf_counter()
        out = run()
        best = min(best, time.perf_counter() - start)
    return best, out


def row(what, ours, theirs, same):
    print(f"{what}: ours {ours:.3f} s, theirs {theirs:.3f} s, ratio {theirs / ours:.1f}; {same}", flush=True)


def clusters(kept):
    """Every fit by itself, as many processes as cores, one thread each."""
    from sklearn.cluster import AffinityPropagation
    from sklearn.metrics import silhouette_score

    s = kept["similarities"]
    apart = np.sqrt(-s)

    def fit(damping, preference):
        found = AffinityPropagation(damping=damping, preference=preference, affinity="precomputed", random_state=0).fit(s)
        k = len(set(found.labels_))
        if 1 < k < len(s):
            silhouette_score(apart, found.labels_, metric="precomputed")
        return found.labels_, found.n_iter_

    settings = [(d, p) for d in kept["dampings"] for p in kept["preferences"]]
    with Parallel(n_jobs=JOBS) as parallel:
        parallel(delayed(fit)(*setting) for setting in settings[:JOBS])
        seconds, found = timed(1, lambda: parallel(delayed(fit)(*setting) for setting in settings))
    rounds = np.array([n for _, n in found])
    labels = sum(np.array_equal(ours, theirs) for ours, (theirs, _) in zip(kept["labels"].astype(int), found))
    same = f"{labels} of {len(found)} labellings and {np.sum(rounds == kept['rounds'])} numbers of rounds equal, {rounds.sum()} rounds"
    row(f"clusters, 200 settings, {JOBS} processes", kept["seconds"][0], seconds, same)


def permutations(kept):
    """Ranks once; the sums of many shuffles are one product with an indicator."""
    from scipy.stats import kruskal, mannwhitneyu, f_oneway, rankdata, ttest_ind

    samples, labels = kept["samples"], kept["labels"].astype(int)
    n, groups, draws, block = samples.shape[1], 9, 10_000, 250
    rng = np.random.default_rng(0)
    ranks = np.ascontiguousarray(rankdata(samples, axis=1).T)
    sizes = np.bincount(labels)

    def kruskal_wallis():
        # 32-bit ranks are whole numbers below 2^24: their sums are exact.
        table, observed, hits = ranks.astype(np.float32), kept["kruskal_wallis_observed"], 0
        for _ in range(draws // block):
            shuffled = rng.permuted(np.broadcast_to(labels, (block, n)), axis=1)
            indicator = (shuffled[:, None, :] == np.arange(groups)[None, :, None]).astype(np.float32)
            sums = (indicator.reshape(block * groups, n) @ table).reshape(block, groups, -1).astype(float)
            h = 12 / (n * (n + 1)) * (sums**2 / sizes[:, None]).sum(1) - 3 * (n + 1)
            hits = hits + (h >= observed * (1 - 1e-14)).sum(0)
        return (hits + 1) / (draws + 1)

    seconds, p = timed(2, kruskal_wallis)
    at = [samples[:, labels == g] for g in range(groups)]
    two = [samples[:, labels % 2 == g] for g in range(2)]
    u = mannwhitneyu(*two, axis=1).statistic
    expected = {
        "kruskal_wallis": kruskal(*at, axis=1).statistic,
        "anova": f_oneway(*at, axis=1).statistic,
        "mann_whitney": np.abs(2 * u / (two[0].shape[1] * two[1].shape[1]) - 1),
        "welch": np.abs(ttest_ind(*two, axis=1, equal_var=False).statistic),
    }
    off = max(np.max(np.abs(kept[f"{name}_observed"] / value - 1)) for name, value in expected.items())
    same = f"statistics within {off:.0e}, p within {np.max(np.abs(p - kept['kruskal_wallis_p'])):.3f} (other shuffles)"
    row("permutations, Kruskal-Wallis, 10,000 of 974 x 13", kept["kruskal_wallis_seconds"][0], seconds, same)


def voxels(kept):
    """By the chunk, voxels first."""
    from scipy.stats import mannwhitneyu

    maps = kept["maps"].astype(np.float32)
    for name, values in [("distinct", maps), ("tied", np.floor(maps * np.float32(50)) / np.float32(50))]:
        x, y = np.ascontiguousarray(values[:100].T), np.ascontiguousarray(values[100:].T)
        chunks = [slice(at, at + 8192) for at in range(0, len(x), 8192)]
        test = lambda c: mannwhitneyu(x[c], y[c], axis=1, method="asymptotic")
        seconds, found = timed(2, lambda: [test(c) for c in chunks])
        with Parallel(n_jobs=JOBS, prefer="threads") as parallel:
            seconds = min(seconds, timed(2, lambda: parallel(delayed(test)(c) for c in chunks))[0])
        u = np.concatenate([f.statistic for f in found])
        p = np.concatenate([f.pvalue for f in found])
        same = f"U within {np.max(np.abs(u - kept[f'{name}_u'])):.0e}, p within {np.max(np.abs(p / kept[f'{name}_p'] - 1)):.0e}"
        row(f"voxels, Mann-Whitney at 64^3, 100 and 100 maps, {name}", kept[f"{name}_seconds"][0], seconds, same)


def maps(kept):
    from openTSNE import TSNE as Other
    from sklearn.manifold import TSNE

    for name in ["974_1536", "974_50", "5000_50"]:
        x, (ours, divergence) = kept[f"table_{name}"], kept[f"seconds_{name}"]
        seconds, found = timed(1, lambda: TSNE(init="pca", perplexity=30, random_state=0, n_jobs=JOBS).fit(x))
        row(f"maps, {name}, scikit-learn", ours, seconds, f"divergence {divergence:.4f}, theirs {found.kl_divergence_:.4f}")
        other = Other(perplexity=30, initialization="pca", n_jobs=JOBS, random_state=0)
        seconds, found = timed(1, lambda: other.fit(x))
        row(f"maps, {name}, openTSNE", ours, seconds, f"divergence {divergence:.4f}, theirs {found.kl_divergence:.4f}")


def probes(kept):
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.preprocessing import StandardScaler

    x, y = kept["table"], kept["labels"].astype(int)
    scale = StandardScaler().fit(x[:600])
    x = scale.transform(x)
    rng = np.random.default_rng(0)
    for name, how in [
        ("elastic", dict(solver="saga", max_iter=5000)),
        ("squares", dict(solver="lbfgs", l1_ratio=0, max_iter=1000)),
        ("absolute values", dict(solver="liblinear", l1_ratio=1, max_iter=1000)),
    ]:

        def fit(strength, mixture):
            more = dict(l1_ratio=mixture) if name == "elastic" else {}
            fitted = LogisticRegression(C=strength, random_state=0, **how, **more).fit(x[:600], y[:600])
            return roc_auc_score(y[600:], fitted.predict_proba(x[600:])[:, 1])

        draws = list(zip(10 ** rng.uniform(-4, 3, 500), rng.uniform(0, 1, 500)))
        with Parallel(n_jobs=JOBS) as parallel:
            parallel(delayed(fit)(*draw) for draw in draws[:JOBS])
            seconds, found = timed(1, lambda: parallel(delayed(fit)(*draw) for draw in draws))
        ours, auc = kept[f"seconds_{name}"]
        row(f"probes, 500 penalties ({name})", ours, seconds, f"best AUC {auc:.4f}, theirs {max(found):.4f} (other draws)")


def intervals(kept):
    from sklearn.metrics import r2_score, roc_auc_score

    rng = np.random.default_rng(0)
    n = len(kept["scores"])
    drawn = rng.integers(0, n, (2000, n))
    classes, scores = kept["classes"].astype(int), kept["scores"]
    truth, predicted = kept["truth"], kept["predicted"]
    for what, of in [
        ("auc", lambda rows: roc_auc_score(classes[rows], scores[rows])),
        ("r2", lambda rows: r2_score(truth[rows], predicted[rows])),
    ]:
        with Parallel(n_jobs=JOBS, prefer="threads") as parallel:
            seconds, found = timed(1, lambda: parallel(delayed(of)(rows) for rows in drawn))
        ours, estimate, low, high = kept[what]
        theirs = np.quantile(found, [0.025, 0.975])
        off = abs(estimate - of(np.arange(n)))
        same = f"estimate within {off:.0e}, {low:.4f} to {high:.4f}, theirs {theirs[0]:.4f} to {theirs[1]:.4f} (other draws)"
        row(f"intervals, {what}, 2,000 draws", ours, seconds, same)


if __name__ == "__main__":
    print("scikit-learn", sklearn.__version__, "scipy", scipy.__version__, "numpy", np.__version__, JOBS, "cores")
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    for name in names or ["clusters", "permutations", "voxels", "maps", "probes", "intervals"]:
        globals()[name](load_file(folder / f"{name}.safetensors"))
