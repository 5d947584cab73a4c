"""Named configurations. Each docstring holds the command, the time on 2 cores, and what to expect."""

from dataclasses import replace

from plate_seg.config import Config, DataConfig, ModelConfig, TrainConfig
from plate_seg.errors import UserError


def default() -> Config:
    """`python train.py`: rendered scenes alone, 22 minutes with bfloat16, over an hour with AVX2 alone."""
    return Config("default")


def smoke() -> Config:
    """`python train.py --experiment smoke`: about a minute; shows that everything runs, learns little."""
    data = DataConfig(scenes=64, scene_size=320, cache="cache/smoke")
    return Config("smoke", data, train=TrainConfig(epochs=2, steps=10, batch=4, picture=288, canvas=192, warmup=5))


def photographs() -> Config:
    """`python train.py --experiment photographs --data DIR --start runs/default`: an hour and a half with bfloat16.

    On from drawings alone. The run before reads texts that nobody typed, where it is sure, and finds plates that nobody
    boxed; since it has seen no photograph, wheels and logos among them score up to 0.93.
    """
    data = DataConfig(rendered=0.5, scenes=12000, seed=19, cache="cache/photographs")
    data = replace(data, self_labels=0.5, doubts=0.8, overlooked=0.94)
    train = TrainConfig(epochs=38, steps=400, picture=576, canvas=384, crops=4, mosaic=0.4, learning_rate=5e-3)
    train = replace(train, warmup=200, ema=0.998, seed=23)
    model = ModelConfig(canvas=416, largest_canvas=768, score_threshold=0.8, proposal_threshold=0.3)  # chosen on val
    return Config("photographs", data, replace(model, box_looseness=0.5), train)


def turned() -> Config:
    """`python train.py --experiment turned --data DIR --start saved_models/plate_seg`: 70 minutes with bfloat16.

    The last run of the shipped model, on from the one shipped before; saved_models/README.md has those in between.
    """
    stage = photographs()
    data = replace(stage.data, seed=18, cache="cache/turned", self_labels=0.5, doubts=0.5, overlooked=0.8)
    model = replace(stage.model, plate_temperature=0.39, character_temperature=0.23)
    return Config("turned", data, model, replace(stage.train, epochs=25, learning_rate=4e-3, seed=22))


EXPERIMENTS = {make.__name__: make for make in (default, smoke, photographs, turned)}


def named(name: str) -> Config:
    """Returns a configuration by name.

    Raises:
        UserError: no such name.
    """
    if name not in EXPERIMENTS:
        raise UserError("--experiment", repr(name), f"choose from {', '.join(EXPERIMENTS)}")
    return EXPERIMENTS[name]()
