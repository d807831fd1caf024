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
    /// Two operations of arithmetic: the second takes the first one's result and the third operand,
    /// or the other way round.
    case pair(UInt32, UInt32, fromRight: Bool, ElementType)
    /// Arithmetic on elements and values that have one for each row, or the other way round.
    case rowOperand(UInt32, rowFirst: Bool, ElementType)
    /// One of the last two operands, by a comparison of the first two.
    case choice(UInt32, compared: ElementType, chosen: ElementType)
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

  package var shape: Shape
  /// The number of elements of a row; 0 for a loop without rows.
  package var rowLength: Int
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
    shape: Shape, rowLength: Int = 0, inputs: [TensorType], rowInputs: Set<Int> = [],
    views: [Int: View] = [:], steps: [Step], outputs: [Int], outputViews: [Int: View] = [:],
    outputBuffers: [Int]? = nil
  ) {
    self.shape = shape
    self.rowLength = rowLength
    self.inputs = inputs
    self.rowInputs = rowInputs
    self.views = views
    self.steps = steps
    self.outputs = outputs
    self.outputViews = outputViews
    self.outputBuffers = outputBuffers
  }

  fileprivate func buffer(of output: Int) -> Int { outputBuffers?[output] ?? output }

  /// Whether operations of this kind can run on a type.
  package static func supports(_ operation: UInt32, _ type: ElementType) -> Bool {
    ck_op_kernel(ck_op(operation), type.ckType) != nil
  }

  /// Whether an operation on a type can be joined with others in one step.
  static func isJoinable(_ operation: UInt32, _ type: ElementType) -> Bool {
    ck_row_operand_kernel(ck_op(operation), false, type.ckType) != nil
  }

  /// Whether a comparison can be joined with a selection by its result.
  static func isChoice(_ operation: UInt32, compared: ElementType, chosen: ElementType) -> Bool {
    ck_choice_kernel(ck_op(operation), compared.ckType, chosen.ckType) != nil
  }

  /// Whether sums along rows of products of a type can be computed without the products in between.
  static func sumsProducts(_ type: ElementType, rowLength: Int) -> Bool {
    ck_sum_of_products_kernel(type.ckType, rowLength) != nil
  }

  /// The number of block-sized registers that the loop's temporary values need.
  package var registerCount: Int { RegisterAssignment(self).count }

  /// The inputs that are random keys, which steps read as a whole.
  fileprivate var keys: Set<Int> {
    Set(steps.filter { $0.operation == .randomBits }.flatMap(\.operands))
  }

  /// Dense inputs that no step reads after an output of the same size has been written.
  private var inPlacePairs: [Kernel.InPlacePair] {
    let keys = keys
    let dense = inputs.indices.filter {
      (rowInputs.contains($0) || inputs[$0].shape == shape) && !keys.contains($0)
        && views[$0] == nil
    }
    return dense.flatMap { input in
      let lastRead = steps.lastIndex { $0.operands.contains(input) } ?? -1
      return outputs.indices.filter { output in
        let step = steps[outputs[output]]
        return outputViews[output] == nil && lastRead <= outputs[output]
          && step.isPerRow == rowInputs.contains(input)
          && step.resultType.byteCount == inputs[input].elementType.byteCount
      }.map { Kernel.InPlacePair(operand: input, result: buffer(of: $0)) }
    }
  }

  /// Prepares the loop to run on input pointers followed by the pointers of output buffers.
  package func makeKernel() -> Kernel {
    let loop = PreparedLoop(self)
    let name = steps.count == 1 ? "element loop" : "element loop of \(steps.count)"
    return Kernel(name, inPlacePairs: inPlacePairs) { arguments in
      loop.run(arguments)
    }
  }
}

/// The C form of an element loop.
///
/// Immutable once built.
private final class PreparedLoop: Sendable {
  // The memory is written in the initializer only.
  private nonisolated(unsafe) let inputs: UnsafeMutablePointer<ck_loop_input>
  private nonisolated(unsafe) let outputs: UnsafeMutablePointer<ck_loop_output>
  private nonisolated(unsafe) let steps: UnsafeMutablePointer<ck_step>
  private nonisolated(unsafe) let loop: UnsafeMutablePointer<ck_loop>

  init(_ source: ElementLoop) {
    let inputCount = source.inputs.count
    let outputCount = source.outputs.count
    inputs = .allocate(capacity: max(1, inputCount))
    outputs = .allocate(capacity: max(1, outputCount))
    steps = .allocate(capacity: max(1, source.steps.count))
    loop = .allocate(capacity: 1)

    let keys = source.keys
    for (index, type) in source.inputs.enumerated() {
      inputs[index] =
        source.rowInputs.contains(index)
        ? PreparedLoop.rowInput(type)
        : source.views[index].map { PreparedLoop.view($0, of: type.elementType) }
          ?? PreparedLoop.input(type, over: source.shape, isKey: keys.contains(index))
    }
    for (index, step) in source.outputs.enumerated() {
      var output = ck_loop_output()
      output.type = source.steps[step].resultType.ckType
      output.per_row = source.steps[step].isPerRow
      output.buffer = UInt16(source.buffer(of: index))
      if let view = source.outputViews[index] {
        output.is_part = true
        output.offset = view.offset
        PreparedLoop.copy(view.strides, to: &output.strides)
      }
      outputs[index] = output
    }
    let registers = RegisterAssignment(source)
    for (index, step) in source.steps.enumerated() {
      var prepared = PreparedLoop.step(step, rowLength: source.rowLength)
      let operands = step.operands.map { UInt16(registers.location(of: $0)) }
      prepared.operand_count = UInt16(operands.count)
      if operands.count > 0 { prepared.operands.0 = operands[0] }
      if operands.count > 1 { prepared.operands.1 = operands[1] }
      if operands.count > 2 { prepared.operands.2 = operands[2] }
      if operands.count > 3 { prepared.operands.3 = operands[3] }
      prepared.result = UInt16(registers.location(of: inputCount + index))
      steps[index] = prepared
    }

    var prepared = ck_loop()
    prepared.rank = Int32(source.shape.rank)
    withUnsafeMutableBytes(of: &prepared.shape) { bytes in
      let sizes = bytes.bindMemory(to: Int.self)
      for (axis, size) in source.shape.sizes.enumerated() { sizes[axis] = size }
    }
    prepared.count = source.shape.count
    prepared.row = source.rowLength
    prepared.input_count = Int32(inputCount)
    prepared.output_count = Int32(outputCount)
    prepared.register_count = Int32(registers.count)
    prepared.step_count = Int32(source.steps.count)
    prepared.inputs = UnsafePointer(inputs)
    prepared.outputs = UnsafePointer(outputs)
    prepared.steps = UnsafePointer(steps)
    loop.initialize(to: prepared)
  }

  deinit {
    inputs.deallocate()
    outputs.deallocate()
    steps.deallocate()
    loop.deallocate()
  }

  func run(_ arguments: KernelArguments) {
    // The C side takes pointers it writes through only for outputs.
    UnsafeRawPointer(arguments.base).withMemoryRebound(
      to: UnsafeMutableRawPointer?.self, capacity: 1
    ) { ck_run_loop(loop, $0) }
  }

  /// A step without its operands.
  private static func step(_ step: ElementLoop.Step, rowLength: Int) -> ck_step {
    var prepared = ck_step()
    prepared.kind = step.isPerRow ? CK_STEP_ROWS : CK_STEP_ELEMENTS
    prepared.cost = step.isPerRow ? 0 : 1
    switch step.operation {
    case .element(let code, let type):
      prepared.kernel = ck_op_kernel(ck_op(code), type.ckType)
      if !step.isPerRow { prepared.cost = UInt16(ck_op_cost(ck_op(code))) }
    case .cast(let from, let to): prepared.kernel = ck_cast_kernel(from.ckType, to.ckType)
    case .randomBits:
      prepared.kernel = ck_random_bits_u32
      prepared.cost = 10
    case .reduce(let code, let type):
      prepared.kind = CK_STEP_REDUCE
      prepared.cost = 2
      prepared.reduction = Int32(code)
      prepared.type = type.ckType
    case .sumOfProducts(let type):
      prepared.kind = CK_STEP_REDUCE_PRODUCTS
      prepared.cost = 2
      prepared.row_kernel = ck_sum_of_products_kernel(type.ckType, rowLength)
    case .spread(let type):
      prepared.kind = CK_STEP_SPREAD
      prepared.cost = 1
      prepared.type = type.ckType
    case .pair(let first, let second, let fromRight, let type):
      prepared.kernel = ck_pair_kernel(ck_op(first), ck_op(second), fromRight, type.ckType)
      if !step.isPerRow { prepared.cost = 2 }
    case .choice(let comparison, let compared, let chosen):
      prepared.kernel = ck_choice_kernel(ck_op(comparison), compared.ckType, chosen.ckType)
    case .rowOperand(let code, let rowFirst, let type):
      prepared.kind = CK_STEP_ROW_OPERAND
      prepared.row_kernel = ck_row_operand_kernel(ck_op(code), rowFirst, type.ckType)
    }
    return prepared
  }

  private static func rowInput(_ type: TensorType) -> ck_loop_input {
    var input = ck_loop_input()
    input.type = type.elementType.ckType
    input.kind = CK_INPUT_ROWS
    return input
  }

  private static func view(_ view: ElementLoop.View, of type: ElementType) -> ck_loop_input {
    var input = ck_loop_input()
    input.type = type.ckType
    input.kind = CK_INPUT_STRIDED
    input.offset = view.offset
    copy(view.strides, to: &input.strides)
    return input
  }

  /// Fills the C form of strides, a tuple.
  private static func copy<Tuple>(_ strides: [Int], to tuple: inout Tuple) {
    withUnsafeMutableBytes(of: &tuple) { bytes in
      let target = bytes.bindMemory(to: Int64.self)
      for (axis, stride) in strides.enumerated() { target[axis] = Int64(stride) }
    }
  }

  private static func input(_ type: TensorType, over shape: Shape, isKey: Bool) -> ck_loop_input {
    var input = ck_loop_input()
    input.type = type.elementType.ckType
    if isKey {
      input.kind = CK_INPUT_RAW
    } else if type.shape == shape {
      input.kind = CK_INPUT_DENSE
    } else if type.shape.count == 1 {
      input.kind = CK_INPUT_SCALAR
    } else {
      input.kind = CK_INPUT_STRIDED
      let own = type.shape.strides
      let missing = shape.rank - type.shape.rank
      withUnsafeMutableBytes(of: &input.strides) { bytes in
        let strides = bytes.bindMemory(to: Int64.self)
        for axis in 0 ..< shape.rank {
          let broadcasts = axis < missing || type.shape[axis - missing] == 1
          strides[axis] = broadcasts ? 0 : Int64(own[axis - missing])
        }
      }
    }
    return input
  }
}

/// Which values of a loop are outputs and which share the few block-sized registers.
private struct RegisterAssignment {
  private var locations: [Int]
  private(set) var count = 0

  init(_ loop: ElementLoop) {
    let inputCount = loop.inputs.count
    let valueCount = inputCount + loop.steps.count
    locations = [Int](0 ..< valueCount)
    var lastUse = [Int](repeating: -1, count: valueCount)
    for (index, step) in loop.steps.enumerated() {
      for operand in step.operands { lastUse[operand] = index }
    }
    for (output, step) in loop.outputs.enumerated() {
      locations[inputCount + step] = inputCount + output
    }
    let isOutput = Set(loop.outputs)
    let firstRegister = inputCount + loop.outputs.count
    var free: [Int] = []
    // Block kernels may write over an operand of the same element size, but not over one of
    // another: a wider element would run over operands that are still to be read. Free registers
    // are taken in a fixed order, so that a program always runs the same way.
    for (index, step) in loop.steps.enumerated() {
      var ending: [Int] = []
      for operand in step.operands
      where operand >= inputCount && lastUse[operand] == index
        && !isOutput.contains(operand - inputCount) && !ending.contains(operand)
      {
        ending.append(operand)
      }
      let overwritten = ending.filter {
        let operand = loop.steps[$0 - inputCount]
        return operand.resultType.byteCount == step.resultType.byteCount
          && operand.isPerRow == step.isPerRow
      }
      free += overwritten.map { locations[$0] - firstRegister }
      if !isOutput.contains(index) {
        let register = free.popLast() ?? count
        count = Swift.max(count, register + 1)
        locations[inputCount + index] = firstRegister + register
      }
      free += ending.filter { !overwritten.contains($0) }.map { locations[$0] - firstRegister }
    }
  }

  func location(of value: Int) -> Int { locations[value] }
}
