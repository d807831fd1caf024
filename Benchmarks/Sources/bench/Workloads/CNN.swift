import Ranvier

extension Workload {
  /// Training of a small convolutional network on images of digits' size.
  static let cnnTraining = Workload(
    name: "cnn_train_b64",
    summary: "CNN 28x28: conv 32, conv 64, pool, dense 128, 10; batch 64, Adam step",
    goals: [.float32: 0.45, .bfloat16: 0.7],
    // The gradient with respect to the input is not needed.
    productOperations: 3 * (firstConvolution + secondConvolution + dense) - firstConvolution
  ) { precision in
    try cnnTraining(batch: 64, precision)
  }

  /// The same with few images, for many steps.
  static func smallBatchTraining(_ precision: Precision) throws -> TrainingRun {
    try cnnTraining(batch: 8, precision)
  }

  private static func cnnTraining(batch: Int, _ precision: Precision) throws -> TrainingRun {
    let key = RandomKey(seed: 1)
    return try TrainingRun(
      cnn, input: key.derived("x").normal([batch, 28, 28, 1]),
      targets: key.derived("y").integers([batch], in: 0 ..< 10), precision: precision)
  }

  private static var cnn: Model {
    Model.input("x", shape: [nil, 28, 28, 1])
      .conv(32, kernelSize: 3, activation: .relu)
      .conv(64, kernelSize: 3, activation: .relu)
      .maxPool(2)
      .flatten()
      .dense(128, activation: .relu)
      .dense(10)
  }

  private static let firstConvolution: Double = 2 * 64 * (26 * 26) * (3 * 3) * 1 * 32
  private static let secondConvolution: Double = 2 * 64 * (24 * 24) * (3 * 3) * 32 * 64
  private static let dense: Double = 2 * 64 * (9216 * 128 + 128 * 10)
}
