"""Small pictures to train on: a colored disk or square on a dark ground."""

import numpy as np


def pictures(folder, count, size=64, colors=((200, 40, 40),), seed=0, ending="jpg"):
    """Files of `count` pictures; their boxes (left, top, right, bottom) and numbers of colors."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.RandomState(seed)
    y, x = np.mgrid[:size, :size]
    found = []
    for number in range(count):
        center = random.uniform(size * 0.35, size * 0.65, 2)
        radius = random.uniform(size * 0.15, size * 0.25)
        color = random.randint(len(colors))
        inside = ((x - center[0]) ** 2 + (y - center[1]) ** 2 < radius**2)[..., None]
        pixels = inside * np.array(colors[color]) + ~inside * random.randint(0, 90, 3)
        path = folder / f"{number:03}.{ending}"
        Image.fromarray(pixels.astype(np.uint8)).save(path)
        low, high = (center - radius).astype(int), (center + radius).astype(int)
        found.append((path, (*low, *high), color))
    return found


def size_of(file):
    """Width and height of a picture."""
    from PIL import Image

    with Image.open(file) as image:
        return image.size
