"""The model's constants as LaTeX commands, read from the source itself, so that formulas cannot drift from the code."""

import ast
from pathlib import Path

from report.reading import ReportError

MODELS, DATA = "plate_seg/models", "plate_seg/data"
CONSTANTS = {  # LaTeX command: file, name, place in a tuple or None
    "Prior": (f"{MODELS}/plate_head.py", "PRIOR", None),
    "LevelSmall": (f"{MODELS}/plate_head.py", "SIZES", 0),
    "LevelLarge": (f"{MODELS}/plate_head.py", "SIZES", 1),
    "Radius": (f"{MODELS}/plate_head.py", "RADIUS", None),
    "Candidates": (f"{MODELS}/proposals.py", "CANDIDATES", None),
    "TrainedProposals": (f"{MODELS}/segmenter.py", "PROPOSALS", None),
    "HeadShare": (f"{MODELS}/plate_shape.py", "HEAD_SHARE", None),
    "DecodeFrom": (f"{MODELS}/segmenter.py", "DECODE_FROM", None),
    "BoxShare": (f"{MODELS}/assembly.py", "BOX_SHARE", None),
    "Evidence": (f"{MODELS}/assembly.py", "EVIDENCE", None),
    "LeastScore": (f"{MODELS}/assembly.py", "LEAST_SCORE", None),
    "MaskRows": (f"{MODELS}/assembly.py", "MASK_SIZE", 0),
    "MaskColumns": (f"{MODELS}/assembly.py", "MASK_SIZE", 1),
    "OwnShare": (f"{MODELS}/crops.py", "OWN_SHARE", None),
    "UprightShare": (f"{MODELS}/crops.py", "UPRIGHT_SHARE", None),
    "Shift": (f"{MODELS}/crops.py", "SHIFT", None),
    "BareEach": (f"{MODELS}/crop_truth.py", "BARE_EACH", None),
    "PlateOverlap": (f"{MODELS}/crop_truth.py", "PLATE_OVERLAP", None),
    "BackgroundOverlap": (f"{MODELS}/trainer.py", "BACKGROUND_OVERLAP", None),
    "HeatSpread": (f"{MODELS}/crop_targets.py", "HEAT_SPREAD", None),
    "InsideWeight": (f"{MODELS}/crop_targets.py", "INSIDE_WEIGHT", None),
    "CentreWeight": (f"{MODELS}/crop_targets.py", "CENTRE_WEIGHT", None),
    "LeastHalf": (f"{MODELS}/crop_targets.py", "LEAST_HALF", None),
    "Unit": (f"{MODELS}/mask_head.py", "UNIT", None),
    "PeakDown": (f"{MODELS}/grouping.py", "PEAK_WINDOW", 0),
    "PeakAcross": (f"{MODELS}/grouping.py", "PEAK_WINDOW", 1),
    "PeakScore": (f"{MODELS}/grouping.py", "PEAK_SCORE", None),
    "CharacterScore": (f"{MODELS}/grouping.py", "CHARACTER_SCORE", None),
    "Reach": (f"{MODELS}/grouping.py", "REACH", None),
    "LineGap": (f"{MODELS}/grouping.py", "LINE_GAP", None),
    "Repainted": (f"{DATA}/collection.py", "REPAINTED", None),
    "HeldOut": (f"{DATA}/collection.py", "HELD_OUT", None),
    "NoPlate": (f"{DATA}/scenes.py", "NO_PLATE", None),
    "Several": (f"{DATA}/scenes.py", "SEVERAL", None),
    "SmallestWidth": (f"{DATA}/scenes.py", "SMALLEST_PX", 0),
    "Exposures": (f"{DATA}/scenes.py", "EXPOSURES", None),
    "LeastCorrelation": (f"{DATA}/legibility.py", "LEAST_CORRELATION", None),
    "LeastContrast": (f"{DATA}/legibility.py", "LEAST_CONTRAST", None),
    "Narrowest": (f"{DATA}/augment.py", "AugmentConfig.plate_widths", 0),
    "Widest": (f"{DATA}/augment.py", "AugmentConfig.plate_widths", 1),
    "WildShare": (f"{DATA}/augment.py", "AugmentConfig.wild_share", None),
    "WildDegrees": (f"{DATA}/augment.py", "AugmentConfig.wild_degrees", None),
    "Mosaic": ("plate_seg/config.py", "TrainConfig.mosaic", None),
    "MuonMomentum": ("plate_seg/muon.py", "MOMENTUM", None),
    "MuonStep": ("plate_seg/muon.py", "STEP_SIZE", None),
    "MuonRounds": ("plate_seg/muon.py", "ROUNDS", None),
    "Rounds": ("plate_seg/metrics/intervals.py", "ROUNDS", None),
    "Bins": ("plate_seg/metrics/calibration.py", "BINS", None),
}


def constants(checkout: Path) -> dict[str, str]:
    """Returns the value of every LaTeX command in `CONSTANTS`.

    Raises:
        ReportError: a file or a constant is not there any more.
    """
    trees: dict[str, dict[str, object]] = {}
    values = {}
    for command, (file, name, place) in CONSTANTS.items():
        if file not in trees:
            trees[file] = assigned(checkout / file)
        if name not in trees[file]:
            raise ReportError(f"{checkout / file}: no constant {name}; mend report/constants.py and the text")
        value = trees[file][name]
        values[command] = f"{value if place is None else value[place]:g}"
    return values


def assigned(path: Path) -> dict[str, object]:
    """Returns the literals that a module assigns to names at its top level, and to fields as `Class.field`.

    Raises:
        ReportError: no such file.
    """
    if not path.is_file():
        raise ReportError(f"{path}: no such file; mend report/constants.py and the text")
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):
            found |= dict(_literals(node))
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{field.target.id}": ast.literal_eval(field.value) for field in _defaults(node)}
    return found


def _defaults(node: ast.ClassDef):
    """Yields the fields of a dataclass whose default is a literal."""
    fields = (each for each in node.body if isinstance(each, ast.AnnAssign) and each.value is not None)
    yield from (each for each in fields if isinstance(each.value, ast.Constant | ast.Tuple))


def _literals(node: ast.Assign):
    """Yields names and values of `NAME = literal` and of `A, B = 1, 2`; what is computed is left out."""
    for target in node.targets:
        try:
            value = ast.literal_eval(node.value)
        except ValueError:
            continue
        if isinstance(target, ast.Name):
            yield target.id, value
        elif isinstance(target, ast.Tuple):
            yield from zip((each.id for each in target.elts), value, strict=True)
