extension Workload {
  /// All rows of the table, in order.
  static let catalog: [Workload] = [
    mlpTraining,
    mlpPrediction,
    cnnTraining,
    resNetPrediction,
    resNetPredictionOfBatch,
    resNetTraining,
    lstmTraining,
    encoderPrediction,
    encoderPredictionOfBatch,
    gptTraining,
  ].flatMap(\.rows)

  /// Single operations, which `--micro` runs.
  static let microCatalog: [Workload] = elementWise + reductions + matrixProducts
}
