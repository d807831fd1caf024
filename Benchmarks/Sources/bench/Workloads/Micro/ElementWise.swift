import Ranvier

extension Workload {
  /// Formulas over 16 M elements, whose time should be that of memory.
  static let elementWise: [Workload] = [
    affineGelu, residualLayerNorm, softmaxOfRows, adamUpdate,
  ]

  private static let bytes = Double(largeMatrix.count * 4)
  private static let key = RandomKey(seed: 1)
  private static let columns: Shape = [1024]

  private static let affineGelu = Workload(
    name: "gelu_affine", summary: "gelu(x * w + b) of [16384, 1024]", goals: [:],
    byteCount: 2 * bytes
  ) { _ in
    FunctionRun(
      ["x", "w", "b"], key.derived("x").normal(largeMatrix), key.derived("w").normal(columns),
      key.derived("b").normal(columns)
    ) { gelu($0 * $1 + $2) }
  }

  private static let residualLayerNorm = Workload(
    name: "residual_layer_norm", summary: "layerNorm(x + r) of the rows of [16384, 1024]",
    goals: [:], byteCount: 3 * bytes
  ) { _ in
    FunctionRun(
      ["x", "r", "scale", "offset"], key.derived("x").normal(largeMatrix),
      key.derived("r").normal(largeMatrix), key.derived("scale").normal(columns),
      key.derived("offset").normal(columns)
    ) { layerNorm($0 + $1, scale: $2, offset: $3) }
  }

  private static let softmaxOfRows = Workload(
    name: "softmax", summary: "softmax of the rows of [16384, 1024]", goals: [:],
    byteCount: 2 * bytes
  ) { _ in
    FunctionRun(["x"], key.derived("x").normal(largeMatrix)) { softmax($0) }
  }

  private static let adamUpdate = Workload(
    name: "adam_update", summary: "an Adam step of 16 M parameters, in place", goals: [:],
    // Parameter and moments are read and written, the gradient is read.
    byteCount: 7 * bytes
  ) { _ in
    OptimizerRun(
      .adam(learningRate: 1e-3), parameter: key.derived("w").normal(largeMatrix),
      gradient: key.derived("g").normal(largeMatrix))
  }
}
