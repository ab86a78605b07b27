"""Other libraries' code for maps of the registry, where it is installed (extra `peers`): what the benchmark times too.

PyTorch's attention kernel for softmax, performer-pytorch for FAVOR+, and the reference code of flash-linear-attention
for the causal linear and recurrent maps. All run without gradients, on a GPU if PyTorch has one.
"""

# The peers are optional, so a type checker does not find them.
# pyright: reportMissingImports=false

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from numerics.complexity.contenders import Contender, Prepared, Setting, inputs


def _prepared(setting: Setting, call: Callable[[Any, Any, Any], Any], *, heads_last: bool = False) -> Prepared:
    """`call` on q, k, v of shape [1, heads, n, d], or [1, n, heads, d] with the heads last."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    arrays = [torch.from_numpy(x)[None].to(device, getattr(torch, setting.dtype)) for x in inputs(setting)]
    if heads_last:
        arrays = [x.transpose(1, 2) for x in arrays]

    def run() -> Any:
        with torch.no_grad():
            result = call(*arrays)
        if device == "cuda":
            torch.cuda.synchronize()
        return result

    return Prepared(run)


def scaled_dot_product(setting: Setting) -> Prepared:
    """PyTorch's kernel for softmax attention."""
    import torch

    kernel = torch.nn.functional.scaled_dot_product_attention
    return _prepared(setting, lambda q, k, v: kernel(q, k, v, is_causal=setting.causal))


def performer(setting: Setting) -> Prepared:
    """FAVOR+ with as many features as the registry's; its causal form needs a CUDA extension."""
    import torch
    from performer_pytorch import FastAttention

    from numerics.maps.registry import named

    features = named("favor-positive", setting.d).feature_map.dimension(setting.d)  # type: ignore[attr-defined]
    attention = FastAttention(dim_heads=setting.d, nb_features=features, causal=False)
    if torch.cuda.is_available():
        attention = attention.to("cuda")
    return _prepared(setting, attention)


def reference(module: str, call: Callable[[Any, Any, Any, Any], Any], *, heads_last: bool = False) -> Callable:
    """Reference code of flash-linear-attention: call(module, q, k, v)."""

    def build(setting: Setting) -> Prepared:
        code = import_module(f"fla.ops.{module}.naive")
        return _prepared(setting, lambda q, k, v: call(code, q, k, v), heads_last=heads_last)

    return build


def _linear(code: Any, q: Any, k: Any, v: Any) -> Any:
    return code.naive_chunk_linear_attn(q, k, v, scale=1.0)


def _taylor(code: Any, q: Any, k: Any, v: Any) -> Any:
    """1 + s + s^2/2, all scores at once."""
    return code.naive_parallel_based(q, k, v)


def _retention(code: Any, q: Any, k: Any, v: Any) -> Any:
    return code.naive_retention(q, k, v)


def _gated(code: Any, q: Any, k: Any, v: Any) -> Any:
    """Gates from the keys, as those of the registry, token after token."""
    import torch

    return code.naive_recurrent_gla(q, k, v, torch.nn.functional.logsigmoid(k) / 16)


def _delta(code: Any, q: Any, k: Any, v: Any) -> Any:
    """Keys of length 1, as those of the registry."""
    import torch

    keys = torch.nn.functional.normalize(k, dim=-1)
    return code.delta_rule_chunkwise(q, keys, v, torch.sigmoid(k[..., 0]))


def _causal(name: str, computes: str, build: Callable[[Setting], Prepared]) -> Contender:
    return Contender(f"flash-linear-attention {name}", computes, build, "fla", full=False)


PEERS = (
    Contender("torch scaled_dot_product_attention", "softmax", scaled_dot_product, "torch"),
    Contender("performer-pytorch", "favor-positive", performer, "performer_pytorch", causal=False),
    _causal("linear", "identity-linear-unnormalised", reference("linear_attn", _linear, heads_last=True)),
    _causal("based", "taylor", reference("based", _taylor)),
    _causal("retention", "retention", reference("retention", _retention)),
    _causal("gated linear", "gated-linear", reference("gla", _gated, heads_last=True)),
    _causal("delta rule", "delta-rule", reference("delta_rule", _delta)),
)
