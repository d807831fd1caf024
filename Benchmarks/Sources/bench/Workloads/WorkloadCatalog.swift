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

  /// The row of the table with a name.
  static func named(_ name: String) throws -> Workload {
    guard let row = catalog.first(where: { $0.name == name }) else {
      throw BenchError("no workload `\(name)`; --list shows all")
    }
    return row
  }

  /// Single operations, which `--micro` runs.
  static let microCatalog: [Workload] = elementWise + reductions + matrixProducts

  /// Every activation, loss and layer, which `--functions` runs.
  static let functionCatalog: [Workload] =
    (FunctionRow.activations + FunctionRow.losses + FunctionRow.layers).flatMap(\.workloads)
}
