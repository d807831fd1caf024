"""ONNX Runtime on models that PyTorch exports, for prediction.

`peer_onnxruntime.py [--threads N]`
"""
import io
import warnings

import onnxruntime
import torch

import models_torch as models
import worker

options = worker.arguments()


class Prediction:
    """The exported module's output."""

    def __init__(self, module, inputs):
        file = io.BytesIO()
        # The older exporter needs no further package, and says at length that it is older.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(module.eval(), (inputs,), file, dynamo=False, opset_version=17)
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = options.threads
        self.session = onnxruntime.InferenceSession(
            file.getvalue(), settings, providers=["CPUExecutionProvider"])
        self.feed = {self.session.get_inputs()[0].name: inputs.numpy()}

    def reset(self):
        pass

    def step(self):
        return self.session.run(None, self.feed)[0]

    def results(self):
        return self.step().flatten().tolist()


worker.serve(
    onnxruntime.__version__,
    {
        "mlp_infer_b1": lambda t: Prediction(models.mlp(t), models.features(t)),
    })
