/// A primitive that works element by element, broadcasting its operands by NumPy's rule.
///
/// A conforming file states the operation on one element, its partial derivatives and its block
/// operation; the rest is the same for all.
package protocol ElementwisePrimitive: Primitive {
  /// What the operation computes, for the element loop; `nil` if it has no kernel for the operands'
  /// type.
  func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation?

  /// The type of the result's elements; the default is the type of the (equal) operands.
  func resultElementType(of operands: [TensorType]) throws(OperationError) -> ElementType

  /// The products of the cotangent with the partial derivatives, in the result's shape;
  /// broadcasting is undone elsewhere.
  func partialProducts(_ application: Application) -> [Tensor?]

  /// The operation on single elements, in double precision.
  func evaluate(_ elements: [Double], _ type: ElementType) -> Double
}

extension ElementwisePrimitive {
  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    var shape = operands[0].shape
    for operand in operands.dropFirst() {
      guard let broadcast = Shape.broadcast(shape, operand.shape) else {
        throw OperationError(
          operation: spelling,
          rule: "shapes that broadcast (equal sizes, or 1, from the last axis on)",
          got: operands.map(\.description).joined(separator: " and "))
      }
      shape = broadcast
    }
    let type = try resultElementType(of: operands)
    guard loopOperation(operands) != nil else {
      throw OperationError(
        operation: spelling, rule: definedTypes(operands.count),
        got: operands.map(\.description).joined(separator: " and "),
        hint: "convert with cast(to:)")
    }
    return [TensorType(type, shape)]
  }

  /// The element types that there are kernels for, in words.
  private func definedTypes(_ operandCount: Int) -> String {
    let types = ElementType.allCases.filter { type in
      loopOperation([TensorType](repeating: TensorType(type, []), count: operandCount)) != nil
    }
    let hasIntegers = types.contains { $0.isInteger }
    let numbers =
      !types.contains { $0.isFloatingPoint }
      ? hasIntegers ? "integers" : nil : hasIntegers ? "numbers" : "floating-point numbers"
    return [numbers, types.contains(.bool) ? "truth values" : nil].compactMap(\.self)
      .joined(separator: " or ")
  }

  package func resultElementType(of operands: [TensorType]) throws(OperationError) -> ElementType {
    try requireEqualTypes(operands)
    return operands[0].elementType
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    zip(partialProducts(application), application.operands).map { product, operand in
      product?.summed(to: operand.shape)
    }
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    // The axes of one example are aligned behind the batch axis.
    let rank = batch.operands.indices.map { batch.rank($0) }.max() ?? 0
    let aligned = batch.operands.indices.map { index in
      let operand = batch.operands[index]
      let missing = rank - batch.rank(index)
      guard batch.isBatched[index], missing > 0 else { return operand }
      let sizes =
        [batch.size] + [Int](repeating: 1, count: missing) + operand.shape.sizes.dropFirst()
      return operand.reshaped(to: Shape(sizes))
    }
    return applyAll(self, aligned)
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let result = resultTypes[0]
    return [
      ReferenceArray(result) { index in
        let elements = operands.map { operand in
          let missing = index.count - operand.shape.rank
          return operand[
            (0 ..< operand.shape.rank).map { operand.shape[$0] == 1 ? 0 : index[$0 + missing] }]
        }
        return evaluate(elements, operands[operands.count - 1].type.elementType)
      }
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    guard let operation = loopOperation(operands) else {
      fatalError("\(name) has no kernel for \(operands)")
    }
    return ElementLoop(
      shape: results[0].shape, inputs: operands,
      steps: [
        ElementLoop.Step(
          operation, operands: Array(operands.indices), resultType: results[0].elementType)
      ],
      outputs: [0]
    ).makeKernel()
  }
}
