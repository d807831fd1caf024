"""Layers of images."""
import torch
from torch.nn import functional

from torch_functions import IMAGES, KERNEL_1D, KERNEL_2D, KERNEL_3D, Row, SEQUENCES, TRANSPOSED, VOLUMES


def images(function, **orders):
    return Row(function, x=IMAGES, output=IMAGES, **orders)


def depthwise(x, kernel, bias=None, padding=1):
    return functional.conv2d(x, kernel, bias, padding=padding, groups=x.shape[1])


def axial_convolution(x, kernel, second):
    return depthwise(depthwise(x, kernel, padding=(1, 0)), second, padding=(0, 1))


def separable_convolution(x, kernel, pointwise, bias):
    return functional.conv2d(depthwise(x, kernel), pointwise[:, :, None, None], bias)


def blur_pool(x):
    taps = torch.tensor([1.0, 2, 1]) / 4
    kernel = (taps[:, None] * taps).expand(x.shape[1], 1, 3, 3)
    padded = functional.pad(x, (1, 1, 1, 1), mode="reflect")
    return functional.conv2d(padded, kernel, stride=2, groups=x.shape[1])


def squeeze_excitation(x, squeeze, excite):
    weights = functional.relu(x.mean((2, 3)) @ squeeze)
    return x * torch.sigmoid(weights @ excite)[:, :, None, None]


def pad(mode):
    return images(lambda x: functional.pad(x, (2, 2, 2, 2), mode=mode))


ROWS = {
    "convolution_1d": Row(
        lambda x, kernel, bias: functional.conv1d(x, kernel, bias, padding=1),
        x=SEQUENCES, kernel=KERNEL_1D, output=SEQUENCES),
    "convolution_2d": images(
        lambda x, kernel, bias: functional.conv2d(x, kernel, bias, padding=1), kernel=KERNEL_2D),
    "convolution_2d_strided": images(
        lambda x, kernel, bias: functional.conv2d(x, kernel, bias, padding=1, stride=2),
        kernel=KERNEL_2D),
    "convolution_3d": Row(
        lambda x, kernel, bias: functional.conv3d(x, kernel, bias, padding=1),
        x=VOLUMES, kernel=KERNEL_3D, output=VOLUMES),
    "transposed_convolution_2d": images(
        lambda x, kernel, bias: functional.conv_transpose2d(x, kernel, bias, stride=2),
        kernel=KERNEL_2D),
    "depthwise_convolution_2d": images(
        lambda x, kernel, bias: depthwise(x, kernel, bias), kernel=KERNEL_2D),
    "separable_convolution_2d": images(
        separable_convolution, kernel=KERNEL_2D, pointwise=TRANSPOSED),
    "axial_convolution_2d": images(axial_convolution, kernel=KERNEL_2D, second=KERNEL_2D),
    "max_pool_2d": images(lambda x: functional.max_pool2d(x, 2)),
    "max_pool_2d_overlapping": images(
        lambda x: functional.max_pool2d(x, 3, stride=2, padding=1)),
    "average_pool_2d": images(lambda x: functional.avg_pool2d(x, 2)),
    "average_pool_2d_padded": images(lambda x: functional.avg_pool2d(
        x, 3, stride=2, padding=1, count_include_pad=False)),
    "lp_pool_2d": images(lambda x: functional.lp_pool2d(x, 2, 2)),
    "adaptive_average_pool_2d": images(lambda x: functional.adaptive_avg_pool2d(x, 7)),
    "adaptive_max_pool_2d": images(lambda x: functional.adaptive_max_pool2d(x, 7)),
    "global_average_pool_2d": Row(lambda x: x.mean((2, 3)), x=IMAGES),
    "global_max_pool_2d": Row(lambda x: x.amax((2, 3)), x=IMAGES),
    "blur_pool_2d": images(blur_pool),
    # PyTorch has the samples of width and height in this order.
    "fractional_max_pool_2d": images(lambda x, samples: functional.fractional_max_pool2d(
        x, 2, output_size=18, _random_samples=samples.flip(2)), samples=SEQUENCES),
    "pad_reflect": pad("reflect"),
    "pad_replicate": pad("replicate"),
    "pad_circular": pad("circular"),
    "resize_nearest": images(lambda x: functional.interpolate(x, scale_factor=2)),
    "resize_bilinear": images(lambda x: functional.interpolate(
        x, size=(40, 40), mode="bilinear", align_corners=False)),
    "resize_bicubic_antialias": images(lambda x: functional.interpolate(
        x, size=(20, 20), mode="bicubic", align_corners=False, antialias=True)),
    "pixel_shuffle": images(lambda x: functional.pixel_shuffle(x, 2)),
    "pixel_unshuffle": images(lambda x: functional.pixel_unshuffle(x, 2)),
    # PyTorch divides alpha by the size as we do.
    "local_response_norm": images(lambda x: functional.local_response_norm(x, 5)),
    "crop": images(lambda x: x[:, :, 2:26, 2:26].contiguous()),
    "linear_transform": images(lambda x: x * 0.5 + 0.5),
    "permute_channels": images(lambda x: x[:, [2, 1, 0, 3]]),
    "squeeze_excitation": images(squeeze_excitation),
    "batch_norm": images(
        lambda x, scale, offset: functional.batch_norm(
            x, None, None, scale, offset, training=True)),
    "group_norm": images(lambda x, scale, offset: functional.group_norm(x, 8, scale, offset)),
    "instance_norm": images(
        lambda x, scale, offset: functional.instance_norm(x, weight=scale, bias=offset)),
    "spatial_dropout": Row(lambda x: functional.dropout2d(x, 0.5), random=True, x=IMAGES,
                           output=IMAGES),
    "feature_alpha_dropout": Row(
        lambda x: functional.feature_alpha_dropout(x, 0.5, training=True), random=True, x=IMAGES,
        output=IMAGES),
    "block_dropout": Row(lambda x: block_dropout(x), random=True, x=IMAGES, output=IMAGES),
}


def block_dropout(x, rate=0.1, size=7):
    """As its paper describes it; PyTorch has none."""
    height, width = x.shape[2:]
    valid = (height - size + 1) * (width - size + 1)
    gamma = rate * height * width / (size * size * valid)
    seeds = (torch.rand_like(x) < gamma).to(x.dtype)
    kept = 1 - functional.max_pool2d(seeds, size, stride=1, padding=size // 2)
    return x * kept * (kept.numel() / kept.sum())
