/// Products of matrices: `[batch..., m, k] · [batch..., k, n]`, either operand transposed in its
/// last two axes if so marked.
package struct MatrixProduct: ExpensivePrimitive {
  package let transposesLeft: Bool
  package let transposesRight: Bool

  package init(transposesLeft: Bool = false, transposesRight: Bool = false) {
    self.transposesLeft = transposesLeft
    self.transposesRight = transposesRight
  }

  package var name: String { "matmul" }
  package var description: String {
    "matmul" + (transposesLeft ? " transposed left" : "")
      + (transposesRight ? " transposed right" : "")
  }

  /// The sizes of one product and the number of products.
  package struct Sizes: Sendable, Hashable {
    package var batch: Int
    package var rows: Int
    package var columns: Int
    package var depth: Int
  }

  package func sizes(_ left: Shape, _ right: Shape) -> Sizes {
    Sizes(
      batch: left.sizes.dropLast(2).reduce(1, *), rows: left[transposesLeft ? -1 : -2],
      columns: right[transposesRight ? -2 : -1], depth: left[transposesLeft ? -2 : -1])
  }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let (left, right) = (operands[0], operands[1])
    guard left.shape.rank >= 2, left.shape.rank == right.shape.rank,
      left.shape.sizes.dropLast(2) == right.shape.sizes.dropLast(2)
    else {
      throw OperationError(
        operation: name, rule: "matrices with equal batch axes",
        got: "\(left.shape) · \(right.shape)")
    }
    let sizes = sizes(left.shape, right.shape)
    try MatrixProduct.check(
      left, right, depths: (sizes.depth, right.shape[transposesRight ? -1 : -2]))
    let shape = left.shape.sizes.dropLast(2) + [sizes.rows, sizes.columns]
    return [TensorType(left.elementType, Shape(Array(shape)))]
  }

  /// Checks that operands can be multiplied whose axes that are summed over have these sizes.
  fileprivate static func check(
    _ left: TensorType, _ right: TensorType, depths: (left: Int, right: Int)
  ) throws(OperationError) {
    guard left.elementType == right.elementType, left.elementType != .bool else {
      throw OperationError(
        operation: "matmul", rule: "operands of one type of numbers", got: "\(left) and \(right)")
    }
    guard depths.left == depths.right else {
      throw OperationError(
        operation: "matmul", rule: "equal inner sizes",
        got: "\(left.shape) · \(right.shape) (\(depths.left) ≠ \(depths.right))",
        hint: "was a transposition or `flatten` forgotten?")
    }
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let (left, right) = (application.operands[0], application.operands[1])
    let cotangent = application.cotangent
    func product(_ a: Tensor, _ transposesA: Bool, _ b: Tensor, _ transposesB: Bool) -> Tensor {
      apply(MatrixProduct(transposesLeft: transposesA, transposesRight: transposesB), [a, b])
    }
    return [
      application.ifNeeded(0) {
        transposesLeft
          ? product(right, transposesRight, cotangent, true)
          : product(cotangent, false, right, !transposesRight)
      },
      application.ifNeeded(1) {
        transposesRight
          ? product(cotangent, true, left, transposesLeft)
          : product(left, !transposesLeft, cotangent, false)
      },
    ]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    let (left, right) = (batch.operands[0], batch.operands[1])
    // Where all examples share one matrix, their rows together make one large product.
    if !batch.isBatched[1], right.rank == 2, !transposesLeft {
      let rows = left.shape[1]
      let product: Tensor = apply(
        MatrixProduct(transposesRight: transposesRight),
        [left.reshaped(to: [batch.size * rows, left.shape[2]]), right])
      return [product.reshaped(to: [batch.size, rows, product.shape[1]])]
    }
    if !batch.isBatched[0], left.rank == 2, transposesRight {
      let columns = right.shape[1]
      let product: Tensor = apply(
        MatrixProduct(transposesRight: !transposesLeft),
        [right.reshaped(to: [batch.size * columns, right.shape[2]]), left])
      return [product.reshaped(to: [batch.size, columns, product.shape[1]]).swappedAxes(1, 2)]
    }
    return applyAll(self, [batch.repeated(0), batch.repeated(1)])
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let depth = sizes(operands[0].shape, operands[1].shape).depth
    return [
      ReferenceArray(resultTypes[0]) { index in
        let batch = index.dropLast(2)
        let (row, column) = (index[index.count - 2], index[index.count - 1])
        return (0 ..< depth).reduce(0) { sum, inner in
          sum + operands[0][batch + (transposesLeft ? [inner, row] : [row, inner])]
            * operands[1][batch + (transposesRight ? [column, inner] : [inner, column])]
        }
      }
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    makeKernel(operands, results, constants: [])
  }

  package func makeKernel(
    _ operands: [TensorType], _ results: [TensorType], constants: Set<Int>
  ) -> Kernel {
    ProductKernel(
      type: operands[0].elementType, sizes: sizes(operands[0].shape, operands[1].shape),
      transposesLeft: transposesLeft, transposesRight: transposesRight,
      isRightConstant: constants.contains(1)
    ).kernel()
  }

  package static var samples: [PrimitiveSample] {
    var samples = [(false, false), (true, false), (false, true), (true, true)].flatMap { a, b in
      [
        PrimitiveSample(
          MatrixProduct(transposesLeft: a, transposesRight: b),
          [.init(a ? [4, 3] : [3, 4]), .init(b ? [5, 4] : [4, 5])]),
        PrimitiveSample(
          MatrixProduct(transposesLeft: a, transposesRight: b),
          [.init(a ? [2, 2, 3] : [2, 3, 2]), .init(b ? [2, 1, 2] : [2, 2, 1])]),
      ]
    }
    samples.append(PrimitiveSample(MatrixProduct(), [.init([3, 0]), .init([0, 2])]))
    samples.append(PrimitiveSample(MatrixProduct(), [.init([0, 3]), .init([3, 2])]))
    samples.append(
      PrimitiveSample(
        MatrixProduct(),
        [.init([3, 4], .integers(-5, 5), .int32), .init([4, 2], .integers(-5, 5), .int32)],
        isDifferentiable: false))
    return samples
  }
}

/// The matrix product of two tensors.
///
/// Vectors count as a row on the left and a column on the right, and that axis disappears from the
/// result. Axes before the last two are batch axes and broadcast.
///
/// - Shapes: `[..., m, k] · [..., k, n]` gives `[..., m, n]`; `[k] · [k]` gives a scalar.
public func matmul(_ left: Tensor, _ right: Tensor) -> Tensor {
  let (a, b) = promoted(left, right)
  if a.error != nil { return a }
  if b.error != nil { return b }
  guard a.rank > 0, b.rank > 0 else {
    return Tensor(
      invalid: OperationError(
        operation: "matmul", rule: "tensors of rank 1 or more", got: "\(a.shape) · \(b.shape)",
        hint: "multiply by a scalar with *"))
  }
  do {
    // Before axes are added or joined, which would not be found in the program.
    let depths = (a.shape[-1], b.shape[b.rank == 1 ? 0 : -2])
    try MatrixProduct.check(a.type, b.type, depths: depths)
  } catch {
    return Tensor(invalid: error)
  }
  if a.rank == 1 {
    return matmul(a.expandedDimension(at: 0), b).squeezed(axes: [b.rank == 1 ? 0 : -2])
  }
  if b.rank == 1 { return matmul(a, b.expandedDimension(at: 1)).squeezed(axes: [-1]) }
  if b.rank == 2 {
    // All rows of all matrices are multiplied by one matrix: a single large product.
    let rows = a.shape.sizes.dropLast()
    let flat = a.rank == 2 ? a : a.reshaped(to: [rows.reduce(1, *), a.shape[-1]])
    let product: Tensor = apply(MatrixProduct(), [flat, b])
    if product.error != nil || a.rank == 2 { return product }
    return product.reshaped(to: Shape(rows + [b.shape[1]]))
  }
  let batches = (Shape(Array(a.shape.sizes.dropLast(2))), Shape(Array(b.shape.sizes.dropLast(2))))
  guard let batch = Shape.broadcast(batches.0, batches.1) else {
    return Tensor(
      invalid: OperationError(
        operation: "matmul", rule: "batch axes that broadcast", got: "\(a.shape) · \(b.shape)"))
  }
  return apply(
    MatrixProduct(),
    [
      a.broadcast(to: Shape(batch.sizes + a.shape.sizes.suffix(2))),
      b.broadcast(to: Shape(batch.sizes + b.shape.sizes.suffix(2))),
    ])
}
