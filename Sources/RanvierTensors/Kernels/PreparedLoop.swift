internal import CKernels

/// The C form of an element loop.
///
/// Immutable once built.
final class PreparedLoop: Sendable {
  // The memory is written in the initializer only.
  private nonisolated(unsafe) let inputs: UnsafeMutablePointer<ck_loop_input>
  private nonisolated(unsafe) let outputs: UnsafeMutablePointer<ck_loop_output>
  private nonisolated(unsafe) let steps: UnsafeMutablePointer<ck_step>
  private nonisolated(unsafe) let chains: UnsafeMutablePointer<ck_chain>
  private nonisolated(unsafe) let links: UnsafeMutablePointer<ck_link>
  private nonisolated(unsafe) let loop: UnsafeMutablePointer<ck_loop>

  init(_ source: ElementLoop, _ plan: StepChains) {
    let inputCount = source.inputs.count
    let outputCount = source.outputs.count
    inputs = .allocate(capacity: max(1, inputCount))
    outputs = .allocate(capacity: max(1, outputCount))
    steps = .allocate(capacity: max(1, plan.parts.count))
    let linkCount = plan.parts.reduce(0) { $0 + ($1.chain?.links.count ?? 0) }
    chains = .allocate(capacity: max(1, plan.parts.count))
    links = .allocate(capacity: max(1, linkCount))
    loop = .allocate(capacity: 1)

    // What no step reads as elements needs no block of them.
    let whole = source.keys.union(plan.elementConstants(source))
    for (index, type) in source.inputs.enumerated() {
      inputs[index] =
        source.rowInputs.contains(index)
        ? PreparedLoop.rowInput(type)
        : source.views[index].map { PreparedLoop.view($0, of: type.elementType) }
          ?? PreparedLoop.input(type, over: source.shape, isRaw: whole.contains(index))
    }
    for (index, step) in source.outputs.enumerated() {
      var output = ck_loop_output()
      output.type = source.steps[step].resultType.ckType
      output.per_row = source.steps[step].isPerRow
      output.buffer = UInt16(source.buffer(of: index))
      output.sums = source.steps[step].sumCount ?? 0
      if let view = source.outputViews[index] {
        output.is_part = true
        output.offset = view.offset
        PreparedLoop.copy(view.strides, to: &output.strides)
      }
      outputs[index] = output
    }
    let registers = RegisterAssignment(source, plan)
    var firstLink = links
    for (index, part) in plan.parts.enumerated() {
      switch part {
      case .step(let step):
        steps[index] = PreparedLoop.step(source, step, registers)
      case .chain(let chain):
        for (position, link) in chain.links.enumerated() {
          firstLink[position] = PreparedLoop.link(link, registers)
        }
        chains[index] = ck_chain(
          lanes: chain.lanes.ckType, link_count: Int32(chain.links.count),
          slot_count: Int32(chain.slotCount), links: UnsafePointer(firstLink))
        firstLink += chain.links.count
        var prepared = ck_step()
        prepared.kind = CK_STEP_CHAIN
        prepared.chain = UnsafePointer(chains + index)
        prepared.cost = UInt16(chain.cost)
        steps[index] = prepared
      }
    }

    var prepared = ck_loop()
    prepared.rank = Int32(source.shape.rank)
    withUnsafeMutableBytes(of: &prepared.shape) { bytes in
      let sizes = bytes.bindMemory(to: Int.self)
      for (axis, size) in source.shape.sizes.enumerated() { sizes[axis] = size }
    }
    prepared.count = source.shape.count
    prepared.row = source.rowLength
    if let columns = source.columns {
      prepared.columns = columns.count
      prepared.column_rows = columns.rows
      let lastBuffer = source.outputs.indices.map { source.buffer(of: $0) }.max() ?? 0
      prepared.scratch = Int32(inputCount + lastBuffer + 1)
    }
    prepared.input_count = Int32(inputCount)
    prepared.output_count = Int32(outputCount)
    prepared.register_count = Int32(registers.count)
    prepared.step_count = Int32(plan.parts.count)
    prepared.inputs = UnsafePointer(inputs)
    prepared.outputs = UnsafePointer(outputs)
    prepared.steps = UnsafePointer(steps)
    loop.initialize(to: prepared)
  }

  deinit {
    inputs.deallocate()
    outputs.deallocate()
    steps.deallocate()
    chains.deallocate()
    links.deallocate()
    loop.deallocate()
  }

  /// The memory that a run needs besides its inputs and outputs.
  var scratchBytes: Int { ck_loop_scratch(loop) }

  func run(_ arguments: KernelArguments) {
    // The C side takes pointers it writes through only for outputs.
    UnsafeRawPointer(arguments.base).withMemoryRebound(
      to: UnsafeMutableRawPointer?.self, capacity: 1
    ) { ck_run_loop(loop, $0) }
  }

  private static func step(
    _ source: ElementLoop, _ index: Int, _ registers: RegisterAssignment
  ) -> ck_step {
    let step = source.steps[index]
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
      prepared.row_kernel = ck_sum_of_products_kernel(type.ckType, source.rowLength)
    case .sumColumns(let type, _):
      prepared.kind = CK_STEP_COLUMNS
      prepared.type = type.ckType
    case .spread(let type):
      prepared.kind = CK_STEP_SPREAD
      prepared.cost = 1
      prepared.type = type.ckType
    }
    prepared.operand_count = UInt16(step.operands.count)
    withUnsafeMutableBytes(of: &prepared.operands) { bytes in
      let operands = bytes.bindMemory(to: UInt16.self)
      for (position, operand) in step.operands.enumerated() {
        operands[position] = UInt16(registers.location(of: operand))
      }
    }
    prepared.result = UInt16(registers.location(of: source.inputs.count + index))
    return prepared
  }

  private static func link(_ link: Chain.Link, _ registers: RegisterAssignment) -> ck_link {
    var prepared = ck_link()
    prepared.operation = UInt16(link.operation)
    let operands = link.operands.map { operand -> (kind: ck_link_kind, number: Int) in
      switch operand {
      case .value(let value): (CK_LINK_VALUE, registers.location(of: value))
      case .constant(let value): (CK_LINK_CONSTANT, registers.location(of: value))
      case .row(let value): (CK_LINK_ROW, registers.location(of: value))
      case .slot(let slot): (CK_LINK_SLOT, slot)
      }
    }
    if let first = operands.first {
      prepared.operands.0 = UInt16(first.number)
      prepared.kinds.0 = UInt8(first.kind.rawValue)
    }
    if operands.count > 1 {
      prepared.operands.1 = UInt16(operands[1].number)
      prepared.kinds.1 = UInt8(operands[1].kind.rawValue)
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

  private static func input(_ type: TensorType, over shape: Shape, isRaw: Bool) -> ck_loop_input {
    var input = ck_loop_input()
    input.type = type.elementType.ckType
    if isRaw {
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
