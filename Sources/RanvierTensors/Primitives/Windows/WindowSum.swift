internal import CKernels

/// The sum of the elements of each window.
package struct WindowSum: Primitive {
  package let geometry: WindowGeometry

  package init(_ geometry: WindowGeometry) { self.geometry = geometry }

  package var name: String { "window_sum" }
  package var spelling: String { "averagePool" }
  package var description: String { "window_sum \(geometry)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    [TensorType(operands[0].elementType, try geometry.outputShape(spelling, operands[0]))]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    [
      apply(
        WindowSpread(geometry, inputShape: application.operand.shape), [application.cotangent])
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
    [
      ReferenceArray(resultTypes[0]) { index in
        geometry.positions(index, input: operands[0].shape).reduce(0) {
          $0 + operands[0][[index[0]] + $1.spatial + [index[geometry.axes + 1]]]
        }
      }
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let window = SendableWindow(
      window: geometry.window(input: operands[0].shape, output: results[0].shape))
    let type = operands[0].elementType.ckType
    return Kernel("window sum") { arguments in
      var window = window.window
      ck_window_sum(&window, type, arguments[1], arguments[0])
    }
  }

  package static var samples: [PrimitiveSample] {
    WindowGeometry.sampleCases.map { PrimitiveSample(WindowSum($0.geometry), [.init($0.input)]) }
  }
}
