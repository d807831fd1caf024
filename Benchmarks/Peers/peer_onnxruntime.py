"""ONNX Runtime on models that PyTorch exports, for prediction.

`peer_onnxruntime.py [--threads N]`
"""
import io
import warnings

import onnxruntime
import torch

import worker
from torch_models.encoder import encoder
from torch_models.layers import images, inputs
from torch_models.mlp import mlp
from torch_models.resnet import resnet

options = worker.arguments()


class Prediction:
    """The exported module's output."""

    def __init__(self, module, x):
        file = io.BytesIO()
        # The older exporter needs no further package, and says at length that it is older.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(module.eval(), (x,), file, dynamo=False, opset_version=17)
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = options.threads
        self.session = onnxruntime.InferenceSession(
            file.getvalue(), settings, providers=["CPUExecutionProvider"])
        self.feed = {self.session.get_inputs()[0].name: x.numpy()}

    def reset(self):
        pass

    def step(self):
        return self.session.run(None, self.feed)[0]

    def results(self):
        return worker.sampled(self.step())


worker.serve(
    onnxruntime.__version__,
    {
        "mlp_infer_b1": lambda t: Prediction(mlp(t), inputs(t)),
        "resnet18_infer_b1": lambda t: Prediction(resnet(t), images(t)),
        "resnet18_infer_b8": lambda t: Prediction(resnet(t), images(t)),
        "encoder_infer_b1": lambda t: Prediction(encoder(t), inputs(t)),
        "encoder_infer_b8": lambda t: Prediction(encoder(t), inputs(t)),
    })
