"""Single-precision functions that vectorise: exponential, logarithm, logistic, without branches or calls.

Kernels and rules use these instead of `math`: the same bits on every run and about half the time.
Accuracy is stated with each function and held by tests against NumPy in double precision.
"""

from typing import Any, Final

from numba import float32, int32, int64, njit, types
from numba.extending import intrinsic

JIT_ALLOCATING = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": {"contract"}, "_nrt": True}
"""Compiler settings of kernels: no reordering of sums, division as NumPy does it."""

JIT = {**JIT_ALLOCATING, "_nrt": False}
"""The same without counting references to arrays, which costs a call for every slice: for kernels that make no array.

Arrays are owned by whoever calls the outermost kernel, so nothing is freed too early. A kernel that makes an array, or
calls one that returns an array, takes JIT_ALLOCATING.
"""


@intrinsic
def _float_of_bits(typing_context: Any, bits: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        from llvmlite import ir

        return builder.bitcast(arguments[0], ir.FloatType())

    return types.float32(types.int32), generate


@intrinsic
def _bits_of_float(typing_context: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        from llvmlite import ir

        return builder.bitcast(arguments[0], ir.IntType(32))

    return types.int32(types.float32), generate


LANES: Final = 8
"""Numbers that `add_lanes` adds."""


@intrinsic
def add_lanes(typing_context: Any, sums: Any, at: Any, values: Any, start: Any) -> Any:
    """Add `values[start]` and the next, LANES float32 in all, to the float64 `sums[at]` and the next.

    A vector instruction or two; the compiler makes none where two persons may add to the same place. No bounds are
    checked.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        from llvmlite import ir

        def lanes(position: int, number: Any) -> Any:
            array = context.make_array(signature.args[position])(context, builder, arguments[position])
            first = builder.gep(array.data, [arguments[position + 1]])
            return builder.bitcast(first, ir.VectorType(number, LANES).as_pointer())

        to, by = lanes(0, ir.DoubleType()), lanes(2, ir.FloatType())
        more = builder.fpext(builder.load(by, align=4), ir.VectorType(ir.DoubleType(), LANES))
        builder.store(builder.fadd(builder.load(to, align=8), more), to, align=8)
        return context.get_dummy_value()

    return types.void(sums, types.int64, values, types.int64), generate


@njit(**JIT)
def exp32(x: float) -> float:
    """Return e**x for float32 x in [-80, 80]; relative error below 3e-7 + 1e-7 |x|; outside, the ends are used."""
    x = min(max(x, float32(-80.0)), float32(80.0))
    scaled = x * float32(1.44269504)
    whole = (scaled + float32(12582912.0)) - float32(12582912.0)
    part = scaled - whole
    power = float32(1.5403530e-4)
    power = power * part + float32(1.3333558e-3)
    power = power * part + float32(9.6181291e-3)
    power = power * part + float32(5.5504109e-2)
    power = power * part + float32(0.24022651)
    power = power * part + float32(0.69314718)
    power = power * part + float32(1.0)
    return power * _float_of_bits((int32(whole) + int32(127)) << int32(23))


@njit(**JIT)
def log32(x: float) -> float:
    """Return ln x for positive normal float32 x; relative error below 2e-7 (Cephes' logf without branches)."""
    bits = _bits_of_float(x)
    exponent = float32((bits >> int32(23)) - int32(126))
    mantissa = _float_of_bits((bits & int32(0x007FFFFF)) | int32(0x3F000000))
    low = mantissa < float32(0.70710678)
    exponent = exponent - float32(1.0) if low else exponent
    mantissa = mantissa + mantissa - float32(1.0) if low else mantissa - float32(1.0)
    square = mantissa * mantissa
    tail = float32(7.0376836292e-2)
    tail = tail * mantissa + float32(-1.1514610310e-1)
    tail = tail * mantissa + float32(1.1676998740e-1)
    tail = tail * mantissa + float32(-1.2420140846e-1)
    tail = tail * mantissa + float32(1.4249322787e-1)
    tail = tail * mantissa + float32(-1.6668057665e-1)
    tail = tail * mantissa + float32(2.0000714765e-1)
    tail = tail * mantissa + float32(-2.4999993993e-1)
    tail = tail * mantissa + float32(3.3333331174e-1)
    return mantissa + (mantissa * square * tail - float32(0.5) * square) + exponent * float32(0.69314718)


@njit(**JIT)
def logistic(x: float) -> float:
    """Return 1 / (1 + e**-x) for float32 x, the L(x) of the model description."""
    return float32(1.0) / (float32(1.0) + exp32(-x))


@njit(**JIT)
def copy_into(target: Any, source: Any) -> None:
    """Set every number of `target` from `source`, arrays of the same size: an assignment of slices makes an array."""
    for i in range(target.size):
        target.flat[i] = source.flat[i]


@njit(**JIT)
def add_into(target: Any, source: Any) -> None:
    """Add every number of `source` to `target`, arrays of the same size."""
    for i in range(target.size):
        target.flat[i] += source.flat[i]


@njit(**JIT)
def list_marked(marked: Any, places: Any, n: int) -> int:
    """Set `places` to where the first `n` of `marked` are not zero, in order; returns how many. No branches."""
    found = 0
    for i in range(n):
        places[found] = i
        found += int64(marked[i] != 0)
    return found
