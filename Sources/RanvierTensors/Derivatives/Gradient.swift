/// The gradient of a scalar function of tensors, at a point.
///
/// `gradient(at: w) { w in mean(square(matmul(x, w) - y)) }` has the structure of `w`; its tensors
/// have the shapes of the point's. Ordinary Swift control flow may depend on values. Gradients of
/// gradients work.
///
/// - Returns: The gradient; invalid tensors if the function does something wrong, or if its result
///   is not one floating-point number.
public func gradient<Tree: TensorTree>(
  at point: Tree, of function: (Tree) throws -> Tensor
) rethrows -> Tree {
  try valueWithGradient(at: point, of: function).gradient
}

/// A scalar function's value and gradient at a point.
public func valueWithGradient<Tree: TensorTree>(
  at point: Tree, of function: (Tree) throws -> Tensor
) rethrows -> (value: Tensor, gradient: Tree) {
  let result = try valueWithGradient(at: point) { (point: Tree) -> (Tensor, [Tensor]) in
    (try function(point), [])
  }
  return (result.value, result.gradient)
}

/// A scalar function's value and gradient at a point, with other results that the function returns
/// beside the value.
public func valueWithGradient<Tree: TensorTree, Auxiliary: TensorTree>(
  at point: Tree, of function: (Tree) throws -> (Tensor, Auxiliary)
) rethrows -> (value: Tensor, auxiliary: Auxiliary, gradient: Tree) {
  try differentiating(at: point) { trace, variables in
    let (value, auxiliary) = try function(variables)
    let one: Tensor
    if value.error != nil {
      one = value
    } else if value.count != 1 || !value.elementType.isFloatingPoint {
      one = Tensor(
        invalid: OperationError(
          operation: "gradient(at:of:)",
          rule: "a function whose result is one floating-point number",
          got: "a result of type \(value.type)", hint: "reduce it with mean or sum"))
    } else {
      one = Tensor.ones(value.shape, elementType: value.elementType)
    }
    let gradient = pullBack(one, from: value, to: variables, in: trace)
    return (value, auxiliary, gradient)
  }
}

/// The function that maps a cotangent of the result to the cotangent of the point.
///
/// Where the function's result has any shape, `pullback(at: x, of: f)(v)` is the product of `v`
/// with the Jacobian of `f`.
public func pullback<Tree: TensorTree>(
  at point: Tree, of function: @escaping @Sendable (Tree) -> Tensor
) -> @Sendable (Tensor) -> Tree {
  valueWithPullback(at: point, of: function).pullback
}

/// A function's value at a point, and the function that maps its cotangent to the point's.
public func valueWithPullback<Tree: TensorTree>(
  at point: Tree, of function: @escaping @Sendable (Tree) -> Tensor
) -> (value: Tensor, pullback: @Sendable (Tensor) -> Tree) {
  let value = function(point)
  return (
    value,
    { cotangent in
      differentiating(at: point) { trace, variables in
        pullBack(cotangent, from: function(variables), to: variables, in: trace)
      }
    }
  )
}

/// Runs a closure on variables that stand for a point, in the current trace or in one that computes
/// as it records.
private func differentiating<Tree: TensorTree, R>(
  at point: Tree, _ body: (Trace, Tree) throws -> R
) rethrows -> R {
  if let trace = Trace.current, trace.isOpen {
    return try body(trace, point.mapTensors { variable(for: $0, in: trace) })
  }
  let outer = point.tensors.lazy.compactMap(\.openTrace).first
  let trace = outer ?? Trace(computes: true)
  // Results keep their elements; the recording itself is not needed any more.
  defer { if outer == nil { _ = trace.close() } }
  return try Trace.$current.withValue(trace) {
    try body(trace, point.mapTensors { variable(for: $0, in: trace) })
  }
}

/// A new value of the trace, equal to a tensor, with respect to which can be differentiated.
private func variable(for tensor: Tensor, in trace: Trace) -> Tensor {
  tensor.error == nil ? trace.record(Alias(), [tensor], [tensor.type])[0] : tensor
}

private func pullBack<Tree: TensorTree>(
  _ cotangent: Tensor, from value: Tensor, to variables: Tree, in trace: Trace
) -> Tree {
  if let error = value.error ?? cotangent.error {
    return variables.mapTensors { _ in Tensor(invalid: error) }
  }
  guard cotangent.shape == value.shape else {
    let error = OperationError(
      operation: "pullback", rule: "a cotangent of the result's shape",
      got: "\(cotangent.shape) for a result of shape \(value.shape)")
    return variables.mapTensors { _ in Tensor(invalid: error) }
  }
  let tensors = variables.tensors
  let valid = tensors.filter { $0.error == nil }
  var results = trace.cotangents(
    of: valid, outputs: [value], outputCotangents: [cotangent.cast(to: value.elementType)]
  ).makeIterator()
  return variables.mapTensors { tensor in
    tensor.error == nil ? results.next() ?? tensor : tensor
  }
}

extension Tensor {
  /// The trace that records this tensor, while it is open.
  package var openTrace: Trace? {
    if case .traced(let value) = content, value.trace.isOpen { value.trace } else { nil }
  }
}
