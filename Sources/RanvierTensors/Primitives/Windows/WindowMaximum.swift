internal import CKernels

/// The largest element of each window, and its flat position within the input's spatial axes (i32,
/// -1 for a window that covers nothing).
package struct WindowMaximum: Primitive {
  package let geometry: WindowGeometry

  package init(_ geometry: WindowGeometry) { self.geometry = geometry }

  package var name: String { "window_maximum" }
  package var spelling: String { "maxPool" }
  package var description: String { "window_maximum \(geometry)" }
  package var resultCount: Int { 2 }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let shape = try geometry.outputShape(spelling, operands[0])
    return [TensorType(operands[0].elementType, shape), TensorType(.int32, shape)]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    [
      apply(
        WindowScatter(geometry, inputShape: application.operand.shape),
        [application.cotangents[0], application.results[1]])
    ]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(self, [batch.operands[0].joiningExamples()]).map {
      $0.separatingExamples(batch.size)
    }
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let input = operands[0]
    var positions = ReferenceArray(resultTypes[1]) { _ in -1 }
    let values = ReferenceArray(resultTypes[0]) { index in
      var best = resultTypes[0].elementType.lowestValue
      var position = -1
      for (spatial, flat) in geometry.positions(index, input: input.shape) {
        let value = input[[index[0]] + spatial + [index[geometry.axes + 1]]]
        if position < 0 || (value.isNaN && !best.isNaN) || value > best {
          (best, position) = (value, flat)
        }
      }
      positions[index] = Double(position)
      return best
    }
    return [values, positions]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let window = SendableWindow(
      window: geometry.window(input: operands[0].shape, output: results[0].shape))
    let type = operands[0].elementType.ckType
    return Kernel("window maximum") { arguments in
      var window = window.window
      ck_window_maximum(
        &window, type, arguments[1], arguments[2].assumingMemoryBound(to: Int32.self), arguments[0])
    }
  }

  package static var samples: [PrimitiveSample] {
    WindowGeometry.sampleCases.map {
      PrimitiveSample(WindowMaximum($0.geometry), [.init($0.input, .distinct)])
    }
  }
}
