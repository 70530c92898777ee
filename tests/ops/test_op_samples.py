"""Each op type by itself against recorded TensorFlow 1.15.5: values, shapes, gradients, errors.

`op_samples.json.gz` has up to three samples of each op type without state, taken from what this
test suite runs (tests/oracle/collect_op_samples.py); tests/oracle/record_op_samples.py recorded
what TensorFlow does with them, with placeholders that know more or less, and with bad inputs. What
is known to differ stands in `op_sample_differences.json` (tests/make_op_sample_differences.py
writes it), values and gradients also in WHY.
"""

import gzip
import importlib
import json
import pkgutil
from pathlib import Path

import numpy as np
import pytest
from ops import op_sample_cases as cases

import scopeflow as tf
import scopeflow.ops
from scopeflow.core.op import registry

HERE = Path(__file__).parent
DIFFERENCES = HERE / "op_sample_differences.json"

WHY = {
    "AdjustContrastv2": "has a gradient",
    "AdjustHue": "has a gradient",
    "AdjustSaturation": "has a gradient",
    "Atan2": "has a gradient where it broadcasts",
    "AvgPool": "NCHW on the CPU",
    "AvgPoolGrad": "no gradients of TensorFlow's own gradient ops",
    "Betainc": "zeros for what TensorFlow has no gradient of; x at the ends",
    "CombinedNonMaxSuppression": "no gradient, where TensorFlow has an error",
    "Conv2DBackpropInput": "NCHW on the CPU",
    "Conv2D": "NCHW on the CPU",
    "Conv3D": "NCDHW on the CPU",
    "DataFormatDimMap": "TensorFlow counts negative numbers in the other format's letters",
    "DecodeCSV": "zeros for the defaults, where TensorFlow has an error",
    "DrawBoundingBoxesV2": "no gradient, where TensorFlow has an error",
    "Einsum": "ellipses, and a gradient: TensorFlow 2's op",
    "EncodePng": "another compression of the same image",
    "Equal": "the attribute of later versions",
    "EuclideanNorm": "has a gradient",
    "ExtractImagePatches": "no patches of an image that is too small",
    "FakeQuantWithMinMaxVarsPerChannel": "another side of the boundary, by rounding",
    "FusedBatchNormGrad": "no gradients of TensorFlow's own gradient ops; the reserves",
    "FusedBatchNormGradV3": "no gradients of TensorFlow's own gradient ops; the reserves",
    "FusedBatchNormV3": "the reserves, which are the kernel's own; NCHW",
    "HSVToRGB": "has a gradient",
    "Igammac": "zeros for a that is not positive",
    "Lu": "has a gradient",
    "MatrixExponential": "TensorFlow 1.15 has removed the op, not the function",
    "MatrixInverse": "TensorFlow 1.15's gradient of the adjoint is wrong",
    "MatrixSolveLs": "has a gradient",
    "MaxPool": "NCHW on the CPU",
    "MaxPool3D": "more dtypes",
    "MaxPoolGrad": "no gradients of TensorFlow's own gradient ops",
    "MaxPoolWithArgmax": "include_batch_in_index with a gradient",
    "NonMaxSuppressionV5": "no gradient, where TensorFlow has an error",
    "NotEqual": "the attribute of later versions",
    "OneHot": "an axis out of range",
    "PadV2": "zeros for what TensorFlow has no gradient of",
    "ParallelConcat": "has a gradient",
    "Polygamma": "zeros for what TensorFlow has no gradient of",
    "ResizeArea": "has a gradient",
    "PreventGradient": "no gradient, where TensorFlow has an error",
    "Roll": "a sample that fails while running",
    "SegmentProd": "has a gradient",
    "SelfAdjointEigV2": "eigenvectors have either sign",
    "SoftmaxCrossEntropyWithLogits": "the second output is taken as given",
    "SoftsignGrad": "has a gradient",
    "SparseAdd": "zeros for what TensorFlow has no gradient of",
    "SparseDenseCwiseAdd": "has a gradient",
    "SparseDenseCwiseDiv": "has a gradient where it broadcasts",
    "SparseSparseMaximum": "has a gradient",
    "SparseSparseMinimum": "has a gradient",
    "SparseSplit": "has a gradient",
    "SparseToDense": "has a gradient where it broadcasts",
    "StatelessMultinomial": "another generator",
    "StatelessRandomNormal": "another generator",
    "StatelessRandomUniform": "another generator",
    "StatelessRandomUniformInt": "another generator",
    "StatelessTruncatedNormal": "another generator",
    "StridedSliceGrad": "no gradients of TensorFlow's own gradient ops",
    "StringNGrams": "the splits keep the dtype of the attribute's default",
    "Svd": "singular vectors have either sign",
    "TensorScatterAdd": "shapes that do not fit are found when the op is made",
    "TruncateMod": "has a gradient",
    "Where": "more dtypes",
    "Zeta": "zeros for what TensorFlow has no gradient of",
}
"""Op types whose value or gradient is another for some sample, and why."""


def load(name):
    return json.loads(gzip.decompress((HERE / f"{name}.json.gz").read_bytes()))


SAMPLES = list(zip(load("op_samples"), load("recorded_op_samples"), strict=True))
IDS = [f"{sample['op']}-{i}" for i, (sample, _) in enumerate(SAMPLES)]


def close(found, recorded):
    """Whether two arrays as JSON are the same within the dtype's arithmetic."""
    if found is None or recorded is None:
        return found is recorded
    if found["dtype"] != recorded["dtype"] or found["shape"] != recorded["shape"]:
        return False
    a, b = cases.array(found), cases.array(recorded)
    if a.dtype.kind not in "fc":
        return np.array_equal(a, b)
    tolerance = 1e-2 if found["dtype"] in ("float16", "bfloat16") else 2e-5
    return np.allclose(a, b, tolerance, tolerance, equal_nan=True)


def same(part, found, recorded):
    if part in ("values", "gradients") and isinstance(found, list) and isinstance(recorded, list):
        return len(found) == len(recorded) and all(map(close, found, recorded))
    return found == recorded


def said(outcome):
    """An outcome in a word or two."""
    return f"{outcome['error']} {outcome['when']}" if isinstance(outcome, dict) else "accepted"


def differences(sample, recorded):
    """What is not as TensorFlow has it: part -> how."""
    different = {}
    for part, compute in cases.PARTS.items():
        if recorded[part] is None and part != "gradients":
            continue  # TensorFlow aborts
        found = json.loads(json.dumps(compute(tf, sample)))
        if part == "bad":
            for key, theirs in recorded[part].items():
                if found[key] != theirs and theirs is not None:
                    different[key] = f"{said(found[key])}, not {said(theirs)}"
        elif not same(part, found, recorded[part]):
            texts = [
                json.dumps(x) if part not in ("values", "gradients") else said(x)
                for x in (found, recorded[part])
            ]
            different[part] = ", not ".join(texts)
    return different


@pytest.mark.parametrize("at", range(len(SAMPLES)), ids=IDS)
def test_as_tensorflow_does(at):
    sample, recorded = SAMPLES[at]
    known = json.loads(DIFFERENCES.read_text()).get(IDS[at], {})
    found = differences(sample, recorded)
    assert found.keys() <= known.keys(), {key: found[key] for key in found.keys() - known.keys()}
    if not found.keys().isdisjoint(("values", "gradients")):
        assert sample["op"] in WHY


ELSEWHERE = {
    "a dataset: tests/data": (
        "BatchDatasetV2 CSVDataset CacheDataset ConcatenateDataset DatasetToSingleElement "
        "DenseToSparseBatchDataset DirectedInterleaveDataset ExperimentalDatasetCardinality "
        "FixedLengthRecordDatasetV2 GeneratorDataset IgnoreErrorsDataset OptionalFromValue "
        "OptionalGetValue OptionalHasValue OptionalNone PaddedBatchDatasetV2 PrefetchDataset "
        "RangeDataset RepeatDataset ShardDataset ShuffleDataset SkipDataset SparseRowsToVariant "
        "SparseToVariant TFRecordDataset TakeDataset TensorDataset TensorSliceDataset "
        "TextLineDataset UnbatchDataset UniqueDataset VariantToSparse WindowDataset ZipDataset"
    ),
    "part of the graph's structure: tests/runtime": (
        "Const Exit Gradients If LoopCond Merge NoOp Placeholder PyFuncStateless ResourceGatherNd "
        "Switch VarHandleOp VariableV2 While _Arg"
    ),
    "none of TensorFlow 1.15's core, compared with numpy or its functions": (
        "BipartiteMatch CTCLossDense CTCUniqueLabels GRUSequence GatherTree "
        "ImageConnectedComponents ImageProjectiveTransformV2 LSTMSequence Ndtri Resampler "
        "TanhSequence"
    ),
    "recorded beside their tests: tests/ops/test_volume_patches.py": (
        "CompareAndBitpack ExtractVolumePatches"
    ),
    "trees: tests/estimator/test_boosted_trees.py": (
        "BoostedTreesBucketize BoostedTreesCalculateBestGainsPerFeature "
        "BoostedTreesMakeQuantileSummaries BoostedTreesMakeStatsSummary"
    ),
    "summaries and files: tests/summary, tests/ops/test_audio.py, tests/data": (
        "AudioSpectrogram AudioSummary AudioSummaryV2 DecodeCSV DecodeJSONExample "
        "EncodeJpegVariableQuality ImageSummary Mfcc ParseExample ParseSingleSequenceExample "
        "ReadFile TensorSummary TensorSummaryV2"
    ),
    "one definition with FusedBatchNormGrad": "FusedBatchNormGradV2",
    "test_matrices.py, test_s….py, ../records": (
        "DecodePaddedRaw DeserializeSparse NthElement ParseSequenceExample "
        "ScatterNdNonAliasingAdd SparseSegmentMeanGrad SparseSegmentSqrtNGrad UnicodeScript"
    ),
}
"""Why op types have no sample here: their names."""


def test_no_op_type_is_left_out():
    """Op types that compute from their inputs alone have a sample, or are named above."""
    for module in pkgutil.iter_modules(scopeflow.ops.__path__):
        importlib.import_module(f"scopeflow.ops.{module.name}")
    pure = {
        kind
        for kind, op_def in registry.items()
        if not getattr(op_def.kernel, "__module__", "scopeflow").startswith("test")
        and not op_def.has_effect
        and not any(arg.held or arg.cell for arg in op_def.inputs)
        and {"generator", "functions"}.isdisjoint(op_def.kernel_parameters)
    }
    named = {kind for kinds in ELSEWHERE.values() for kind in kinds.split()}
    missing = pure - {sample["op"] for sample, _ in SAMPLES} - named
    assert not missing
