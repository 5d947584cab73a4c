"""Pictures looked at before they are needed: each one decodes, to the size that its annotations were made on."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from tqdm import tqdm

from plate_seg.data.pictures import read_picture
from plate_seg.data.sample import Sample
from plate_seg.errors import UserError

THREADS = 2  # decoding leaves Python; 3,787 photographs take 5 s


def inspect_pictures(samples: Iterable[Sample]) -> None:
    """Decodes every picture once, which finds those that are cut short; their headers are often whole.

    Raises:
        UserError: for the first picture that is missing, damaged or of another size than its sample says.
    """
    distinct = list({sample.path: sample for sample in samples}.values())
    if not distinct:
        return
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in tqdm(pool.map(_inspect, distinct), "checking pictures", len(distinct), unit="picture"):
            pass


def _inspect(sample: Sample) -> None:
    height, width = read_picture(sample.path).shape[:2]
    if (height, width) != (sample.height, sample.width):
        problem = f"is {width} x {height} pixels, its annotations say {sample.width} x {sample.height}"
        raise UserError(sample.path, problem, "correct the annotations, or give the picture that they are of")
