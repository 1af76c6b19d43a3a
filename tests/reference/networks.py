"""Writes the folders of tests/golden/made: what MONAI's and PyTorch's own networks and losses give, with weights and inputs that are a
formula of their names (`procedural` of tests/golden/reference.rs), so that only results are kept.

    python3 -m venv venv && venv/bin/pip install torch==2.15.0 monai==1.6.1 safetensors
    venv/bin/python tests/reference/networks.py

Everything is computed in double precision from weights of single precision, and rounded.
"""

import json
import pathlib
from importlib.metadata import version

import numpy as np
import torch
from monai.losses import FocalLoss, GeneralizedDiceLoss, TverskyLoss
from monai.networks.blocks import ChannelSELayer
from monai.networks.nets import DenseNet, DynUNet, ResNet
from safetensors.numpy import save_file
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent.parent / "golden" / "made"
MASK = (1 << 64) - 1


def procedural(name, shape, lo, hi):
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = ((h ^ byte) * 0x100000001B3) & MASK
    count = int(np.prod(shape, dtype=np.int64))
    with np.errstate(over="ignore"):
        i = np.arange(1, count + 1, dtype=np.uint64)
        z = np.uint64(h) + i * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    unit = (z >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return (lo + (hi - lo) * unit).astype(np.float32).reshape(shape)


assert abs(procedural("abc.weight", (4,), -1, 1)[0] - 0.6000650525093079) < 1e-7


def bounds(name, shape):
    if name.endswith("running_mean"):
        return -0.3, 0.3
    if name.endswith("running_var"):
        return 0.5, 1.5
    if len(shape) == 1:
        return (0.5, 1.5) if name.endswith("weight") else (-0.2, 0.2)
    fan = int(np.prod(shape[1:]))
    return -((3.0 / fan) ** 0.5), (3.0 / fan) ** 0.5


def summary(t):
    flat = t.detach().double().flatten().numpy()
    return {
        "shape": list(t.shape),
        "sum": float(flat.sum()),
        "l2": float(np.sqrt((flat**2).sum())),
        "min": float(flat.min()),
        "max": float(flat.max()),
        "first8": flat[:8].tolist(),
        "last4": flat[-4:].tolist(),
    }


def write(case, meta, outputs):
    folder = HERE / case
    folder.mkdir(parents=True, exist_ok=True)
    meta = {"case": case, "environment": {p: version(p) for p in ("torch", "monai", "numpy")}, **meta}
    (folder / "meta.json").write_text(json.dumps(meta, separators=(",", ":")) + "\n")
    arrays = {k: np.ascontiguousarray(v.detach().double().numpy().astype(np.float32)) for k, v in outputs.items()}
    save_file(arrays, str(folder / "outputs.safetensors"))


def network(case, module, inputs, source, runs=("eval", "train"), forward=None):
    """`inputs`: names and shapes with the batch of 2 in front."""
    module = module.double()
    # What a network holds under several names it has once.
    state = dict(module.named_parameters()) | dict(module.named_buffers())
    formulas, drawn = {}, set()
    for name, tensor in state.items():
        shape = list(tensor.shape)
        if name.endswith("num_batches_tracked"):
            formulas[name] = {"shape": shape, "lo": 0, "hi": 0}
            continue
        lo, hi = bounds(name, shape)
        formulas[name] = {"shape": shape, "lo": lo, "hi": hi}
        drawn.add(name)
        state[name] = torch.tensor(procedural(name, shape, lo, hi)).double()
    given = {n: {"name": f"input.{n}", "shape": list(s), "lo": -1.5, "hi": 1.5} for n, s in inputs.items()}
    forward = forward or (lambda m, *x: m(*x))
    outputs, gradients = {}, {}
    for run in runs:
        with torch.no_grad():
            for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
                tensor.copy_(state[name] if name in drawn else torch.zeros_like(tensor))
        module.train(run == "train")
        module.zero_grad()
        for part in module.modules():
            if isinstance(part, nn.Dropout):
                part.p = 0.0
        x = [torch.tensor(procedural(f"input.{n}", s, -1.5, 1.5)).double().requires_grad_() for n, s in inputs.items()]
        out = forward(module, *x)
        if "cot" not in given:
            given["cot"] = {"name": "input.cot", "shape": list(out.shape), "lo": -1.5, "hi": 1.5}
        loss = (out * torch.tensor(procedural("input.cot", out.shape, -1.5, 1.5)).double()).sum()
        loss.backward()
        outputs[f"{run}.out"], outputs[f"{run}.loss"] = out, loss
        for name, value in zip(inputs, x):
            if value.numel() <= 1000:
                outputs[f"{run}.grad_input.{name}"] = value.grad
        gradients[run] = {n: summary(p.grad) for n, p in module.named_parameters() if p.grad is not None}
        if run == "train":
            for name, buffer in module.named_buffers():
                if not name.endswith("num_batches_tracked"):
                    outputs[f"train.buffer_after.{name}"] = buffer.clone()
    total = sum(p.numel() for p in module.parameters())
    meta = {"source": source, "params": {"total": total}, "loss": "sum(out*cot)", "procedural": formulas}
    # Of double precision: what is left of a gradient that vanishes in exact arithmetic, such as that of a bias before batch statistics, and
    # what their epsilon leaves of one that would: the scale of a normalisation in front of others. Of that of DenseNet's first (7e-7 of the
    # largest) PyTorch's own single precision is 2e-2 off.
    largest = {run: max((s["l2"] for s in of.values()), default=0.0) for run, of in gradients.items()}
    vanishing = {run: {n: s["l2"] for n, s in of.items() if s["l2"] < 1e-5 * largest[run]} for run, of in gradients.items()}
    noise = {run: {"grads": {"zero_in_exact_arithmetic": names}} for run, names in vanishing.items()}
    more = {"procedural_inputs": given, "grads_summary": gradients, "noise_f32_vs_f64": noise}
    write(case, {**meta, **more}, outputs)


def losses():
    shape = (2, 3, 4, 3, 2)
    truth = (procedural("input.parts", (2, 4, 3, 2), 0, 3)).astype(np.int64).clip(0, 2)
    # The second subject lacks the last level.
    truth[1] = np.minimum(truth[1], 1)
    one_hot = F.one_hot(torch.tensor(truth), 3).permute(0, 4, 1, 2, 3).double()
    outputs = {}
    of = {
        "tversky": lambda x: TverskyLoss(include_background=False, alpha=0.3, beta=0.7)(x.softmax(1), one_hot),
        "dice": lambda x: TverskyLoss(include_background=False)(x.softmax(1), one_hot),
        "focal": lambda x: 3 * FocalLoss(use_softmax=True, gamma=2.0)(x, one_hot),
        "cross_entropy": lambda x: F.cross_entropy(x, torch.tensor(truth)),
        "generalized": lambda x: GeneralizedDiceLoss()(x.softmax(1), one_hot),
    }
    for name, loss in of.items():
        x = torch.tensor(procedural("input.x", shape, -1.5, 1.5)).double().requires_grad_()
        value = loss(x)
        value.backward()
        outputs[name], outputs[f"{name}.grad.x"] = value, x.grad
    inputs = {"x": {"name": "input.x", "shape": shape, "lo": -1.5, "hi": 1.5}, "parts": truth.tolist()}
    write("mask_losses", {"source": "monai.losses", "procedural_inputs": inputs}, outputs)


class Sfcn(nn.Module):
    """The layers of Peng et al. (github.com/ha-ha-ha-han/UKBiobank_deep_pretrain, dp_model/model_files/sfcn.py) in front of its classifier."""

    def __init__(self, channels):
        super().__init__()
        self.features = nn.Sequential()
        before = 1
        for i, width in enumerate(channels):
            last = i == len(channels) - 1
            kernel, padding = (1, 0) if last else (3, 1)
            layers = [nn.Conv3d(before, width, kernel, padding=padding), nn.BatchNorm3d(width)]
            layers += [nn.ReLU()] if last else [nn.MaxPool3d(2, stride=2), nn.ReLU()]
            self.features.add_module(f"conv_{i}", nn.Sequential(*layers))
            before = width

    def forward(self, x):
        return self.features(x).mean((2, 3, 4))


class Cross(nn.Module):
    """PyTorch's own attention, its stacked maps given one by one."""

    def __init__(self, f, g, heads):
        super().__init__()
        self.q, self.k, self.v, self.o = nn.Linear(f, f), nn.Linear(g, f), nn.Linear(g, f), nn.Linear(f, f)
        self.heads = heads

    def forward(self, x, y):
        f = x.shape[-1]
        bias = torch.cat([self.q.bias, self.k.bias, self.v.bias])
        transposed = [t.transpose(0, 1) for t in (x, y, y)]
        out, _ = F.multi_head_attention_forward(
            *transposed, f, self.heads, None, bias, None, None, False, 0.0, self.o.weight, self.o.bias,
            use_separate_proj_weight=True, q_proj_weight=self.q.weight, k_proj_weight=self.k.weight,
            v_proj_weight=self.v.weight, need_weights=False,
        )  # fmt: skip
        return out.transpose(0, 1)


class Layer(nn.Module):
    """PyTorch's `TransformerEncoderLayer` with such attention in place of its own."""

    def __init__(self, f, heads, hidden, first):
        super().__init__()
        self.attention = Cross(f, f, heads)
        self.linear1, self.linear2 = nn.Linear(f, hidden), nn.Linear(hidden, f)
        self.norm1, self.norm2 = nn.LayerNorm(f), nn.LayerNorm(f)
        own = nn.TransformerEncoderLayer(f, heads, hidden, dropout=0.0, batch_first=True, norm_first=first)
        self.own = [own.double()]

    def forward(self, x):
        own, attention = self.own[0], self.attention
        names = {n: p for n, p in self.named_parameters() if not n.startswith("attention")}
        parts = [attention.q, attention.k, attention.v]
        names["self_attn.in_proj_weight"] = torch.cat([p.weight for p in parts])
        names["self_attn.in_proj_bias"] = torch.cat([p.bias for p in parts])
        names["self_attn.out_proj.weight"], names["self_attn.out_proj.bias"] = attention.o.weight, attention.o.bias
        return torch.func.functional_call(own.train(), names, (x,))


class Gated(nn.Module):
    def __init__(self, n, m, out):
        super().__init__()
        self.a, self.b, self.z = (nn.Linear(k, out, bias=False) for k in (n, m, n + m))

    def forward(self, a, b):
        z = torch.sigmoid(self.z(torch.cat([a, b], 1)))
        return z * torch.tanh(self.a(a)) + (1 - z) * torch.tanh(self.b(b))


class Tensor(nn.Module):
    def forward(self, a, b):
        one = torch.ones(len(a), 1, dtype=a.dtype)
        return torch.einsum("bi,bj->bij", torch.cat([a, one], 1), torch.cat([b, one], 1)).flatten(1)


class LowRank(nn.Module):
    """`LMF` of Liu et al. (github.com/Justin1904/Low-rank-Multimodal-Fusion, model.py), of two modalities and with the 1 behind them."""

    def __init__(self, n, m, out, rank):
        super().__init__()
        self.a = nn.Linear(n + 1, rank * out, bias=False)
        self.b = nn.Linear(m + 1, rank * out, bias=False)
        self.weights, self.bias = nn.Linear(rank, 1, bias=False), nn.Parameter(torch.zeros(out))
        self.rank = rank

    def forward(self, a, b):
        one = torch.ones(len(a), 1, dtype=a.dtype)
        of = [m(torch.cat([x, one], 1)).view(len(x), self.rank, -1) for m, x in ((self.a, a), (self.b, b))]
        return torch.matmul(self.weights.weight, of[0] * of[1]).squeeze(1) + self.bias


def unet(**more):
    kernels = [3, 3, 3], [1, 2, 2], [2, 2]
    return DynUNet(3, 1, 3, *kernels, filters=[2, 4, 8], norm_name=("INSTANCE", {"affine": True}), **more)


if __name__ == "__main__":
    losses()
    network("dynunet", unet(), {"x": (2, 1, 8, 12, 8)}, "monai.networks.nets.DynUNet", ("eval",))
    network("squeeze_excite", ChannelSELayer(3, 6, r=3), {"x": (2, 6, 3, 4, 2)}, "monai ChannelSELayer", ("eval",))
    resnet = ResNet(
        "basic", [1, 2, 1, 1], [2, 4, 4, 8], n_input_channels=1, conv1_t_stride=2, feed_forward=False, bias_downsample=False
    )
    network("resnet", resnet, {"x": (2, 1, 32, 32, 32)}, "monai.networks.nets.ResNet")
    dense = DenseNet(3, 1, 3, init_features=4, growth_rate=2, block_config=(2, 2))
    network("densenet", dense, {"x": (2, 1, 24, 24, 16)}, "monai.networks.nets.DenseNet")
    network("sfcn", Sfcn([2, 4, 8, 16, 16, 4]), {"x": (2, 1, 32, 64, 32)}, "Peng et al. 2021")
    network("attention", Cross(8, 6, 2), {"x": (2, 5, 8), "y": (2, 7, 6)}, "torch.nn.MultiheadAttention", ("eval",))
    for name, first in (("transformer", False), ("transformer_first", True)):
        network(name, Layer(8, 2, 12, first), {"x": (2, 5, 8)}, "torch.nn.TransformerEncoderLayer", ("eval",))
    vectors = {"a": (2, 5), "b": (2, 3)}
    network("gated_unit", Gated(5, 3, 4), vectors, "Arevalo et al. 2017, eq. of the bimodal unit", ("eval",))
    network("low_rank_fusion", LowRank(5, 3, 4, 3), vectors, "Liu et al. 2018", ("eval",))
    network("tensor_fusion", Tensor(), vectors, "Zadeh et al. 2017, eq. 3 for two modalities", ("eval",))
