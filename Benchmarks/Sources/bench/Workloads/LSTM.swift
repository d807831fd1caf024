import Ranvier

extension Workload {
  /// Training of a recurrent network that classifies sequences by its last step.
  static let lstmTraining = Workload(
    name: "lstm_train_b32", summary: "LSTM 64 -> 256, 64 steps, batch 32, Adam step",
    goals: [.float32: 0.8],
    // The gradient with respect to the input is not needed.
    productOperations: 3 * (inputProducts + recurrentProducts + classProducts) - inputProducts
  ) { precision in
    let key = RandomKey(seed: 1)
    return try TrainingRun(
      lstm, input: key.derived("x").normal([32, 64, 64]),
      targets: key.derived("y").integers([32], in: 0 ..< 10), precision: precision)
  }

  private static var lstm: Model {
    Model.input("x", shape: [nil, 64, 64]).lstm(256, returnsSequence: false).dense(10)
  }

  // Four gates in each of 64 steps.
  private static let inputProducts: Double = 2 * 32 * 64 * 64 * (4 * 256)
  private static let recurrentProducts: Double = 2 * 32 * 64 * 256 * (4 * 256)
  private static let classProducts: Double = 2 * 32 * 256 * 10
}
