internal import CKernels

/// Each window's value added to every input position it covers: the derivative of the window sum.
package struct WindowSpread: Primitive {
  package let geometry: WindowGeometry
  package let inputShape: Shape

  package init(_ geometry: WindowGeometry, inputShape: Shape) {
    self.geometry = geometry
    self.inputShape = inputShape
  }

  package var name: String { "window_spread" }
  package var description: String { "window_spread to \(inputShape) \(geometry)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let result = TensorType(operands[0].elementType, inputShape)
    let shape = try geometry.outputShape(name, result)
    guard operands[0].shape == shape else {
      throw OperationError(
        operation: name, rule: "one value per window, shape \(shape)", got: "\(operands[0])")
    }
    return [result]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    [apply(WindowSum(geometry), [application.cotangent])]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    var shape = inputShape
    shape[0] *= batch.size
    return applyAll(
      WindowSpread(geometry, inputShape: shape),
      [0].map { batch.repeated($0).joiningExamples() }
    ).map { $0.separatingExamples(batch.size) }
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    var result = ReferenceArray(resultTypes[0]) { _ in 0 }
    for index in operands[0].shape.indices {
      for (spatial, _) in geometry.positions(index, input: inputShape) {
        result[[index[0]] + spatial + [index[geometry.axes + 1]]] += operands[0][index]
      }
    }
    return [result]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let window = SendableWindow(
      window: geometry.window(input: inputShape, output: operands[0].shape))
    let type = operands[0].elementType.ckType
    return Kernel("window spread") { arguments in
      var window = window.window
      ck_window_spread(&window, type, arguments[1], arguments[0])
    }
  }

  package static var samples: [PrimitiveSample] {
    WindowGeometry.sampleCases.map { geometry, input in
      let output = geometry.movement.outputShape(input, Shape(geometry.size + [1, input[-1]]))
      return PrimitiveSample(WindowSpread(geometry, inputShape: input), [.init(output)])
    }
  }
}
