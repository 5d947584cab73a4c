"""The shape of the package: imports go one way, and files and functions stay short."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "plate_seg"
LAYERS = (  # a module imports from its own layer and from those before
    ("errors", "alphabet", "boxes", "provenance", "temperature", "outputs", "parser"),
    ("config", "experiments", "precision", "found", "orientation", "description"),
    ("data", "losses", "muon", "metrics"),
    ("models",),
    (
        "checkpoint",
        "constants",
        "start",
        "results",
        "draw",
        "charts",
        "failures",
        "failure_sheets",
        "summary",
        "evaluation_report",
        "speed",
        "readings",
    ),
    (
        "predict",
        "export",
        "lite",
        "onnx_file",
        "evaluate",
        "doubts",
        "overlooked",
        "self_labels",
        "callbacks",
        "train",
        "tempering",
    ),
    ("launch", "cli", "__main__"),
)
WITH_TENSORFLOW = {
    "constants",
    "data.pipeline",
    "data.collection",
    "losses",
    "muon",
    "precision",
    "orientation",
    "checkpoint",
    "start",
    "export",
    "lite",
    "onnx_file",
    "train",
}
WHOLLY = {"models", "callbacks"}
LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FUNCTION, MOST_ARGUMENTS = 250, 50, 10, 7
VAGUE = {"utils", "util", "misc", "common", "helpers", "helper"}


def modules():
    """Every module of the package by its dotted name without `plate_seg.`, with its syntax tree."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name != "__init__.py":
            yield ".".join(path.relative_to(PACKAGE).with_suffix("").parts), ast.parse(path.read_text("utf-8"))


def imports(tree, top_level=False):
    """The dotted names of the package that a module imports, without `plate_seg.`."""
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "plate_seg":
            inner = node.module.split(".")[1:]
            for alias in node.names:
                is_module = (PACKAGE.joinpath(*inner) / f"{alias.name}.py").exists()
                is_package = (PACKAGE.joinpath(*inner, alias.name) / "__init__.py").exists()
                name = [*inner, alias.name] if is_module or is_package else inner
                if name:
                    yield ".".join(name)


def functions():
    """Every function of the package with its module's name."""
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield name, node


def lines(node):
    """How many lines a function's body has, its docstring not counted."""
    body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return body[-1].end_lineno - body[0].lineno + 1


def layer(name):
    """The number of the layer that a module stands in."""
    return next(number for number, members in enumerate(LAYERS) if name.split(".")[0] in members)


def test_every_module_stands_in_one_layer():
    listed = sorted(member for members in LAYERS for member in members)

    assert sorted({name.split(".")[0] for name, _ in modules()}) == listed


def test_imports_go_one_way():
    backward = [f"{name} -> {used}" for name, tree in modules() for used in imports(tree) if layer(used) > layer(name)]

    assert backward == []


def test_no_module_imports_itself_through_others():
    graph = {name: set(imports(tree, top_level=True)) for name, tree in modules()}
    while leaves := {name for name, used in graph.items() if not used & set(graph)}:
        graph = {name: used for name, used in graph.items() if name not in leaves}

    assert graph == {}


def test_tensorflow_is_imported_only_where_it_computes():
    found = set()
    for name, tree in modules():
        nodes = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
        if {part.split(".")[0] for part in names} & {"tensorflow", "keras"} and name.split(".")[0] not in WHOLLY:
            found.add(name)

    assert found <= WITH_TENSORFLOW


def test_configuration_readers_measures_and_the_command_line_start_without_tensorflow():
    names = ["config", "experiments", "cli", "launch", "draw", "data.readers", "data.render", "metrics.measure"]
    program = f"import {', '.join(f'plate_seg.{name}' for name in names)}, sys; assert 'tensorflow' not in sys.modules"

    subprocess.run([sys.executable, "-c", program], cwd=PACKAGE.parent, check=True)


def test_importing_the_package_leaves_tensorflow_and_pillow_to_their_program():
    names = sorted(f"plate_seg.{name}" for name, _ in modules() if not name.endswith("__main__"))
    program = f"""import {", ".join(names)}, PIL.Image, tensorflow
tensorflow.config.threading.set_intra_op_parallelism_threads(1)  # is refused once TensorFlow has started
assert PIL.Image.MAX_IMAGE_PIXELS < 1e9"""

    subprocess.run([sys.executable, "-c", program], cwd=PACKAGE.parent, check=True)


def test_files_are_short():
    counts = {name: len(tree_path(name).read_text("utf-8").splitlines()) for name, _ in modules()}

    assert {name: count for name, count in counts.items() if count > LONGEST_FILE} == {}


def tree_path(name):
    return PACKAGE.joinpath(*name.split(".")).with_suffix(".py")


def test_functions_are_short():
    counts = {f"{name}.{node.name}": lines(node) for name, node in functions()}

    assert {name: count for name, count in counts.items() if count > LONGEST_FUNCTION} == {}
    assert sorted(counts.values())[len(counts) // 2] <= MEDIAN_FUNCTION


def test_constructors_take_few_arguments():
    takes = {name: len(node.args.args) - 1 for name, node in functions() if node.name == "__init__"}

    assert {name: count for name, count in takes.items() if count > MOST_ARGUMENTS} == {}


def test_no_file_has_a_vague_name():
    assert [name for name, _ in modules() if set(name.split(".")) & VAGUE] == []


@pytest.mark.parametrize("name", [name for name, _ in modules()])
def test_every_module_says_what_it_does(name):
    assert ast.get_docstring(ast.parse(tree_path(name).read_text("utf-8")))
