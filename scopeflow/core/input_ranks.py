"""The ranks that op types ask of their inputs, one table.

They are checked when an op is made, and when it runs if the rank was not known before; some, as in
TensorFlow, only when it runs.
"""

from __future__ import annotations

from typing import Any

Limits = tuple[int, int | None, bool] | None
"""The least and the largest rank, and whether it is looked at when the op is made."""

RANKS = {
    "AdjustContrastv2": "3+ 0",
    "AdjustHue": "3+ 0",
    "AdjustSaturation": "3+ 0",
    "AvgPool": "4",
    "AvgPool3D": "5",
    "AccumulatorSetGlobalStep": ". 0",
    "BatchToSpaceND": ". 1 2",
    "BroadcastTo": ". 1",
    "CombinedNonMaxSuppression": "4 3 0 0 0 0",
    "CompareAndBitpack": ". 0",
    "ComputeAccidentalHits": "2 1",
    "Conv3DBackpropInputV2": "1 5 5",
    "CropAndResize": "4 2 1 1",
    "DecodeBmp": "0",
    "DecodeAndCropJpeg": "0 1",
    "DecodeWav": "0",
    "DeserializeManySparse": "2",
    "DrawBoundingBoxes": "4 3",
    "DrawBoundingBoxesV2": "4 3r 2r",
    "EncodeWav": "2 0",
    "ExtractGlimpse": "4 1 2",
    "ExtractImagePatches": "4",
    "ExtractJpegShape": "0",
    "ExtractVolumePatches": "5",
    "Fill": ". 0",
    "Fingerprint": "1+ 0",
    "FusedBatchNorm": "4 1 1 1 1",
    "FusedBatchNormGrad": "4 4 1 1 1",
    "FusedBatchNormGradV2": "4 4 1 1 1",
    "FusedBatchNormGradV3": "4 4 1 1 1 1",
    "FusedBatchNormV2": "4 1 1 1 1",
    "FusedBatchNormV3": "4 1 1 1 1",
    "HistogramSummary": "0 .",
    "HistogramFixedWidth": ". 1 0",
    "LRN": "4",
    "LinSpace": "0 0 0",
    "ListDiff": "1 1",
    "MatrixSolveLs": "2+ 2+ 0",
    "MaxPool": "4",
    "MaxPoolWithArgmax": "4",
    "NonMaxSuppression": "2 1 0",
    "NonMaxSuppressionV2": "2 1 0 0",
    "NonMaxSuppressionV3": "2 1 0 0 0",
    "NonMaxSuppressionV4": "2 1 0 0 0",
    "NonMaxSuppressionV5": "2 1 0 0 0 0",
    "NonMaxSuppressionWithOverlaps": "2 1 0 0 0",
    "OneHot": ". 0 0r 0r",
    "PadV2": ". 2 0r",
    "ParseTensor": "0r",
    "Range": "0 0 0",
    "ResourceAccumulatorApplyGradient": ". 0 .",
    "ResourceAccumulatorSetGlobalStep": ". 0",
    "ResourceAccumulatorTakeGradient": ". 0",
    "RegexFullMatch": ". 0",
    "RegexReplace": ". 0 0",
    "ResizeArea": "4 1",
    "ResizeBicubic": "4 1",
    "ResizeBilinear": "4 1",
    "ResizeNearestNeighbor": "4 1",
    "ScatterNd": ". . 1",
    "SerializeManySparse": "2 1 1",
    "SerializeSparse": "2 1 1",
    "ShardedFilename": "0 0 0",
    "Slice": ". 1 1",
    "SpaceToBatchND": ". 1 2",
    "SparseAccumulatorApplyGradient": ". 0 . . .",
    "SparseAccumulatorTakeGradient": ". 0",
    "SparseAdd": "2r 1r 1r 2r 1r 1r 0r",
    "SparseConcat": "2 1 1",
    "SparseDenseCwiseDiv": "2r 1r 1r .",
    "SparseDenseCwiseMul": "2r 1r 1r .",
    "SparseFillEmptyRows": "2 1 1 0",
    "SparseReorder": "2 1 1",
    "SparseSlice": "2r 1r 1r 1r 1r",
    "SparseSoftmax": "2 1 1",
    "SparseSparseMaximum": "2 1 1 2 1 1",
    "SparseSparseMinimum": "2 1 1 2 1 1",
    "SparseMatMul": "2 2",
    "Split": "0 .",
    "StatelessMultinomial": "2 0 1",
    "StatelessRandomNormal": "1 1",
    "StatelessRandomUniform": "1 1",
    "StatelessRandomUniformInt": "1 1 0 0",
    "StatelessTruncatedNormal": "1 1",
    "StringNGrams": "1 1",
    "StringSplit": "1 0",
    "StringSplitV2": "1 0",
    "TopKV2": "1+ 0",
    "UnsortedSegmentMax": ". . 0",
    "UnsortedSegmentMin": ". . 0",
    "UnsortedSegmentProd": ". . 0",
    "UnsortedSegmentSum": ". . 0",
}
"""Op type -> a rank for each input: `2`, `2+` (at least), `2r` (looked at in runs), `.` (any)."""


def limits_of(op_type: str) -> list[Limits]:
    """For each input the least and the largest rank; None where any will do."""
    found: list[Limits] = []
    for text in RANKS.get(op_type, "").split():
        if text == ".":
            found.append(None)
        else:
            least = int(text.rstrip("+r"))
            found.append((least, None if "+" in text else least, "r" not in text))
    return found


def wrong_rank(limits: Limits, rank: int) -> str | None:
    """TensorFlow's words for a rank that does not fit."""
    if limits is None:
        return None
    least, most, _ = limits
    if rank >= least and (most is None or rank <= most):
        return None
    return f"Shape must be {'at least ' if most is None else ''}rank {least} but is rank {rank}"


def rank_of(value: Any) -> int:
    """The rank of a value as a kernel gets it: a tensor, an array, an int or a tuple of ints."""
    rank = 0
    while isinstance(value, tuple):
        rank += 1
        value = value[0] if value else 0
    return int(getattr(value, "ndim", rank)) if not rank else rank
