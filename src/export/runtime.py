# Pieces of exported files: each goes into a file that uses it. The first line of this file stays here.


class Rows:
    """Which rows of a batch have which inputs. A value of what some lack holds the rows of those who have it, in order."""

    def __init__(self, batch, has):
        first = next(iter(batch.values()))
        self.count, self.device = len(first), first.device
        self.has = {name: flags.bool() for name, flags in (has or {}).items()}
        self.known = {}

    def of(self, *names):
        """Positions of the rows that have all of these inputs."""
        if names not in self.known:
            held = torch.ones(self.count, dtype=torch.bool, device=self.device)
            for name in names:
                if name in self.has:
                    held = held & self.has[name]
            self.known[names] = held.nonzero()[:, 0]
        return self.known[names]

    def places(self, held, wanted):
        """For each wanted row its place among the held ones; -1 where it is not held."""
        table = torch.full((self.count,), -1, device=self.device)
        rows = self.of(*held)
        table[rows] = torch.arange(len(rows), device=self.device)
        return table[self.of(*wanted)]

    def pick(self, x, held, wanted):
        """The wanted rows of a value; all of them are held."""
        return x[self.places(held, wanted)]

    def spread(self, x, held, wanted, filler=0.0):
        """The wanted rows of a value, `filler` where they are not held."""
        at = self.places(held, wanted)
        extra = torch.zeros_like(x[:1]) if len(x) else x.new_zeros(1, *x.shape[1:])
        extra = extra + filler
        return torch.cat([x, extra])[torch.where(at < 0, len(x), at)]


class Learned(nn.Module):
    """A learned array, the same for every row."""

    def __init__(self, *shape):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(shape))

    def forward(self):
        return self.weight[None]


class HyperLinear(nn.Module):
    """An affine map whose weights and bias are affine maps of a second value (Duenias et al., HyperFusion)."""

    def __init__(self, inputs, outputs, embedding):
        super().__init__()
        self.weights_gen = nn.Linear(embedding, inputs * outputs)
        self.bias_gen = nn.Linear(embedding, outputs)

    def forward(self, x, by):
        weight = self.weights_gen(by).reshape(len(by), -1, x.shape[1])
        return torch.einsum("roi,ri->ro", weight.expand(len(x), -1, -1), x) + self.bias_gen(by)


def sample(q, training):
    """A draw from Gaussians `[rows, 2, n]` (means, then log-variances) in training, their means in prediction."""
    mean, log_variance = q[:, 0], q[:, 1]
    return mean + (0.5 * log_variance).exp() * torch.randn_like(mean) if training else mean


def random_place(x, training):
    """One place of `[rows, c, ..]` for each row: drawn in training, the middle one in prediction."""
    flat = x.flatten(2)
    if training:
        at = torch.randint(flat.shape[2], (len(x),), device=x.device)
    else:
        middle = 0
        for extent in x.shape[2:]:
            middle = middle * extent + extent // 2
        at = torch.full((len(x),), middle, device=x.device)
    return flat[torch.arange(len(x), device=x.device), :, at]


def convolve(x, kernel, bias, stride, padding, dilation):
    """A convolution with a kernel `[rows, c', c, ..]` of each row's own, or one `[1, ..]` for all."""
    function = {3: F.conv1d, 4: F.conv2d, 5: F.conv3d}[x.dim()]
    if len(kernel) == 1:
        return function(x, kernel[0], None if bias is None else bias[0], stride, padding, dilation)
    rows = len(x)
    kernel = kernel.expand(rows, *kernel.shape[1:])
    weight = kernel.reshape(-1, *kernel.shape[2:])
    bias = None if bias is None else bias.expand(rows, -1).reshape(-1)
    made = function(x.reshape(1, -1, *x.shape[2:]), weight, bias, stride, padding, dilation, groups=rows)
    return made.reshape(rows, -1, *made.shape[2:])


def kl(p, q=None):
    """Kullback-Leibler divergence to the standard normal, or of `p` to `q`: one number a row."""
    mean, log_variance = p[:, 0], p[:, 1]
    if q is None:
        terms = log_variance.exp() + mean**2 - log_variance - 1
    else:
        spread = log_variance.exp() + (mean - q[:, 0]) ** 2
        terms = q[:, 1] - log_variance + spread * (-q[:, 1]).exp() - 1
    return 0.5 * terms.flatten(1).sum(1)


def log_density(z, q=None):
    """Logarithm of the density under the standard normal, or under `q`: one number a row."""
    terms = z**2 if q is None else (z - q[:, 0]) ** 2 * (-q[:, 1]).exp() + q[:, 1]
    return -0.5 * (terms + math.log(2 * math.pi)).flatten(1).sum(1)


def present(rows, wanted, members, how):
    """A reduction over the members of a family that a row has; 0 where it has none."""
    neutral = {"amax": -math.inf, "amin": math.inf}.get(how, 0.0)
    held = torch.stack([rows.places(names, wanted) >= 0 for _, names in members], 1)
    values = torch.stack([rows.spread(x, names, wanted, neutral) for x, names in members], 1)
    held = held.reshape(*held.shape, *[1] * (values.dim() - 2))
    count = held.sum(1).clamp(min=1)
    if how == "sum":
        return values.sum(1)
    if how == "mean":
        return values.sum(1) / count
    if how == "var":
        mean = values.sum(1, keepdim=True) / count[:, None]
        return ((values - mean) ** 2 * held).sum(1) / count
    return torch.where(held.any(1), getattr(values, how)(1), torch.zeros_like(values[:, 0]))


def product(experts, held):
    """Product of experts `[rows, 2, n]`; a row without any is standard normal (Wu and Goodman 2018)."""
    moment, precision = 0.0, 0.0
    for expert, flags in zip(experts, held):
        own = 1 / (expert[:, 1].exp() + 1e-8 + 1e-8) * flags[:, None]
        moment, precision = moment + expert[:, 0] * own, precision + own
    precision = precision + (~torch.stack(held).any(0))[:, None]
    return torch.stack([moment / precision, (1 / precision + 1e-8).log()], 1)


def dealt(experts, held):
    """Rows dealt out among experts in equal blocks, those with the same experts among themselves (Shi et al. 2019)."""
    flags = torch.stack(held, 1).tolist()
    choice = [len(experts)] * len(flags)
    for own in dict.fromkeys(map(tuple, flags)):
        group = [row for row, others in enumerate(flags) if tuple(others) == own]
        there = [expert for expert, flag in enumerate(own) if flag]
        block = len(group) // max(len(there), 1)
        for place, row in enumerate(group):
            if there:
                choice[row] = there[min(place // block if block else place, len(there) - 1)]
    every = torch.stack([*experts, torch.zeros_like(experts[0])])
    return every[choice, torch.arange(len(flags))]


def mixture(rows, wanted, members, how, prior):
    """Gaussians `[rows, 2, n]` fused, each row by those it has: "product", "mixture" or "mixture of products"."""
    experts = [rows.spread(x, names, wanted) for x, names in members]
    held = [rows.places(names, wanted) >= 0 for _, names in members]
    standard, everybody = torch.zeros_like(experts[0]), torch.ones_like(held[0])
    if how != "mixture of products":
        if prior:
            experts, held = [*experts, standard], [*held, everybody]
        return product(experts, held) if how == "product" else dealt(experts, held)
    products, of_products = [], []
    for size in range(1, len(experts) + 1):
        for subset in itertools.combinations(range(len(experts)), size):
            has = torch.stack([held[e] for e in subset]).all(0)
            others = [~held[e] for e in range(len(experts)) if e not in subset]
            full = torch.stack([has, *others]).all(0)
            own, flags = [experts[e] for e in subset], [has] * size
            if prior:
                own, flags = [*own, standard], [*flags, full]
            products.append(product(own, flags))
            of_products.append(has)
    return dealt(products, of_products)


def of_nobody(*values):
    """Whether there is no row: such a loss is 0."""
    return any(len(x) == 0 for x in values)


def zero(*values):
    return sum(x.sum() for x in values).reshape(1) * 0


def pointwise(x, y, how, **more):
    """A mean over rows and elements of `mse_loss`, `l1_loss`, ..; `sum_of` sums over elements and means over rows."""
    if of_nobody(x, y):
        return zero(x, y)
    y = y.reshape(x.shape)
    if how.startswith("sum_of_"):
        return (getattr(F, how[7:])(x, y, reduction="sum") / len(x)).reshape(1)
    return getattr(F, how)(x, y, **more).reshape(1)


def cross_entropy(x, y, weight=None, smoothing=0.0):
    """Cross entropy of logits `[rows, n, ..]` and classes."""
    if of_nobody(x, y):
        return zero(x, y)
    weight = None if weight is None else torch.as_tensor(weight, dtype=x.dtype, device=x.device)
    return F.cross_entropy(x, y.long().reshape(len(x), *x.shape[2:]), weight, label_smoothing=smoothing).reshape(1)


def gaussian_nll(x, y, log_variance=None):
    """Negative log-likelihood under a Gaussian, summed over elements, mean over rows."""
    if of_nobody(x, y):
        return zero(x, y)
    squared = (x - y.reshape(x.shape)) ** 2
    if log_variance is not None:
        v = log_variance.reshape(x.shape)
        squared = squared * (-v).exp() + v
    return (0.5 * (squared + math.log(2 * math.pi)).sum() / len(x)).reshape(1)


def cox(risk, time, event):
    """Cox's negative partial log-likelihood, mean over rows."""
    if of_nobody(risk, time, event):
        return zero(risk, time, event)
    risk, time, event = risk.flatten(), time.flatten(), event.flatten()
    at_risk = risk[None].expand(len(risk), -1).masked_fill(time[None] < time[:, None], -math.inf)
    return (event * (at_risk.logsumexp(1) - risk)).mean().reshape(1)


def dice(p, y, smooth, squared, whole_batch):
    """One minus the soft Dice coefficient of class probabilities and a mask, mean over classes but the background."""
    if of_nobody(p, y):
        return zero(p, y)
    classes = p.shape[1]
    truth = F.one_hot(y.long().reshape(len(p), -1), classes).movedim(-1, 1)[:, 1:].to(p.dtype)
    p = p.flatten(2)[:, 1:]
    axes = (0, 2) if whole_batch else (2,)
    size = (p**2 if squared else p).sum(axes) + truth.sum(axes)
    return (1 - (2 * (p * truth).sum(axes) + smooth) / (size + smooth)).mean().reshape(1)


def scored(a, b, critic, temperature, clip, penalty):
    """Scores of each row of `a` with each of `b`, and the penalty of what they were before they were bounded."""
    if critic == "cosine":
        a = a / (a.square().sum(1, keepdim=True) + 1e-24).sqrt()
        b = b / (b.square().sum(1, keepdim=True) + 1e-24).sqrt()
    raw = a @ b.T / (temperature * math.sqrt(a.shape[1]) if critic == "scaled_dot" else temperature)
    cost = penalty * raw.square().mean()
    return (clip * torch.tanh(raw / clip) if clip else raw), cost


def scores_of_places(u, v, scoring):
    """Scores `[rows, places of v, rows, places of u]`, which of them are of one row, and the penalty."""
    u, v = u.reshape(*u.shape[:2], -1), v.reshape(*v.shape[:2], -1)
    (rows, _, n), m = u.shape, v.shape[2]
    scores, cost = scored(v.movedim(1, 2).flatten(0, 1), u.movedim(1, 2).flatten(0, 1), **scoring)
    own = torch.eye(rows, dtype=torch.bool, device=u.device)[:, None, :, None].expand(rows, m, rows, n)
    scores = scores.reshape(rows, m, rows, n)
    return scores, own, torch.einsum("imin->imn", scores), cost


def info_nce(u, v, **scoring):
    """Noise-contrastive bound on mutual information, negated."""
    if of_nobody(u, v):
        return zero(u, v)
    scores, own, positives, cost = scores_of_places(u, v, scoring)
    if len(u) < 2:
        return cost.reshape(1) + zero(u, v)
    others = scores.masked_fill(own, -1e30).flatten(1).logsumexp(1)
    return (F.softplus(others[:, None, None] - positives).mean() + cost).reshape(1)


def fenchel_dual(u, v, measure, **scoring):
    """Dual bound on an f-divergence, negated."""
    if of_nobody(u, v):
        return zero(u, v)
    scores, own, positives, cost = scores_of_places(u, v, scoring)
    loss = F.softplus(-positives).mean()
    if len(u) > 1:
        loss = loss + (F.softplus(scores) * ~own).sum() / (scores.numel() // len(u) * (len(u) - 1))
    if measure == "jensen_shannon":
        loss = loss - 2 * math.log(2)
    return (loss + cost).reshape(1)


def supervised_contrastive(views, classes, base_temperature, **scoring):
    """Supervised contrastive loss (Khosla et al. 2020); anchors without a positive do not count."""
    if of_nobody(*views):
        return zero(*views)
    features = torch.cat(views)
    scores, cost = scored(features, features, **scoring)
    itself = torch.eye(len(features), dtype=torch.bool, device=features.device)
    labels = classes.flatten().repeat(len(views))
    positive = (labels[:, None] == labels[None]) & ~itself
    log_share = scores - scores.masked_fill(itself, -1e30).logsumexp(1, keepdim=True)
    count = positive.sum(1)
    mean = (log_share * positive).sum(1) / count.clamp(min=1)
    loss = -scoring["temperature"] / base_temperature * mean.sum() / (count > 0).sum().clamp(min=1)
    return (loss + cost).reshape(1)


def canonical_correlation(u, v, ridge, norm):
    """Minus the total correlation of two samples (Andrew et al. 2013), in double precision."""
    if len(u) < 2:
        return zero(u, v)
    a, b = (x.flatten(1).double() - x.flatten(1).double().mean(0) for x in (u, v))
    share = 1 / (len(u) - 1)
    factors = [torch.linalg.cholesky(share * x.T @ x + ridge * torch.eye(x.shape[1], dtype=x.dtype)) for x in (a, b)]
    t = torch.linalg.solve_triangular(factors[0], share * a.T @ b, upper=False)
    t = torch.linalg.solve_triangular(factors[1], t.T, upper=False).T
    total = torch.linalg.matrix_norm(t, "nuc" if norm == "trace" else "fro")
    return -total.to(u.dtype).reshape(1)


def margin(rows, members, by, near):
    """A margin between cosines of the members of a family: of one row and of one member."""

    def cosine(x, y):
        norm = lambda v: (v.square().sum(1) + 1e-8).sqrt().clamp(min=1e-8)
        return (x * y).sum(1) / (norm(x) * norm(y))

    losses = []
    for at, (first, own) in enumerate(members):
        for second, others in members[at + 1 :]:
            where, with_others = rows.places(own, ()), rows.places(others, ())
            following = where.roll(-1)
            counts = (where >= 0) & (following >= 0) & (with_others >= 0)
            if rows.count < 2 or not counts.any():
                continue
            x, same = first[where[counts]].flatten(1), second[with_others[counts]].flatten(1)
            subject, member = cosine(x, same), cosine(x, first[following[counts]].flatten(1))
            close, far = (subject, member) if near == "subject" else (member, subject)
            losses.append(F.relu(by - close + far).mean())
    return (sum(losses) / len(losses)).reshape(1) if losses else zero(*[x for x, _ in members])
