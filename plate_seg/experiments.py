"""Named configurations. Each docstring holds the command, the time on 2 cores, and what to expect.

From `polished` to `taught`, times are those of a CPU with AVX2 alone.
"""

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
    """`python train.py --experiment photographs --data DIR --start runs/default`: an hour."""
    train = TrainConfig(
        epochs=18, steps=220, picture=576, canvas=384, crops=4, mosaic=0.75, learning_rate=3e-3, warmup=200
    )
    model = ModelConfig(canvas=448, largest_canvas=448, score_threshold=0.6, proposal_threshold=0.3)  # chosen on val
    return Config("photographs", DataConfig(rendered=0.4), model, train)


def longer() -> Config:
    """`python train.py --experiment longer --data DIR --start runs/photographs`: 40 minutes.

    Plates that fill a picture are rare in mosaics, and were read worse for it.
    """
    stage = photographs()
    train = replace(stage.train, epochs=13, learning_rate=2e-3, warmup=100, mosaic=0.4, seed=2)
    return replace(stage, name="longer", train=train)


def longest() -> Config:
    """`python train.py --experiment longest --data DIR --start runs/longer`: 65 minutes.

    Three times as many scenes: by then those of before have been seen many times.
    """
    stage = longer()
    data = replace(stage.data, scenes=9000, cache="cache/longest")
    train = replace(stage.train, epochs=22, learning_rate=3e-3, seed=3)
    model = replace(stage.model, score_threshold=0.65)  # chosen on val after training
    return replace(stage, name="longest", data=data, model=model, train=train)


def refined() -> Config:
    """`python train.py --experiment refined --data DIR --start runs/longest`: an hour.

    On other scenes. First of the line in which the boxes of plates that are painted over loose boxes do not count.
    """
    stage = longest()
    data = replace(stage.data, seed=8, cache="cache/refined")
    return replace(stage, name="refined", data=data, train=replace(stage.train, epochs=20, seed=4))


def polished() -> Config:
    """`python train.py --experiment polished --data DIR --start saved_models/plate_seg`: an hour.

    On from the exported `refined`, on other scenes, in which wide letters are as narrow as the rest half of the time.
    """
    stage = refined()
    data = replace(stage.data, seed=9, cache="cache/polished")
    chosen = {"canvas": 416, "largest_canvas": 512, "plate_temperature": 0.39, "character_temperature": 0.23}
    model = replace(stage.model, **chosen, score_threshold=0.83)  # all on val after training
    return replace(stage, name="polished", data=data, model=model, train=replace(stage.train, epochs=10, seed=5))


def seasoned() -> Config:
    """`python train.py --experiment seasoned --data DIR --start saved_models/plate_seg`: 97 minutes.

    On from the exported `polished`, on other scenes, with more of them; the second look's hidden layer is new.
    """
    stage = polished()
    data = replace(stage.data, rendered=0.5, seed=10, cache="cache/seasoned")
    return replace(stage, name="seasoned", data=data, train=replace(stage.train, epochs=15, seed=6))


def lettered() -> Config:
    """`python train.py --experiment lettered --data DIR --start runs/seasoned`: an hour.

    On scenes whose plates leave out I, O and Q where registries do, and draw 1 as I and 0 as O where the law does.
    """
    stage = seasoned()
    data = replace(stage.data, seed=11, cache="cache/lettered")
    return replace(stage, name="lettered", data=data, train=replace(stage.train, epochs=10, seed=8))


def settled() -> Config:
    """`python train.py --experiment settled --data DIR --start runs/seasoned --start runs/lettered`: half an hour.

    From the mean of both, with small steps, averaged over more of them.
    """
    stage = lettered()
    train = replace(stage.train, epochs=5, learning_rate=1.5e-3, ema=0.998, seed=12)
    model = replace(stage.model, score_threshold=0.8)  # chosen on val after training
    return replace(stage, name="settled", model=model, train=train)


def recut() -> Config:
    """`python train.py --experiment recut --data DIR --start runs/settled`: 50 minutes.

    On scenes with W and M as plates have them, and faces whose middles move.
    """
    stage = settled()
    data = replace(stage.data, seed=12, cache="cache/recut")
    train = replace(stage.train, epochs=8, learning_rate=2.5e-3, ema=0.995, seed=13)
    return replace(stage, name="recut", data=data, train=train)


def taught() -> Config:
    """`python train.py --experiment taught --data DIR --start runs/recut`: 50 minutes.

    Plates of photographs that nobody has read are read by `recut` first; what it is sure of is taught.
    Other scenes.
    """
    stage = recut()
    data = replace(stage.data, seed=13, cache="cache/taught", self_labels=0.8)
    train = replace(stage.train, learning_rate=2e-3, ema=0.998, seed=14)
    model = replace(stage.model, largest_canvas=768)  # chosen on val after training, docs/results/large_pictures.csv
    return replace(stage, name="taught", data=data, model=model, train=train)


def matured() -> Config:
    """`python train.py --experiment matured --data DIR --start saved_models/plate_seg`: an hour with bfloat16.

    On from the exported `taught` with larger steps and more of them than any stage before, on more scenes;
    plates of photographs that nobody boxed are no more background.
    """
    stage = taught()
    data = replace(stage.data, scenes=12000, seed=16, cache="cache/matured")
    data = replace(data, self_labels=0.5, doubts=0.5, overlooked=0.9)
    train = replace(stage.train, epochs=20, steps=400, learning_rate=4e-3, warmup=200, seed=21)
    return replace(stage, name="matured", data=data, train=train)


def turned() -> Config:
    """`python train.py --experiment turned --data DIR --start saved_models/plate_seg`: 70 minutes with bfloat16.

    Shipped. On from the exported `matured`, on other scenes. First of the line that sees plates turned by up to 60
    degrees, and that learns no box from crops.
    """
    stage = matured()
    model = replace(stage.model, box_looseness=0.5)  # chosen on training photographs after training
    data = replace(stage.data, seed=18, cache="cache/turned", overlooked=0.8)
    return replace(stage, name="turned", data=data, model=model, train=replace(stage.train, epochs=25, seed=22))


def full() -> Config:
    """`python train.py --experiment full --data DIR`: the long run, about five hours, with more of everything."""
    data = DataConfig(rendered=0.4, scenes=8000, cache="cache/full")
    return Config(
        "full",
        data,
        train=TrainConfig(epochs=60, steps=400, picture=576, canvas=384, learning_rate=3e-3, warmup=500, ema=0.998),
    )


EXPERIMENTS = {
    make.__name__: make
    for make in (
        default,
        smoke,
        photographs,
        longer,
        longest,
        refined,
        polished,
        seasoned,
        lettered,
        settled,
        recut,
        taught,
        matured,
        turned,
        full,
    )
}


def named(name: str) -> Config:
    """Returns a configuration by name.

    Raises:
        UserError: no such name.
    """
    if name not in EXPERIMENTS:
        raise UserError("--experiment", repr(name), f"choose from {', '.join(EXPERIMENTS)}")
    return EXPERIMENTS[name]()
