"""VGG, configurations D and E: Simonyan, Zisserman, *Very Deep Convolutional Networks*, ICLR 2015, table 1.

Parameters at 1,000 classes: 138,357,544 (16), 143,667,240 (19).
"""

from torch import nn

from chatbot.predict.vision.networks.classifier import Classifier, start

CONVOLUTIONS = {"vgg_16": (2, 2, 3, 3, 3), "vgg_19": (2, 2, 4, 4, 4)}
"""Of each stage, before its pooling."""
_WIDTHS = (64, 128, 256, 512, 512)
_SIDE, _WIDE, _DROPOUT = 7, 4096, 0.5


def vgg(name: str, classes: int) -> Classifier:
    """The network called ``name``; maps of another size than 7×7 are brought to it by averaging."""
    stages: list[nn.Module] = []
    inside = 3
    for width, count in zip(_WIDTHS, CONVOLUTIONS[name], strict=True):
        layers: list[nn.Module] = []
        for _ in range(count):
            layers += [nn.Conv2d(inside, width, 3, padding=1), nn.ReLU()]
            inside = width
        stages.append(nn.Sequential(*layers, nn.MaxPool2d(2)))
    neck = nn.Sequential(
        nn.AdaptiveAvgPool2d(_SIDE), nn.Flatten(),
        nn.Linear(inside * _SIDE * _SIDE, _WIDE), nn.ReLU(), nn.Dropout(_DROPOUT),
        nn.Linear(_WIDE, _WIDE), nn.ReLU(), nn.Dropout(_DROPOUT),
    )  # fmt: skip
    last = f"features.4.{2 * CONVOLUTIONS[name][-1] - 1}"  # before the last pooling: 14×14 at 224
    model = Classifier(nn.Sequential(*stages), neck, _WIDE, classes, last_map=last)
    start(model)
    return model
