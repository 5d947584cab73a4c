"""Equal constants of a SavedModel's functions, made one: they are a third of its nodes, which cost memory to load."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from tensorflow.core.framework import function_pb2, node_def_pb2
from tensorflow.core.protobuf import saved_model_pb2

GRAPH, FINGERPRINT = "saved_model.pb", "fingerprint.pb"


def merge_constants(folder: Path) -> None:
    """Rewrites the graph of a SavedModel, whose functions compute what they did.

    TensorFlow writes a constant for each number in the code that it traced, 0 and 1 some hundred times over. The
    fingerprint is of the graph before, and goes; loading does without.
    """
    path = folder / GRAPH
    model = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    for graph in model.meta_graphs:
        for function in graph.graph_def.library.function:
            _merge(function)
    partial = folder / f"partial.{GRAPH}"
    partial.write_bytes(model.SerializeToString())
    os.replace(partial, path)
    (folder / FINGERPRINT).unlink(missing_ok=True)


def _merge(function: function_pb2.FunctionDef) -> None:
    first, instead, kept = {}, {}, []
    for node in function.node_def:
        same = first.setdefault(_value(node), node.name) if node.op == "Const" and not node.input else node.name
        if same == node.name:
            kept.append(node_def_pb2.NodeDef.FromString(node.SerializeToString()))
        else:
            instead[node.name] = same
    for node in kept:
        node.input[:] = _renamed(list(node.input), instead)
    del function.node_def[:]
    function.node_def.extend(kept)
    for results in (function.ret, function.control_ret):
        for name, result in list(results.items()):
            (results[name],) = _renamed([result], instead)


def _value(node: node_def_pb2.NodeDef) -> bytes:
    """Returns what tells constants apart: type, shape, numbers and device."""
    bare = node_def_pb2.NodeDef(device=node.device)
    for name in ("dtype", "value"):
        bare.attr[name].CopyFrom(node.attr[name])
    return bare.SerializeToString(deterministic=True)


def _renamed(inputs: Iterable[str], instead: Mapping[str, str]) -> list[str]:
    """Returns inputs `node:output:number` and `^node`, the latter once each, of the nodes that are left."""
    named = []
    for each in inputs:
        mark, name = ("^", each[1:]) if each.startswith("^") else ("", each)
        node, colon, output = name.partition(":")
        name = f"{mark}{instead.get(node, node)}{colon}{output}"
        if not (mark and name in named):
            named.append(name)
    return named
