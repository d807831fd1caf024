internal import CKernels

/// The input's elements at one position per window: the derivative of scattering window values.
///
/// Operands: the input, and positions (i32); -1 gives 0.
package struct WindowGather: Primitive {
  package let geometry: WindowGeometry

  package init(_ geometry: WindowGeometry) { self.geometry = geometry }

  package var name: String { "window_gather" }
  package var description: String { "window_gather \(geometry)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let shape = try geometry.outputShape(name, operands[0])
    guard operands[1] == TensorType(.int32, shape) else {
      throw OperationError(
        operation: name, rule: "positions (i32) of shape \(shape)", got: "\(operands[1])")
    }
    return [TensorType(operands[0].elementType, shape)]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    [
      apply(
        WindowScatter(geometry, inputShape: application.operands[0].shape),
        [application.cotangent, application.operands[1]]), nil,
    ]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(self, [0, 1].map { batch.repeated($0).joiningExamples() }).map {
      $0.separatingExamples(batch.size)
    }
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    [
      ReferenceArray(resultTypes[0]) { index in
        let flat = Int(operands[1][index])
        guard flat >= 0 else { return 0 }
        let spatial = operands[0].shape.spatialIndex(flat)
        return operands[0][[index[0]] + spatial + [index[geometry.axes + 1]]]
      }
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let window = SendableWindow(
      window: geometry.window(input: operands[0].shape, output: results[0].shape))
    let type = operands[0].elementType.ckType
    return Kernel("window gather") { arguments in
      var window = window.window
      ck_window_gather(
        &window, type, arguments[2], arguments[0], arguments[1].assumingMemoryBound(to: Int32.self))
    }
  }

  package static var samples: [PrimitiveSample] {
    WindowGeometry.sampleCases.map { geometry, input in
      let output = geometry.movement.outputShape(input, Shape(geometry.size + [1, input[-1]]))
      let positions = input.sizes.dropFirst().dropLast().reduce(1, *)
      return PrimitiveSample(
        WindowGather(geometry),
        [.init(input), .init(output, .integers(-1, positions - 1), .int32)])
    }
  }
}
