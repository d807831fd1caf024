import Ranvier

extension Workload {
  /// Training of a perceptron with two hidden layers.
  static let mlpTraining = Workload(
    name: "mlp_train_b128", summary: "MLP 784-256-128-10, batch 128, Adam step",
    goals: [.float32: 0.75],
    // The gradient with respect to the input is not needed.
    productOperations: products(batch: 128) * 3 - 2 * 128 * 784 * 256
  ) { precision in
    let key = RandomKey(seed: 1)
    return try TrainingRun(
      mlp, input: key.derived("x").normal([128, 784]),
      targets: key.derived("y").integers([128], in: 0 ..< 10), precision: precision)
  }

  /// Prediction for one example, where the time is mostly what surrounds the arithmetic.
  static let mlpPrediction = Workload(
    name: "mlp_infer_b1", summary: "MLP 784-256-128-10, predict batch 1",
    goals: [.float32: 0.9],
    productOperations: products(batch: 1)
  ) { precision in
    try PredictionRun(
      mlp, input: RandomKey(seed: 1).derived("x").normal([1, 784]), precision: precision)
  }

  /// The network of both rows.
  static var mlp: Model {
    Model.input("x", shape: [nil, 784])
      .dense(256, activation: .relu)
      .dense(128, activation: .relu)
      .dense(10)
  }

  private static func products(batch: Double) -> Double {
    2 * batch * (784 * 256 + 256 * 128 + 128 * 10)
  }
}
