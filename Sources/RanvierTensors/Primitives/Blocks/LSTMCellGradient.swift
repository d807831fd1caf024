internal import CKernels

/// The gradients of the sums and the cell of ``LSTMCell``.
///
/// With gates i, f, g, o, the cell c before the step, t = tanh(f c + i g) and the gradients dh and dc'
/// of the results: dc = dc' + dh o (1 - t²); the sums' gradients are dc g i (1 - i), dc c f (1 - f),
/// dc i (1 - g²) and dh t o (1 - o), the cell's is dc f. All operands count as independent of each
/// other, so that derivatives of derivatives come about by the chain rule.
///
/// - Shapes: gates `[batch, 4 * units]`, cell `[batch, units]` in `f32` at least, the gradient of
///   hidden `[batch, units]`, that of the next cell as the cell; results as gates and cell.
package struct LSTMCellGradient: Primitive {
  package init() {}

  package var name: String { "lstm_cell_gradient" }
  package var spelling: String { "lstmCell" }
  package var resultCount: Int { 2 }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let types = try LSTMCell().resultTypes(of: Array(operands[..<2]))
    guard operands[2] == types[0], operands[3] == types[1] else {
      throw OperationError(
        operation: spelling, rule: "gradients \(types[0]) and \(types[1])",
        got: "\(operands[2]) and \(operands[3])")
    }
    return Array(operands[..<2])
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    gradient(at: application.operands) { point in
      zip(composed(point), application.cotangents).reduce(Tensor(0.0)) {
        let (result, cotangent) = $1
        return $0 + (result * cotangent.cast(to: result.elementType)).sum()
      }
    }.map { .some($0) }
  }

  /// The gradients by element-wise operations, in `f32` at least: what derivatives of them are
  /// derived from.
  package func composed(_ operands: [Tensor]) -> [Tensor] {
    let wide = operands[1].elementType
    let parts = operands[0].cast(to: wide).split(into: 4, alongAxis: -1)
    let (i, f, g, o) = (parts[0], parts[1], parts[2], parts[3])
    let (cell, dh) = (operands[1], operands[2].cast(to: wide))
    let t = tanh(f * cell + i * g)
    let dc = operands[3] + dh * o * (1 - t * t)
    let sums = [dc * g, dc * cell, dc * i, dh * t]
    return [
      Tensor(concatenating: sums, alongAxis: -1) * LSTMCell.slopes(operands[0].cast(to: wide)),
      dc * f,
    ]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    appliedToJoinedExamples(batch)
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let (gates, cell, hiddenGradient, nextGradient) = (
      operands[0], operands[1], operands[2], operands[3]
    )
    let units = cell.shape[1]
    var (sums, before) = (
      ReferenceArray(resultTypes[0]) { _ in 0 }, ReferenceArray(resultTypes[1]) { _ in 0 }
    )
    for index in cell.shape.indices {
      let place = (0 ..< 4).map { [index[0], $0 * units + index[1]] }
      let (i, f, g, o) = (
        gates[place[0]], gates[place[1]], gates[place[2]], gates[place[3]]
      )
      let t = HyperbolicTangent().evaluate([f * cell[index] + i * g], .float64)
      let dh = hiddenGradient[index]
      let dc = nextGradient[index] + dh * o * (1 - t * t)
      sums[place[0]] = dc * g * i * (1 - i)
      sums[place[1]] = dc * cell[index] * f * (1 - f)
      sums[place[2]] = dc * i * (1 - g * g)
      sums[place[3]] = dh * t * o * (1 - o)
      before[index] = dc * f
    }
    return [sums, before]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let (type, shape) = (operands[0].elementType.ckType, operands[1].shape)
    return Kernel(
      "lstm cell",
      inPlacePairs: [
        .init(operand: 0, result: 0), .init(operand: 1, result: 1),
        .init(operand: 3, result: 1),
      ]
    ) { arguments in
      var lstm = ck_lstm(type: type, batch: shape[0], units: shape[1])
      ck_run_lstm_gradient(
        &lstm, arguments[4], arguments[5], arguments[0], arguments[1], arguments[2],
        arguments[3])
    }
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        LSTMCellGradient(),
        [.init([3, 20], .uniform(-1, 1)), .init([3, 5]), .init([3, 5]), .init([3, 5])]),
      PrimitiveSample(
        LSTMCellGradient(),
        [.init([1, 4], .uniform(0, 1)), .init([1, 1]), .init([1, 1]), .init([1, 1])]),
      PrimitiveSample(
        LSTMCellGradient(), [.init([0, 8]), .init([0, 2]), .init([0, 2]), .init([0, 2])]),
    ]
  }
}
