"""Candidate sampling: classes drawn instead of looking at all, and losses that do with them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.held import held_object
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is
from .array import reshape, shape, stop_gradient
from .embedding import embedding_lookup
from .filling import ones_like, zeros_like
from .joining import concat
from .losses import sigmoid_cross_entropy_with_logits, softmax_cross_entropy_with_logits_v2
from .math import cast, log, matmul, multiply
from .random import _seed_attrs
from .reduce import reduce_sum
from .scatter import scatter_nd
from .slicing import slice

_SEEDS = {"seed": 0, "seed2": 0}
_RESULT = (
    "int64 -> sampled_candidates: int64, true_expected_count: float32, "
    "sampled_expected_count: float32"
)


def _sampled_shape(true_classes: Tensor, *, num_true: int, num_sampled: int, **_: Any) -> list:
    rows, columns = rank_is(true_classes, 2)  # type: ignore[misc]
    if columns not in (None, num_true):
        raise ShapeError(f"Dimension must be {num_true} but is {columns}")
    return [(num_sampled,), (rows, num_true), (num_sampled,)]


def _drawn(true_classes, probabilities, num_sampled, unique, generator):
    """Classes drawn by their probabilities; how often the true and the drawn ones are expected."""
    weights = probabilities.double()
    if not unique:
        found = torch.multinomial(weights, num_sampled, replacement=True, generator=generator)
        tries = num_sampled
    else:
        if num_sampled > int((weights > 0).sum()):
            raise ValueError("Sampler's range is too small.")
        seen: dict[int, None] = {}
        tries = 0
        while len(seen) < num_sampled:
            more = torch.multinomial(weights, 4 * num_sampled, True, generator=generator)
            for value in more.tolist():
                tries += 1
                seen.setdefault(value)
                if len(seen) == num_sampled:
                    break
        found = torch.tensor(list(seen), dtype=torch.int64)
    device = true_classes.device

    def expected(classes):
        inside = (classes >= 0) & (classes < len(weights))
        chance = torch.where(inside, weights[classes.clamp(0, len(weights) - 1)], 0.0)
        if unique:
            chance = -torch.expm1(tries * torch.log1p(-chance))
        else:
            chance = chance * tries
        return chance.float().to(device)

    return found.to(device), expected(true_classes.cpu()), expected(found)


def _uniform(count):
    return torch.full((count,), 1 / count, dtype=torch.float64)


def _log_uniform(count):
    places = torch.arange(count, dtype=torch.float64)
    return torch.log1p(1 / (places + 1)) / math.log(count + 1)


@op(_RESULT, attrs=_SEEDS, shape=_sampled_shape, stateful=True, differentiable=False)
def UniformCandidateSampler(true_classes, *, num_true, num_sampled, unique, range_max, generator):
    """Classes below range_max, all equally probable."""
    return _drawn(true_classes, _uniform(range_max), num_sampled, unique, _host(generator))


@op(_RESULT, attrs=_SEEDS, shape=_sampled_shape, stateful=True, differentiable=False)
def LogUniformCandidateSampler(
    true_classes, *, num_true, num_sampled, unique, range_max, generator
):
    """Classes with the probability log((c + 2) / (c + 1)) / log(range_max + 1)."""
    return _drawn(true_classes, _log_uniform(range_max), num_sampled, unique, _host(generator))


@op(_RESULT, attrs=_SEEDS, shape=_sampled_shape, stateful=True, differentiable=False)
def LearnedUnigramCandidateSampler(
    true_classes, *, num_true, num_sampled, unique, range_max, generator, held, op
):
    """Classes in proportion to 1 + how often they were true so far in this session."""
    counts = held_object(held, op, lambda: torch.ones(range_max, dtype=torch.float64))
    found = _drawn(true_classes, counts / counts.sum(), num_sampled, unique, _host(generator))
    flat = true_classes.reshape(-1).cpu()
    counts.index_add_(0, flat, torch.ones(len(flat), dtype=torch.float64))
    return found


@op(_RESULT, attrs=_SEEDS, shape=_sampled_shape, stateful=True, differentiable=False)
def FixedUnigramCandidateSampler(
    true_classes,
    *,
    num_true,
    num_sampled,
    unique,
    range_max,
    vocab_file="",
    distortion=1.0,
    num_reserved_ids=0,
    num_shards=1,
    shard=0,
    unigrams=(),
    generator,
):
    """Classes in proportion to their given frequencies, raised to the power `distortion`."""
    weights = _frequencies(vocab_file, unigrams, num_reserved_ids)
    if len(weights) != range_max:
        raise ValueError(f"range_max is {range_max}, but there are {len(weights)} classes")
    powers = np.where(weights > 0, weights, 0.0) ** distortion
    powers[:num_reserved_ids] = 0
    if num_shards > 1:
        powers[np.arange(len(powers)) % num_shards != shard] = 0
    chances = torch.from_numpy(powers / powers.sum())
    return _drawn(true_classes, chances, num_sampled, unique, _host(generator))


def _frequencies(vocab_file, unigrams, reserved):
    if bool(vocab_file) == bool(unigrams):
        raise ValueError("Must provide exactly one of vocab_file and unigrams.")
    if vocab_file:
        with open(vocab_file, encoding="utf-8") as file:
            unigrams = [float(line.rsplit(",", 1)[1]) for line in file if line.strip()]
    return np.array([0.0] * reserved + list(unigrams))


@op(_RESULT, attrs=_SEEDS, shape=_sampled_shape, stateful=True, differentiable=False)
def AllCandidateSampler(true_classes, *, num_true, num_sampled, unique):
    """All classes; each is expected once."""
    device = true_classes.device
    ones = torch.ones(num_sampled, device=device)
    found = torch.arange(num_sampled, device=device)
    return found, torch.ones(true_classes.shape, device=device), ones


def _host(generator):
    """Drawing is done on the CPU: the numbers are few."""
    if generator.device.type == "cpu":
        return generator
    number = torch.randint(2**62, (1,), generator=generator, device=generator.device)
    return torch.Generator().manual_seed(int(number))


def uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """(sampled_candidates, true_expected_count, sampled_expected_count) of equal chances.

    `num_sampled` classes below `range_max` are drawn, all different with `unique`. The counts tell
    how often the classes in `true_classes` [batch, num_true], and those drawn, are expected.
    """
    return UniformCandidateSampler(
        true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique,
        range_max=range_max, name=name, **_seed_attrs(seed),
    )  # fmt: skip


def log_uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """`uniform_candidate_sampler` for classes sorted by falling frequency, as words mostly are."""
    return LogUniformCandidateSampler(
        true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique,
        range_max=range_max, name=name, **_seed_attrs(seed),
    )  # fmt: skip


def learned_unigram_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """`uniform_candidate_sampler` that learns how frequent the classes are while it runs."""
    return LearnedUnigramCandidateSampler(
        true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique,
        range_max=range_max, name=name, **_seed_attrs(seed),
    )  # fmt: skip


def fixed_unigram_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    vocab_file: str = "",
    distortion: float = 1.0,
    num_reserved_ids: int = 0,
    num_shards: int = 1,
    shard: int = 0,
    unigrams: Any = (),
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """`uniform_candidate_sampler` in proportion to given frequencies^distortion.

    They are the list `unigrams`, or the last columns of the lines of `vocab_file`. The first
    `num_reserved_ids` classes are never drawn; of `num_shards` shards only classes c with
    c % num_shards == shard are.
    """
    return FixedUnigramCandidateSampler(
        true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique,
        range_max=range_max, vocab_file=vocab_file, distortion=distortion,
        num_reserved_ids=num_reserved_ids, num_shards=num_shards, shard=shard,
        unigrams=tuple(unigrams), name=name, **_seed_attrs(seed),
    )  # fmt: skip


def all_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """All classes below `num_sampled`, each expected once: for tests."""
    return AllCandidateSampler(
        true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique, name=name,
        **_seed_attrs(seed),
    )  # fmt: skip


def _hits_shape(true_classes: Tensor, sampled_candidates: Tensor, **_: Any) -> list[Dims]:
    rank_is(true_classes, 2)
    rank_is(sampled_candidates, 1)
    return [(None,)] * 3


@op(
    "int64, int64 -> indices: int32, ids: int64, weights: float32",
    attrs=_SEEDS,
    shape=_hits_shape,
    differentiable=False,
)
def ComputeAccidentalHits(true_classes, sampled_candidates, *, num_true):
    """Where a true class was drawn: its row, its place among those drawn, and the lowest number."""
    equal = true_classes.unsqueeze(-1) == sampled_candidates
    places = equal.nonzero()
    weights = torch.full((len(places),), torch.finfo(torch.float32).min, device=places.device)
    return places[:, 0].int(), places[:, 2], weights


def compute_accidental_hits(
    true_classes: Any,
    sampled_candidates: Any,
    num_true: int,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """(indices, ids, weights): row i of `true_classes` has the class at place ids of those drawn.

    The weights, the lowest float32, are to be added to these logits, so that a class that is right
    does not count as a wrong one.
    """
    return ComputeAccidentalHits(
        true_classes, sampled_candidates, num_true=num_true, name=name, **_seed_attrs(seed)
    )


# Losses.


def _sampled_logits(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int,
    sampled_values: Any,
    remove_accidental_hits: bool,
    partition_strategy: str,
    name: str | None,
    scope: str,
    seed: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Logits of the true and the sampled classes, less what is expected, and their labels."""
    weights = weights if isinstance(weights, list) else [weights]
    with name_scope(name, scope, [*weights, biases, inputs, labels]):
        labels = cast(convert_to_tensor(labels, name="labels"), dtypes.int64)
        inputs = convert_to_tensor(inputs, name="inputs")
        flat = reshape(labels, [-1])
        if sampled_values is None:
            sampled_values = log_uniform_candidate_sampler(
                labels, num_true, num_sampled, True, num_classes, seed
            )
        sampled, true_expected, sampled_expected = (stop_gradient(s) for s in sampled_values)
        sampled = cast(sampled, dtypes.int64)
        ids = concat([flat, sampled], 0)
        rows = embedding_lookup(weights, ids, partition_strategy)
        offsets = embedding_lookup(biases, ids, partition_strategy)
        count = shape(flat)[0]
        depth = shape(rows)[1]
        true_rows = slice(rows, [0, 0], [count, depth])
        sampled_rows = slice(rows, [count, 0], [shape(sampled)[0], depth])
        true_offsets = reshape(slice(offsets, [0], [count]), [-1, num_true])
        sampled_offsets = slice(offsets, [count], [shape(sampled)[0]])
        sampled_logits = matmul(inputs, sampled_rows, transpose_b=True) + sampled_offsets
        products = multiply(inputs[:, None], reshape(true_rows, [-1, num_true, depth]))
        true_logits = reduce_sum(products, 2) + true_offsets
        if remove_accidental_hits:
            hits = compute_accidental_hits(labels, sampled, num_true)
            places = concat([cast(hits.indices, dtypes.int64)[:, None], hits.ids[:, None]], 1)
            size = shape(sampled_logits, out_type=dtypes.int64)
            sampled_logits = sampled_logits + scatter_nd(
                places, cast(hits.weights, sampled_logits.dtype), size
            )
        true_logits = true_logits - log(true_expected)
        sampled_logits = sampled_logits - log(sampled_expected)
        logits = concat([true_logits, sampled_logits], 1)
        labels = concat([ones_like(true_logits) / num_true, zeros_like(sampled_logits)], 1)
        return logits, labels


def nce_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = False,
    partition_strategy: str = "mod",
    name: str = "nce_loss",
) -> Tensor:
    """The noise-contrastive loss [batch]: true classes are told from classes drawn.

    `weights` [num_classes, dim] (or a list of parts, see `embedding_lookup`) and `biases` are the
    classes' parameters, `inputs` [batch, dim], `labels` [batch, num_true]. The classes are drawn by
    `log_uniform_candidate_sampler` unless `sampled_values` (what a sampler returns) are given; with
    `remove_accidental_hits` those that happen to be true do not count.
    """
    logits, targets = _sampled_logits(
        weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values,
        remove_accidental_hits, partition_strategy, name, "nce_loss",
    )  # fmt: skip
    losses = sigmoid_cross_entropy_with_logits(labels=targets, logits=logits, name="sampled_losses")
    return reduce_sum(losses, 1)


def sampled_softmax_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = True,
    partition_strategy: str = "mod",
    name: str = "sampled_softmax_loss",
    seed: int | None = None,
) -> Tensor:
    """The softmax cross entropy [batch] over the true classes and some that are drawn.

    Arguments as for `nce_loss`; `seed` is the sampler's.
    """
    logits, targets = _sampled_logits(
        weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values,
        remove_accidental_hits, partition_strategy, name, "sampled_softmax_loss", seed,
    )  # fmt: skip
    targets = stop_gradient(targets, name="labels_stop_gradient")
    return softmax_cross_entropy_with_logits_v2(labels=targets, logits=logits)
