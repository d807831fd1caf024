internal import CKernels

/// Window values added to the input positions they came from: the derivative of the window maximum.
///
/// Operands: one value per window, and its position (i32); -1 is skipped.
package struct WindowScatter: Primitive {
  package let geometry: WindowGeometry
  package let inputShape: Shape

  package init(_ geometry: WindowGeometry, inputShape: Shape) {
    self.geometry = geometry
    self.inputShape = inputShape
  }

  package var name: String { "window_scatter" }
  package var description: String { "window_scatter to \(inputShape) \(geometry)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let result = TensorType(operands[0].elementType, inputShape)
    let shape = try geometry.outputShape(name, result)
    guard operands[0].shape == shape, operands[1] == TensorType(.int32, shape) else {
      throw OperationError(
        operation: name, rule: "values and positions (i32) of shape \(shape)",
        got: "\(operands[0]) and \(operands[1])")
    }
    return [result]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    [apply(WindowGather(geometry), [application.cotangent, application.operands[1]]), nil]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    var shape = inputShape
    shape[0] *= batch.size
    return applyAll(
      WindowScatter(geometry, inputShape: shape),
      [0, 1].map { batch.repeated($0).joiningExamples() }
    ).map { $0.separatingExamples(batch.size) }
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    var result = ReferenceArray(resultTypes[0]) { _ in 0 }
    for index in operands[0].shape.indices {
      let flat = Int(operands[1][index])
      guard flat >= 0 else { continue }
      let spatial = inputShape.spatialIndex(flat)
      result[[index[0]] + spatial + [index[geometry.axes + 1]]] += operands[0][index]
    }
    return [result]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let window = SendableWindow(
      window: geometry.window(input: inputShape, output: operands[0].shape))
    let type = operands[0].elementType.ckType
    return Kernel("window scatter") { arguments in
      var window = window.window
      ck_window_scatter(
        &window, type, arguments[2], arguments[0], arguments[1].assumingMemoryBound(to: Int32.self))
    }
  }

  package static var samples: [PrimitiveSample] {
    WindowGeometry.sampleCases.map { geometry, input in
      let output = geometry.movement.outputShape(input, Shape(geometry.size + [1, input[-1]]))
      let positions = input.sizes.dropFirst().dropLast().reduce(1, *)
      return PrimitiveSample(
        WindowScatter(geometry, inputShape: input),
        [.init(output), .init(output, .integers(-1, positions - 1), .int32)])
    }
  }
}

extension Shape {
  /// The spatial index of a flat position in `[batch, spatial..., channels]`.
  func spatialIndex(_ flat: Int) -> [Int] {
    var rest = flat
    var index: [Int] = []
    for size in sizes.dropFirst().dropLast().reversed() {
      index.insert(rest % size, at: 0)
      rest /= size
    }
    return index
  }
}
