/// Applies a primitive to tensors: at once if all are concrete, else by recording it.
///
/// This is the only way anything is computed. Errors become invalid results.
package func applyAll(_ primitive: some Primitive, _ operands: [Tensor]) -> [Tensor] {
  func invalid(_ error: OperationError) -> [Tensor] {
    [Tensor](repeating: Tensor(invalid: error), count: primitive.resultCount)
  }
  var trace: Trace?
  for operand in operands {
    switch operand.content {
    case .concrete: break
    case .invalid(let error): return invalid(error)
    case .traced(let value):
      if value.trace.isOpen {
        // The innermost recording takes part of the others as its inputs.
        if let other = trace, other !== value.trace {
          let inner = other.number > value.trace.number ? other : value.trace
          guard inner.isNested else {
            return invalid(
              OperationError(
                operation: primitive.spelling, rule: "operands of one recording",
                got: "operands recorded by two functions that are being compiled separately",
                hint: "pass the outer value to the inner function as an argument"))
          }
          trace = inner
        } else {
          trace = value.trace
        }
      } else if value.storage == nil {
        return invalid(
          OperationError(
            operation: primitive.spelling, rule: "values that are still in use",
            got: "a \(operand.type) that was kept from a function after its compilation",
            hint: "return the value from the compiled function instead"))
      }
    }
  }
  // What a branch or a loop's body does belongs to it, even if it only uses values from outside.
  if let outer = trace, let current = Trace.current, current.isNested,
    current.number > outer.number, current.isOpen
  {
    trace = current
  }
  let resultTypes: [TensorType]
  do {
    resultTypes = try primitive.resultTypes(of: operands.map(\.type))
  } catch {
    return invalid(error)
  }
  for type in resultTypes {
    guard let defect = type.shape.defect else { continue }
    return invalid(
      OperationError(
        operation: primitive.spelling, rule: "a result of a shape that is possible",
        got: "\(type.shape) with \(defect)"))
  }
  if let trace { return trace.record(primitive, operands, resultTypes) }
  return zip(resultTypes, primitive.run(operands, resultTypes)).map { Tensor($0, storage: $1) }
}

/// Applies a primitive of one result.
package func apply(_ primitive: some Primitive, _ operands: [Tensor]) -> Tensor {
  applyAll(primitive, operands)[0]
}

extension Primitive {
  /// Computes the results for operands whose elements are known.
  func run(_ operands: [Tensor], _ resultTypes: [TensorType]) -> [Storage] {
    let results = resultTypes.map { Storage(byteCount: $0.byteCount) }
    KernelCache.shared.withKernel(of: self, operands.map(\.type), resultTypes) { kernel in
      let inputs = operands.map { $0.requiredStorage(name) }
      kernel.run(operands: inputs, results: results)
    }
    return results
  }
}
