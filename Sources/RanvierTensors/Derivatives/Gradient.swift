internal import Synchronization

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
  let result = try differentiating(at: point) { trace, variables in
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
    let gradient = cotangents(one, from: value, to: variables, in: trace)
    return (value, auxiliary, gradient)
  }
  return (
    result.0.settled, result.1.mapTensors(\.settled), result.2.mapTensors(\.settled)
  )
}

/// The derivative of a function of one number, at a number.
///
///     gradient(at: 3.14) { sin($0 * $0) + cos($0 * $0) }    // -3.0501709...
///
/// The function is written with tensor operations; the number is a scalar of its type to it (`f64`
/// for a `Double`), and ordinary Swift control flow may depend on it.
///
/// - Returns: The derivative; not-a-number if the function does something wrong, or if its result
///   is not one floating-point number.
public func gradient<Number: TensorScalar & BinaryFloatingPoint>(
  at point: Number, of function: (Tensor) throws -> Tensor
) rethrows -> Number {
  try valueWithGradient(at: point, of: function).gradient
}

/// A function's value and derivative at a number.
public func valueWithGradient<Number: TensorScalar & BinaryFloatingPoint>(
  at point: Number, of function: (Tensor) throws -> Tensor
) rethrows -> (value: Number, gradient: Number) {
  let result = try valueWithGradient(at: Tensor(point), of: function)
  func number(_ tensor: Tensor) -> Number {
    tensor.error == nil && tensor.count == 1 ? tensor.scalar(as: Number.self) : .nan
  }
  return (number(result.value), number(result.gradient))
}

/// The gradients of a scalar function of several trees of tensors, at a point.
///
///     let (dw, db) = gradient(at: w, b) { w, b in mean(square(matmul(x, w) + b - y)) }
public func gradient<First: TensorTree, Second: TensorTree, each Rest: TensorTree>(
  at first: First, _ second: Second, _ rest: repeat each Rest,
  of function: (First, Second, repeat each Rest) throws -> Tensor
) rethrows -> (First, Second, repeat each Rest) {
  try valueWithGradient(at: first, second, repeat each rest, of: function).gradient
}

/// The value and the gradients of a scalar function of several trees of tensors, at a point.
public func valueWithGradient<First: TensorTree, Second: TensorTree, each Rest: TensorTree>(
  at first: First, _ second: Second, _ rest: repeat each Rest,
  of function: (First, Second, repeat each Rest) throws -> Tensor
) rethrows -> (value: Tensor, gradient: (First, Second, repeat each Rest)) {
  var point = first.tensors + second.tensors
  func append(_ tree: some TensorTree) { point += tree.tensors }
  repeat append(each rest)
  let result = try valueWithGradient(at: point) { tensors in
    var remaining = tensors[...]
    return try function(
      first.taking(from: &remaining), second.taking(from: &remaining),
      repeat (each rest).taking(from: &remaining))
  }
  var remaining = result.gradient[...]
  let gradients = (
    first.taking(from: &remaining), second.taking(from: &remaining),
    repeat (each rest).taking(from: &remaining)
  )
  return (result.value, gradients)
}

extension TensorTree {
  /// The same structure with tensors taken from a list.
  fileprivate func taking(from tensors: inout ArraySlice<Tensor>) -> Self {
    mapTensors { tensors.popFirst() ?? $0 }
  }
}

/// The function that maps a cotangent of the result to the cotangent of the point.
///
/// Where the function's result has any shape, `pullback(at: x, of: f)(v)` is the product of `v`
/// with the Jacobian of `f`.
public func pullback<Tree: TensorTree>(
  at point: Tree, of function: (Tree) throws -> Tensor
) rethrows -> @Sendable (Tensor) -> Tree {
  try valueWithPullback(at: point, of: function).pullback
}

/// A function's value at a point, and the function that maps its cotangent to the point's.
///
/// The function is called once; the pullback may be called any number of times.
public func valueWithPullback<Tree: TensorTree>(
  at point: Tree, of function: (Tree) throws -> Tensor
) rethrows -> (value: Tensor, pullback: @Sendable (Tensor) -> Tree) {
  if let trace = enclosingTrace(of: point) {
    let variables = point.mapTensors { variable(for: $0, in: trace) }
    let value = try Trace.$current.withValue(trace) { try function(variables) }
    return (value, { cotangents($0, from: value, to: variables, in: trace) })
  }
  let recording = PullbackRecording()
  let (value, variables) = try Trace.$current.withValue(recording.trace) {
    let variables = point.mapTensors { variable(for: $0, in: recording.trace) }
    return (try function(variables), variables)
  }
  return (value.withoutTrace, { recording.pullBack($0, from: value, to: variables) })
}

/// A recording that lives as long as the pullback that needs it.
private final class PullbackRecording: Sendable {
  let trace = Trace(computes: true)
  private let turn = Mutex(())

  deinit { _ = trace.close() }

  /// One pullback at a time, since each forgets what it recorded.
  func pullBack<Tree: TensorTree>(
    _ cotangent: Tensor, from value: Tensor, to variables: Tree
  ) -> Tree {
    turn.withLock { _ in
      let count = trace.valueCount
      defer { trace.forget(after: count) }
      return Trace.$current.withValue(trace) {
        cotangents(
          cotangent.withoutTrace, from: value, to: variables, in: trace)
      }.mapTensors(\.withoutTrace)
    }
  }
}

/// Runs a closure on variables that stand for a point, in the current trace or in one that computes
/// as it records.
private func differentiating<Tree: TensorTree, R>(
  at point: Tree, _ body: (Trace, Tree) throws -> R
) rethrows -> R {
  let enclosing = enclosingTrace(of: point)
  let trace = enclosing ?? Trace(computes: true)
  // Results keep their elements; the recording itself is not needed any more.
  defer { if enclosing == nil { _ = trace.close() } }
  return try Trace.$current.withValue(trace) {
    try body(trace, point.mapTensors { variable(for: $0, in: trace) })
  }
}

/// The recording that derivatives at a point belong to, if one is going on.
private func enclosingTrace(of point: some TensorTree) -> Trace? {
  if let trace = Trace.current, trace.isOpen { return trace }
  return point.tensors.lazy.compactMap(\.openTrace).first
}

/// A new value of the trace, equal to a tensor, with respect to which can be differentiated.
private func variable(for tensor: Tensor, in trace: Trace) -> Tensor {
  tensor.error == nil ? trace.record(Alias(), [tensor], [tensor.type])[0] : tensor
}

private func cotangents<Tree: TensorTree>(
  _ cotangent: Tensor, from value: Tensor, to variables: Tree, in trace: Trace
) -> Tree {
  if let error = value.error ?? cotangent.error {
    return variables.mapTensors { _ in Tensor(invalid: error) }
  }
  if let inner = cotangent.openTrace, inner.number > trace.number {
    let error = OperationError(
      operation: "pullback", rule: "a cotangent known where the function was differentiated",
      got: "a value of a loop or branch inside", hint: "call valueWithPullback inside as well")
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
  /// The same elements without a recording that has ended.
  fileprivate var settled: Tensor { openTrace == nil ? withoutTrace : self }

  /// The trace that records this tensor, while it is open.
  package var openTrace: Trace? {
    if case .traced(let value) = content, value.trace.isOpen { value.trace } else { nil }
  }
}
