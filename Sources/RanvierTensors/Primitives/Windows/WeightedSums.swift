internal import CKernels

/// Weighted sums of neighbouring positions along the spatial axes of `[batch, spatial..., channels]`,
/// with weights that are products of each axis's: resizing, bins, and their derivatives.
package struct WeightedSums: Primitive {
  /// The sums along each spatial axis.
  package let runs: [WeightedRuns]

  package init(_ runs: [WeightedRuns]) { self.runs = runs }

  package var name: String { "weighted_sums" }
  package var description: String {
    "weighted_sums \(runs.map { "\($0.size) to \($0.count)" }.joined(separator: ", "))"
  }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let sizes = operands[0].shape.sizes
    guard (1 ... 3).contains(runs.count), sizes.count == runs.count + 2,
      zip(sizes.dropFirst(), runs).allSatisfy({ $0 == $1.size }),
      operands[0].elementType == .float32 || operands[0].elementType == .float64
    else {
      throw OperationError(
        operation: name,
        rule: "elements of type f32 or f64 and spatial sizes \(Shape(runs.map(\.size)))",
        got: "\(operands[0])")
    }
    let shape = Shape([sizes[0]] + runs.map(\.count) + [sizes[sizes.count - 1]])
    return [TensorType(operands[0].elementType, shape)]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    [apply(WeightedSums(runs.map(\.transposed)), [application.cotangent])]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(self, [batch.operands[0].joiningExamples()]).map {
      $0.separatingExamples(batch.size)
    }
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let axes = runs.count
    return [
      ReferenceArray(resultTypes[0]) { index in
        let taps = Shape((0 ..< axes).map { runs[$0].weights[index[$0 + 1]].count })
        return taps.indices.reduce(0) { sum, tap in
          var source = index
          var weight = 1.0
          for axis in 0 ..< axes {
            source[axis + 1] = runs[axis].starts[index[axis + 1]] + tap[axis]
            weight *= runs[axis].weights[index[axis + 1]][tap[axis]]
          }
          return sum + weight * operands[0][source]
        }
      }
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    var starts: [Int64] = []
    var offsets: [Int64] = []
    var weights: [Double] = []
    // Where each axis's starts and offsets begin; none for axes that stay as they are.
    let tables = runs.map { runs -> (starts: Int, offsets: Int)? in
      if runs.isIdentity { return nil }
      defer {
        starts += runs.starts.map { Int64($0) }
        for run in runs.weights {
          offsets.append(Int64(weights.count))
          weights += run
        }
        offsets.append(Int64(weights.count))
      }
      return (starts.count, offsets.count)
    }
    let isDouble = operands[0].elementType == .float64
    // One of the two is empty.
    let (singles, doubles) = (isDouble ? [] : weights.map { Float($0) }, isDouble ? weights : [])
    let (shape, type) = (operands[0].shape, operands[0].elementType.ckType)
    let sizes = runs.map { (inputs: $0.size, outputs: $0.count) }
    let missing = 3 - runs.count
    return Kernel("weighted sums") { [starts, offsets] arguments in
      func run(_ weights: UnsafeRawPointer?) {
        starts.withUnsafeBufferPointer { starts in
          offsets.withUnsafeBufferPointer { offsets in
            func axis(_ axis: Int) -> ck_weighted_axis {
              guard axis >= missing else {
                return ck_weighted_axis(inputs: 1, outputs: 1, starts: nil, offsets: nil)
              }
              let table = tables[axis - missing]
              return ck_weighted_axis(
                inputs: sizes[axis - missing].inputs, outputs: sizes[axis - missing].outputs,
                starts: table.flatMap { starts.baseAddress.map { $0 }?.advanced(by: $0.starts) },
                offsets: table.flatMap { offsets.baseAddress.map { $0 }?.advanced(by: $0.offsets) })
            }
            var sums = ck_weighted_sums(
              batch: shape[0], channels: shape[-1], axes: (axis(0), axis(1), axis(2)),
              weights: weights)
            ck_weighted_sum(&sums, type, arguments[1], arguments[0])
          }
        }
      }
      if isDouble {
        doubles.withUnsafeBytes { run($0.baseAddress) }
      } else {
        singles.withUnsafeBytes { run($0.baseAddress) }
      }
    }
  }

  package static var samples: [PrimitiveSample] {
    func runs(_ size: Int, _ starts: [Int], _ weights: [[Double]]) -> WeightedRuns {
      var runs = WeightedRuns(size: size)
      for (start, weights) in zip(starts, weights) { runs.append(start: start, weights: weights) }
      return runs
    }
    let linear = runs(3, [0, 0, 1, 2], [[1], [0.75, 0.25], [0.5, 0.5], [1]])
    let wide = runs(7, [0, 1, 2], [[1, 2, -1, 0.5, 0.25], [1, 1, 1, 1, 1, 2], [3, 0.5, 1]])
    let gaps = runs(4, [2, 0], [[0.5], []])
    return [
      PrimitiveSample(WeightedSums([linear]), [.init([2, 3, 5])]),
      PrimitiveSample(WeightedSums([linear, wide]), [.init([2, 3, 7, 3])]),
      PrimitiveSample(WeightedSums([wide, .identity(2)]), [.init([1, 7, 2, 1])]),
      PrimitiveSample(WeightedSums([gaps, linear]), [.init([1, 4, 3, 4])]),
      PrimitiveSample(WeightedSums([linear, gaps, wide]), [.init([2, 3, 4, 7, 9])]),
      PrimitiveSample(WeightedSums([.identity(2), gaps, linear]), [.init([1, 2, 4, 3, 2])]),
      // Longer than what is computed at a time.
      PrimitiveSample(WeightedSums([linear, wide]), [.init([1, 3, 7, 2000])]),
    ]
  }
}
