/// A function of one example as a function of a batch of examples.
///
/// `vectorized(f)` does for all examples at once what `f` does for one: its arguments and results
/// have an additional first axis. What `f` uses besides its arguments is shared by all examples. The
/// function is called once, with tensors that record what is done with them, so it cannot look at
/// values. Derivatives go through it in both orders.
///
///     // One gradient per example, in one call.
///     let gradients = vectorized { x, y in gradient(at: w) { w in loss(w, x, y) } }(images, labels)
///
/// - Returns: A function that gives invalid tensors if the first axes of its arguments differ.
public func vectorized<each Input: TensorTree, Output: TensorTree>(
  _ function: @escaping (repeat each Input) -> Output
) -> VectorizedFunction<Output, repeat each Input> {
  VectorizedFunction(function)
}

/// A function of a batch of examples; call it like the function it was made from.
public struct VectorizedFunction<Output: TensorTree, each Input: TensorTree> {
  private let function: (repeat each Input) -> Output

  init(_ function: @escaping (repeat each Input) -> Output) { self.function = function }

  /// Runs the function for every example.
  public func callAsFunction(_ input: repeat each Input) -> Output {
    var tensors: [Tensor] = []
    func append(_ tree: some TensorTree) { tree.forEachTensor { tensors.append($0) } }
    repeat append(each input)
    var failure = tensors.lazy.compactMap(\.error).first
    let sizes = tensors.map { $0.rank > 0 ? $0.shape[0] : -1 }
    if failure == nil, sizes.isEmpty || sizes[0] < 0 || sizes.contains(where: { $0 != sizes[0] }) {
      failure = OperationError(
        operation: "vectorized", rule: "at least one argument, all with equal first axes",
        got: tensors.isEmpty ? "none" : tensors.map(\.shape.description).joined(separator: ", "))
    }
    var template: Output?
    // With a wrong batch the function is still called, for the structure of its result.
    let types = tensors.map { TensorType($0.elementType, Shape(Array($0.shape.sizes.dropFirst()))) }
    let recorded = Program.record(types) { examples in
      var rest = examples[...]
      func next<Tree: TensorTree>(_ tree: Tree) -> Tree {
        tree.mapTensors { _ in rest.popFirst() ?? Tensor(0, elementType: .float32) }
      }
      let result = function(repeat next(each input))
      template = result
      return result.tensors
    }
    guard let template else { fatalError("vectorized recorded nothing") }
    func invalid(_ error: OperationError) -> Output {
      template.mapTensors { $0.error == nil ? Tensor(invalid: error) : $0 }
    }
    if let failure { return invalid(failure) }
    switch recorded {
    case .failure(let error): return invalid(error)
    case .success(let body):
      let results = body.program.vectorized(
        tensors + body.captured,
        isBatched: tensors.map { _ in true } + body.captured.map { _ in false }, size: sizes[0])
      return template.replacingTensors(
        with: results.map { result in
          result.isBatched
            ? result.tensor
            : result.tensor.broadcast(to: Shape([sizes[0]] + result.tensor.shape.sizes))
        })
    }
  }
}
