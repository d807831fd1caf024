"""A recurrent network."""
from torch import nn

from .layers import assign, dense, parameter


class LastStep(nn.Module):
    """The output of an LSTM's last step."""

    def __init__(self, lstm):
        super().__init__()
        self.lstm = lstm

    def forward(self, x):
        return self.lstm(x)[0][:, -1]


def lstm(tensors):
    """An LSTM and a dense layer on its last output."""
    kernel = parameter(tensors, "lstm_0/kernel")
    recurrent = parameter(tensors, "lstm_0/recurrent_kernel")
    inputs, units = kernel.shape[0], recurrent.shape[0]
    layer = assign(
        nn.LSTM(inputs, units, batch_first=True), weight_ih_l0=kernel.T, weight_hh_l0=recurrent.T,
        bias_ih_l0=parameter(tensors, "lstm_0/bias"), bias_hh_l0=parameter(tensors, "lstm_0/bias"))
    # PyTorch has two biases that are added. We have one, and two would learn twice as fast.
    layer.bias_hh_l0.detach().zero_()
    layer.bias_hh_l0.requires_grad_(False)
    return nn.Sequential(LastStep(layer), dense(tensors, "dense_0"))
