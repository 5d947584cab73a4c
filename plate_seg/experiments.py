"""Named configurations. Each docstring holds the command, how long it takes on 2 cores, and what it is for."""

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
    model = ModelConfig(canvas=416, largest_canvas=768, proposal_threshold=0.3, box_looseness=0.5)
    model = replace(model, score_threshold=0.567)  # chosen on val after training; 0.65 once tempered
    return Config("photographs", data, model, train)


def reread() -> Config:
    """`python train.py --experiment reread --data DIR --start runs/photographs`: an hour and a half with bfloat16.

    The same once more from the run before, on other scenes. That run knows photographs, so it is asked for
    more certainty in reading, and for less where it finds plates that nobody boxed.
    """
    before = photographs()
    data = replace(before.data, seed=20, cache="cache/reread", self_labels=0.8, overlooked=0.9)
    model = replace(before.model, score_threshold=0.563)  # chosen on val after training; 0.65 once tempered
    return replace(before, name="reread", data=data, model=model, train=replace(before.train, seed=24))


def sidelong() -> Config:
    """`python train.py --experiment sidelong --data DIR --start runs/reread`: less than an hour with bfloat16.

    On from the run before, with plates as seen from the side and from above, on a canvas as large as served.
    """
    before = reread()
    data = replace(before.data, seed=21, cache="cache/sidelong")
    train = replace(before.train, epochs=12, canvas=416, squeezed=0.35, learning_rate=3e-3, seed=25)
    model = replace(before.model, proposal_threshold=0.2)  # of pictures with several plates, 0.3 lost some
    model = replace(model, score_threshold=0.5911)  # chosen on val after training; 0.7 once tempered
    return replace(before, name="sidelong", data=data, model=model, train=train)


def noticed() -> Config:
    """`python train.py --experiment noticed --data DIR --start runs/sidelong`: most of an hour, with AVX2 alone.

    On from the run before, with boards, stickers and lettering on the pictures. Only what tells a plate's score, box
    and corners from its crop learns, so plates are looked for and characters read as before.
    """
    before = sidelong()
    data = replace(before.data, scenes=6000, seed=22, cache="cache/noticed")
    train = replace(before.train, epochs=8, notices=1.5, warmup=100, seed=29, learns=("shape_", "plate_shape"))
    return replace(before, name="noticed", data=data, train=train)


def noticed_crops() -> Config:
    """`python train.py --experiment noticed_crops --data DIR --start runs/sidelong`: over an hour, with AVX2 alone.

    Beside `noticed`, from the same run. All that looks at crops learns; what finds plates on the canvas stays. Shipped
    is `plate-seg export runs/sidelong runs/noticed runs/noticed_crops --threshold 0.75`, the mean of the three.
    """
    before = noticed()
    learns = ("mask_", "shape_", "plate_shape", "class_", "stroke_", "centre_", "offsets", "sizes")
    train = replace(before.train, epochs=7, notices=1.0, warmup=200, seed=31, learning_rate=2.5e-3, learns=learns)
    return replace(before, name="noticed_crops", train=train)


EXPERIMENTS = {make.__name__: make for make in (default, smoke, photographs, reread, sidelong, noticed, noticed_crops)}


def named(name: str) -> Config:
    """Returns a configuration by name.

    Raises:
        UserError: no such name.
    """
    if name not in EXPERIMENTS:
        raise UserError("--experiment", repr(name), f"choose from {', '.join(EXPERIMENTS)}")
    return EXPERIMENTS[name]()
