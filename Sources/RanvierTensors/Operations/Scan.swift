/// A loop over the parts of tensors along their first axis that carries values from step to step.
///
/// Where the values are known, it is an ordinary loop. Inside a function that is being compiled the
/// step is recorded once, so that neither compile time nor the size of the program grow with the
/// number of steps. Differentiable, any number of times.
///
///     // A recurrent network: x [steps, batch, features].
///     let (last, states) = scan(over: x, from: h0) { h, x in
///       let next = tanh(matmul(x, w) + matmul(h, u))
///       return (next, next)
///     }
///
/// - Parameters:
///   - elements: Tensors with equal first axes; a step gets one part of each.
///   - start: The carried values before the first step.
///   - isReversed: Whether the steps are taken from the last part to the first; outputs stay in
///     the order of the elements.
///   - isUnrolled: Whether a function that is being compiled gets every step as it is, rather than a
///     loop: the same results, and a program that grows with the number of steps. It pays where
///     steps are few and small.
///   - step: Returns the next carried values, of the same types and structure, and an output.
/// - Returns: The carried values after the last step, and the outputs of all steps along an
///   additional first axis; invalid tensors if the first axes differ or the step changes types.
public func scan<Element: TensorTree, Carry: TensorTree, Output: TensorTree>(
  over elements: Element, from start: Carry, reversed isReversed: Bool = false,
  unrolled isUnrolled: Bool = false, _ step: (Carry, Element) throws -> (Carry, Output)
) rethrows -> (carry: Carry, outputs: Output) {
  let tensors = elements.tensors
  var failure = (start.tensors + tensors).lazy.compactMap(\.error).first
  if failure == nil { failure = defect(ofElements: tensors) }
  let length = tensors.first.map { $0.rank > 0 ? $0.shape[0] : 0 } ?? 0
  func element(at position: Int) -> Element { elements.mapTensors { $0[position] } }
  func check(_ carry: Carry) {
    guard failure == nil else { return }
    do {
      try requireSameStructure(
        carry, as: start, operation: "scan", what: "a step that returns a carry")
    } catch {
      failure = error
    }
  }

  let isKnown = !Trace.isRecording && (start.tensors + tensors).allSatisfy(\.isConcrete)
  if failure == nil, length > 0, isKnown || isUnrolled {
    var carry = start
    var outputs: [[Tensor]] = []
    var template: Output?
    for number in 0 ..< length {
      let result = try step(carry, element(at: isReversed ? length - 1 - number : number))
      carry = result.0
      outputs.append(result.1.tensors)
      template = result.1
      check(carry)
      if failure != nil { break }
    }
    if failure == nil, let template {
      if isReversed { outputs.reverse() }
      let stacked = outputs[0].indices.map { index in
        Tensor(stacking: outputs.map { $0[index] })
      }
      return (carry, template.replacingTensors(with: stacked))
    }
  }

  var template: (Carry, Output)?
  let types =
    start.tensors.map(\.type)
    + tensors.map { TensorType($0.elementType, Shape(Array($0.shape.sizes.dropFirst()))) }
  let recorded = try Program.record(types) { inputs in
    let count = inputs.count - tensors.count
    let result = try step(
      start.replacingTensors(with: Array(inputs[..<count])),
      elements.replacingTensors(with: Array(inputs[count...])))
    check(result.0)
    template = result
    return failure == nil ? result.0.tensors + result.1.tensors : inputs
  }
  guard let template else { fatalError("scan recorded no step") }
  func invalid(_ error: OperationError) -> (Carry, Output) {
    (
      start.mapTensors { _ in Tensor(invalid: error) },
      template.1.mapTensors { _ in Tensor(invalid: error) }
    )
  }
  switch recorded {
  case .failure(let error): return invalid(failure ?? error)
  case .success(let body):
    if let failure { return invalid(failure) }
    let carryCount = start.tensors.count
    let primitive = ScanLoop(
      body.program, carryCount: carryCount, elementCount: tensors.count, length: length,
      isReversed: isReversed)
    let results = applyAll(primitive, start.tensors + tensors + body.captured)
    return (
      start.replacingTensors(with: Array(results[..<carryCount])),
      template.1.replacingTensors(with: Array(results[carryCount...]))
    )
  }
}

/// A loop over the parts of tensors along their first axis that carries values from step to step,
/// without outputs.
///
///     let total = scan(over: x, from: Tensor.zeros([3])) { sum, row in sum + row }
public func scan<Element: TensorTree, Carry: TensorTree>(
  over elements: Element, from start: Carry, reversed isReversed: Bool = false,
  unrolled isUnrolled: Bool = false, _ step: (Carry, Element) throws -> Carry
) rethrows -> Carry {
  try scan(over: elements, from: start, reversed: isReversed, unrolled: isUnrolled) {
    (try step($0, $1), [Tensor]())
  }.carry
}

/// Why tensors cannot be walked along their first axes together.
private func defect(ofElements tensors: [Tensor]) -> OperationError? {
  let sizes = tensors.map { $0.rank > 0 ? $0.shape[0] : -1 }
  if let first = sizes.first, first >= 0, sizes.allSatisfy({ $0 == first }) { return nil }
  return OperationError(
    operation: "scan", rule: "at least one tensor to walk over, all with equal first axes",
    got: tensors.isEmpty ? "none" : tensors.map(\.shape.description).joined(separator: ", "))
}
