import Ranvier

/// Calling one compiled function of tensors over and over.
struct FunctionRun<each Input: TensorTree>: WorkloadRun {
  let exported: Parameters
  private let function: CompiledFunction<Tensor, repeat each Input>
  private let input: (repeat each Input)

  /// A function and its operands, by the names that the peers know them by.
  init(
    _ names: [String], _ input: repeat each Input,
    function: @escaping @Sendable (repeat each Input) throws -> Tensor
  ) {
    self.function = compile(function)
    self.input = (repeat each input)
    var tensors: [Tensor] = []
    for operand in repeat each input { tensors += operand.tensors }
    var exported = Parameters()
    for (name, tensor) in zip(names, tensors) { exported["inputs/\(name)"] = tensor }
    self.exported = exported
  }

  mutating func reset() {}

  mutating func step() throws { _ = try function(repeat each input) }

  mutating func results() throws -> [Double] { try function(repeat each input).sampled() }

  func plan() throws -> Plan { try function.plan(for: repeat each input) }

  mutating func runPlan() throws { try step() }
}
