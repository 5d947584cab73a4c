"""Named configurations. Each docstring holds the command, the time on 2 cores, and what to expect."""

from plate_seg.config import Config, DataConfig, TrainConfig
from plate_seg.errors import UserError


def default() -> Config:
    """`python train.py`: rendered scenes alone, from nothing to a model in under 25 minutes."""
    return Config("default")


def smoke() -> Config:
    """`python train.py --experiment smoke`: about a minute; shows that everything runs, learns little."""
    data = DataConfig(scenes=64, scene_size=320, cache="cache/smoke")
    return Config("smoke", data, train=TrainConfig(epochs=2, steps=10, batch=4, picture=288, canvas=192, warmup=5))


def full() -> Config:
    """`python train.py --experiment full --data DIR`: the long run, photographs and rendered scenes."""
    data = DataConfig(rendered=0.4, scenes=8000)
    return Config("full", data, train=TrainConfig(epochs=30, steps=250, ema=0.999))


EXPERIMENTS = {"default": default, "smoke": smoke, "full": full}


def named(name: str) -> Config:
    """Returns a configuration by name.

    Raises:
        UserError: no such name.
    """
    if name not in EXPERIMENTS:
        raise UserError("--experiment", repr(name), f"choose from {', '.join(EXPERIMENTS)}")
    return EXPERIMENTS[name]()
