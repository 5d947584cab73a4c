"""Equal constants of a SavedModel, merged: the same answers from fewer nodes."""

from collections import Counter

import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from plate_seg.constants import merge_constants


class Branching(tf.Module):
    """Constants in a function, in branches and in a loop: equal ones, and some of other types and shapes."""

    def __init__(self):
        super().__init__()
        self.weight = tf.Variable(3.0)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, "x")])
    def serve(self, x):
        two, again, whole, row = tf.constant(2.0), tf.constant(2.0), tf.constant(2), tf.constant([2.0])
        with tf.control_dependencies([tf.debugging.assert_less(x, 100.0)]):
            branch = tf.cond(x[0] > two, lambda: x * 5.0 + 5.0, lambda: x * again - 5.0)
        turned = tf.map_fn(lambda each: each + 7.0 + 7.0 * self.weight, branch)
        return {"y": turned + two + again + tf.cast(whole, tf.float32) + row, "two": again}


def constants(folder):
    """How many constants, but those that wait for something, a function has of a device and value, by function."""
    model = saved_model_pb2.SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    return {
        function.signature.name: Counter(
            (node.device, node.attr["value"].SerializeToString(deterministic=True))
            for node in function.node_def
            if node.op == "Const" and not node.input
        )
        for function in model.meta_graphs[0].graph_def.library.function
    }


@pytest.fixture
def saved(tmp_path):
    module = Branching()
    tf.saved_model.save(module, str(tmp_path), signatures={"serving_default": module.serve})
    return tmp_path


def test_the_functions_answer_as_before(saved):
    inputs = [tf.constant([1.0, 4.0]), tf.constant([3.0, -1.0, 0.5])]
    before = [tf.saved_model.load(str(saved)).signatures["serving_default"](x=x) for x in inputs]

    merge_constants(saved)

    serve = tf.saved_model.load(str(saved)).signatures["serving_default"]
    for x, expected in zip(inputs, before, strict=True):
        found = serve(x=x)
        assert {name: value.numpy().tolist() for name, value in found.items()} == {
            name: value.numpy().tolist() for name, value in expected.items()
        }
    with pytest.raises(tf.errors.InvalidArgumentError):
        serve(x=tf.constant([200.0]))


def test_each_function_has_each_constant_once(saved):
    before = constants(saved)

    merge_constants(saved)

    after = constants(saved)
    assert max(max(counts.values(), default=1) for counts in before.values()) > 1
    assert {name: set(counts) for name, counts in after.items()} == {name: set(each) for name, each in before.items()}
    assert all(set(counts.values()) <= {1} for counts in after.values())


def test_nothing_but_the_graph_changes(saved):
    before = {path.relative_to(saved).as_posix() for path in saved.rglob("*")}

    merge_constants(saved)

    assert before - {path.relative_to(saved).as_posix() for path in saved.rglob("*")} == {"fingerprint.pb"}
