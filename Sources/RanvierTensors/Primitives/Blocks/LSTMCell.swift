internal import CKernels

/// A step of a long short-term memory behind its products.
///
///     [i, f, g, o] = sums
///     c' = sigmoid(f) * c + sigmoid(i) * tanh(g)
///     h' = sigmoid(o) * tanh(c')
///
/// The third result holds sigmoid(i), sigmoid(f), tanh(g) and sigmoid(o), which are all that the
/// gradient needs besides c. Computed in `f32` at least, and rounded once.
///
/// - Shapes: sums `[batch, 4 * units]`, cell `[batch, units]`, in `f32` at least; results hidden
///   `[batch, units]`, cell as before, gates as sums.
/// - Source: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 (forget gate).
package struct LSTMCell: Primitive {
  package init() {}

  package var name: String { "lstm_cell" }
  package var spelling: String { "lstmCell" }
  package var resultCount: Int { 3 }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let (sums, cell) = (operands[0], operands[1])
    let wide = sums.elementType.cellType
    guard sums.elementType.isFloatingPoint, sums.shape.rank == 2, cell.elementType == wide,
      cell.shape.rank == 2, cell.shape[0] == sums.shape[0], 4 * cell.shape[1] == sums.shape[1]
    else {
      throw OperationError(
        operation: spelling,
        rule: "sums [batch, 4 * units] of floating-point numbers and a cell \(wide)[batch, units]",
        got: "\(sums) and \(cell)")
    }
    return [TensorType(sums.elementType, cell.shape), cell, sums]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let (gates, cell) = (application.results[2], application.operands[1])
    var gradients = applyAll(
      LSTMCellGradient(), [gates, cell, application.cotangents[0], application.cotangents[1]])
    if application.isUsed[2] {
      let slopes = LSTMCell.slopes(gates)
      gradients[0] = gradients[0] + application.cotangents[2] * slopes
    }
    return gradients
  }

  /// The derivatives of the gates with respect to the sums.
  static func slopes(_ gates: Tensor) -> Tensor {
    let parts = gates.split(into: 4, alongAxis: -1)
    return Tensor(
      concatenating: parts.enumerated().map { index, gate in
        index == 2 ? 1 - gate * gate : gate * (1 - gate)
      }, alongAxis: -1)
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    appliedToJoinedExamples(batch)
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let (sums, cell) = (operands[0], operands[1])
    let units = cell.shape[1]
    let gates = ReferenceArray(resultTypes[2]) { index in
      let sum = sums[index]
      return index[1] / Swift.max(units, 1) == 2
        ? HyperbolicTangent().evaluate([sum], .float64) : Logistic().evaluate([sum], .float64)
    }
    func gate(_ number: Int, _ index: [Int]) -> Double {
      gates[[index[0], number * units + index[1]]]
    }
    let next = ReferenceArray(resultTypes[1]) { index in
      gate(1, index) * cell[index] + gate(0, index) * gate(2, index)
    }
    let hidden = ReferenceArray(resultTypes[0]) { index in
      gate(3, index) * HyperbolicTangent().evaluate([next[index]], .float64)
    }
    return [hidden, next, gates]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let (type, shape) = (operands[0].elementType.ckType, operands[1].shape)
    return Kernel(
      "lstm cell",
      inPlacePairs: [.init(operand: 0, result: 2), .init(operand: 1, result: 1)]
    ) { arguments in
      var lstm = ck_lstm(type: type, batch: shape[0], units: shape[1])
      ck_run_lstm(&lstm, arguments[2], arguments[3], arguments[4], arguments[0], arguments[1])
    }
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(LSTMCell(), [.init([3, 20]), .init([3, 5])]),
      PrimitiveSample(LSTMCell(), [.init([1, 4], .uniform(-6, 6)), .init([1, 1])]),
      PrimitiveSample(LSTMCell(), [.init([0, 8]), .init([0, 2])]),
      PrimitiveSample(LSTMCell(), [.init([2, 0]), .init([2, 0])]),
    ]
  }
}

extension ElementType {
  /// The type of the cell of a memory, which adds up over many steps.
  var cellType: ElementType { isNarrowFloat ? .float32 : self }
}
