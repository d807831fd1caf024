internal import CKernels

/// An element-wise program over one iteration space: what fused regions and single element-wise
/// operations run as.
///
/// Values are numbered: inputs first, then one per step. The loop walks its data in blocks and
/// keeps intermediates in first-level cache; only values marked as outputs are written to memory.
///
/// A loop may be divided into rows, the elements that are neighbours in memory. Then values have one
/// element for each element of the iteration space or one for each row; steps reduce the former to
/// the latter and spread them again, and a block is whole rows.
///
/// Outputs may be sums over leading axes. The iteration space is then seen as rows of columns, and
/// each of those outputs has one or several sums for each column.
package struct ElementLoop: Sendable, Hashable {
  /// A step's operation.
  package enum Operation: Sendable, Hashable {
    /// A block operation on operands of one type, by its number in the C kernels.
    case element(UInt32, ElementType)
    case cast(from: ElementType, to: ElementType)
    /// Random bits from a key, by position.
    case randomBits
    /// Combines the elements of each row, by the reduction's number in the C kernels.
    case reduce(UInt32, ElementType)
    /// The sums along rows of the products of two operands' elements.
    case sumOfProducts(ElementType)
    /// Repeats each row's value along the row.
    case spread(ElementType)
    /// Sums over leading axes: of the elements of each column, a number of sums.
    case sumColumns(ElementType, sums: Int)
  }

  package struct Step: Sendable, Hashable {
    package var operation: Operation
    package var operands: [Int]
    package var resultType: ElementType
    /// Whether the result has one element for each row.
    package var isPerRow: Bool

    package init(
      _ operation: Operation, operands: [Int], resultType: ElementType, isPerRow: Bool = false
    ) {
      self.operation = operation
      self.operands = operands
      self.resultType = resultType
      self.isPerRow = isPerRow
    }

    /// How many sums there are of each column; nil for what is no sum of columns.
    var sumCount: Int? {
      if case .sumColumns(_, let sums) = operation { sums } else { nil }
    }
  }

  /// Where the elements of an input or output lie that is a part of a larger tensor.
  package struct View: Sendable, Hashable {
    /// The elements before the first.
    package var offset: Int
    /// The elements from one to the next along each axis of the iteration space.
    package var strides: [Int]

    package init(offset: Int, strides: [Int]) {
      self.offset = offset
      self.strides = strides
    }
  }

  /// How sums over leading axes see the iteration space.
  package struct Columns: Sendable, Hashable {
    /// The number of columns, a multiple of the elements of a row if there are rows.
    package var count: Int
    /// The number of rows of columns that the sums with the fewest terms add up.
    package var rows: Int

    package init(count: Int, rows: Int) {
      self.count = count
      self.rows = rows
    }
  }

  package var shape: Shape
  /// The number of elements of a row; 0 for a loop without rows.
  package var rowLength: Int
  /// The columns; nil for a loop without such sums.
  package var columns: Columns?
  package var inputs: [TensorType]
  /// The inputs that have one element for each row.
  package var rowInputs: Set<Int>
  /// The inputs that are parts of larger tensors, whose types those inputs have.
  package var views: [Int: View]
  package var steps: [Step]
  /// Indices of the steps whose results are written.
  package var outputs: [Int]
  /// The outputs that are parts of larger tensors, in which the last axis is dense.
  package var outputViews: [Int: View]
  /// The buffers that outputs are written to, where parts share some; otherwise each has its own.
  package var outputBuffers: [Int]?

  package init(
    shape: Shape, rowLength: Int = 0, columns: Columns? = nil, inputs: [TensorType],
    rowInputs: Set<Int> = [], views: [Int: View] = [:], steps: [Step], outputs: [Int],
    outputViews: [Int: View] = [:], outputBuffers: [Int]? = nil
  ) {
    self.shape = shape
    self.rowLength = rowLength
    self.columns = columns
    self.inputs = inputs
    self.rowInputs = rowInputs
    self.views = views
    self.steps = steps
    self.outputs = outputs
    self.outputViews = outputViews
    self.outputBuffers = outputBuffers
  }

  func buffer(of output: Int) -> Int { outputBuffers?[output] ?? output }

  /// Whether operations of this kind can run on a type.
  package static func supports(_ operation: UInt32, _ type: ElementType) -> Bool {
    ck_op_kernel(ck_op(operation), type.ckType) != nil
  }

  /// The element type of a value.
  func elementType(of value: Int) -> ElementType {
    value < inputs.count ? inputs[value].elementType : steps[value - inputs.count].resultType
  }

  /// Whether an input is one element that serves for all.
  func isConstant(_ input: Int) -> Bool {
    inputs[input].shape.count == 1 && inputs[input].shape != shape
      && !rowInputs.contains(input) && !keys.contains(input) && views[input] == nil
  }

  /// The number of block-sized registers that the loop's temporary values need.
  package var registerCount: Int { RegisterAssignment(self, StepChains(self)).count }

  /// The inputs that are random keys, which steps read as a whole.
  var keys: Set<Int> {
    Set(steps.filter { $0.operation == .randomBits }.flatMap(\.operands))
  }

  /// Dense inputs that no step reads after an output of the same size has been written.
  private func inPlacePairs(_ chains: StepChains) -> [Kernel.InPlacePair] {
    let keys = keys
    let dense = inputs.indices.filter {
      (rowInputs.contains($0) || inputs[$0].shape == shape) && !keys.contains($0)
        && views[$0] == nil
    }
    return dense.flatMap { input in
      let lastRead = chains.reads.lastIndex { $0.contains(input) } ?? -1
      return outputs.indices.filter { output in
        let step = steps[outputs[output]]
        return outputViews[output] == nil && step.sumCount == nil && lastRead <= outputs[output]
          && step.isPerRow == rowInputs.contains(input)
          && step.resultType.byteCount == inputs[input].elementType.byteCount
      }.map { Kernel.InPlacePair(operand: input, result: buffer(of: $0)) }
    }
  }

  /// Prepares the loop to run on input pointers followed by the pointers of output buffers.
  ///
  /// - Parameter chains: Whether steps run in chains, which give the same results in fewer passes.
  package func makeKernel(chains: Bool = true) -> Kernel {
    let chains = StepChains(self, joins: chains)
    let loop = PreparedLoop(self, chains)
    let count = chains.parts.count
    let name = count == 1 ? "element loop" : "element loop of \(count)"
    return Kernel(
      name, scratchBytes: loop.scratchBytes, inPlacePairs: inPlacePairs(chains)
    ) { arguments in
      loop.run(arguments)
    }
  }
}
