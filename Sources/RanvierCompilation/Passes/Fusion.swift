package import RanvierTensors

/// Joins element-wise operations over one iteration space, and reductions of its rows, into regions
/// that run as one loop over their data.
package enum Fusion {
  /// Limits of the element loops in C.
  private static let mostBuffers = 64
  private static let mostRegisters = 32
  private static let mostSteps = 256
  private static let mostWorkspace = 512 * 1024

  package static func run(_ graph: Graph) -> Graph {
    var limits = FusionRegions.Limits()
    while true {
      let regions = FusionRegions(graph, limits: limits)
      let concatenations = Joins.concatenations(graph, regions)
      let loops = regions.regions.indices.map { index in
        let region = regions.regions[index]
        return region.members.count < 2
          ? nil
          : loop(
            graph, region, joins: Joins(graph, regions, index, concatenations[index] ?? [])
          ) { regions.isRead($0, outside: index) }
      }
      if loops.allSatisfy({ $0.map(fits) ?? true }) {
        // Parts that loops read where they lie may have no other readers.
        return rewrite(graph, regions, loops).withoutDeadNodes()
      }
      // Rare; smaller regions need fewer registers, and shorter rows less room for each.
      limits.members /= 2
      limits.row /= 2
      limits.columns /= 2
    }
  }

  /// Whether a primitive may become part of a loop.
  static func mayTake(_ primitive: any Primitive) -> Bool {
    primitive is any ElementwisePrimitive || primitive is any ReductionPrimitive
      || primitive is Reshape || primitive is Concatenate || primitive is RandomBits
  }

  /// Whether a loop's working memory stays within what its kernel has.
  private static func fits(_ fused: FusedLoop) -> Bool {
    let loop = fused.loop
    let registers = loop.registerCount
    guard registers <= mostRegisters, loop.steps.count <= mostSteps,
      loop.inputs.count + loop.outputs.count <= mostBuffers
    else { return false }
    let expanded = loop.inputs.indices.filter {
      !loop.rowInputs.contains($0)
        && (loop.views[$0] != nil || loop.inputs[$0].shape != loop.shape)
    }
    let slots = 2 * expanded.count + loop.outputViews.count
    let block = max(loop.rowLength, loop.columns?.count ?? 0)
    return (registers + slots) * block * 8 <= mostWorkspace
  }

  private static func rewrite(_ graph: Graph, _ regions: FusionRegions, _ loops: [FusedLoop?])
    -> Graph
  {
    if loops.allSatisfy({ $0 == nil }) { return graph }
    return GraphRewriter.rewrite(graph) { rewriter, index, node, operands in
      let types = graph.resultTypes(of: node)
      // What joins a region's results was written with them.
      if node.primitive is Concatenate, rewriter.newID(node.firstResult) >= 0 {
        return [rewriter.newID(node.firstResult)]
      }
      guard let region = regions.region[index], let loop = loops[region] else {
        return rewriter.append(node.primitive, operands, types: types, like: node)
      }
      // Members before the last are computed with it; nothing reads them earlier.
      guard index == regions.regions[region].members.last else { return types.map { _ in -1 } }
      let results = rewriter.append(
        FusedElements(loop: loop.loop, members: loop.members, written: loop.written),
        loop.inputs.indices.map { input in
          loop.constants[input].map { rewriter.constant($0) } ?? rewriter.newID(loop.inputs[input])
        },
        types: loop.types, like: node)
      for (value, result) in zip(loop.values, results) { rewriter.map(value, to: result) }
      return [rewriter.newID(node.firstResult)]
    }
  }

  /// A region as a loop.
  private struct FusedLoop {
    var loop: ElementLoop
    /// The values that the loop reads.
    var inputs: [Graph.ValueID]
    /// What takes the place of some inputs: single numbers of 16 bits, widened here once and for all.
    var constants: [Int: Tensor]
    var members: [FusedElements.Member]
    /// What is written, and the values and types in the graph.
    var written: [FusedElements.Written]
    var values: [Graph.ValueID]
    var types: [TensorType]
  }

  /// How a loop reads a value: some are read in two ways, as inputs of their own.
  private struct Reading: Hashable {
    var value: Graph.ValueID
    /// Handed to the step as it is, not element by element.
    var isKey = false
    /// One element for each row.
    var isPerRow = false
  }

  /// - Parameter isRead: Whether a member's value is read outside the region.
  private static func loop(
    _ graph: Graph, _ region: FusionRegions.Region, joins: Joins,
    isRead: (Graph.ValueID) -> Bool
  ) -> FusedLoop {
    var readings: [Reading] = []
    var positions: [Reading: Int] = [:]
    var views: [Int: ElementLoop.View] = [:]
    var memberOf: [Graph.ValueID: Int] = [:]
    for (member, index) in region.members.enumerated() {
      memberOf[graph.nodes[index].firstResult] = member
    }
    func type(_ value: Graph.ValueID) -> TensorType { graph.types[Int(value)] }
    func reading(_ index: Int, _ operand: Graph.ValueID) -> Reading {
      let node = graph.nodes[index]
      if node.primitive is RandomBits { return Reading(value: operand, isKey: true) }
      let isRow =
        region.perRow.contains(index) && !(node.primitive is any ReductionPrimitive)
        && (node.primitive is Reshape || type(operand).shape == type(node.firstResult).shape)
      return Reading(value: operand, isPerRow: isRow)
    }
    // All inputs have their numbers before the first step.
    for index in region.members {
      for operand in graph.nodes[index].operands where memberOf[operand] == nil {
        let reading = reading(index, operand)
        guard positions[reading] == nil else { continue }
        positions[reading] = readings.count
        if !reading.isKey, !reading.isPerRow, let view = partView(graph, operand, region.space) {
          views[readings.count] = view
        }
        readings.append(reading)
      }
    }

    var constants: [Int: Tensor] = [:]
    let inputs = readings.indices.map { input -> TensorType in
      let own = type(readings[input].value)
      guard own.elementType.isNarrowFloat, own.shape.count == 1,
        let tensor = graph.constant(readings[input].value), tensor.isConcrete
      else { return own }
      constants[input] = tensor.cast(to: .float32)
      return TensorType(.float32, own.shape)
    }
    var steps = LoopSteps(
      inputs: zip(inputs, readings).map { ($0.elementType, isPerRow: $1.isPerRow) })
    /// The values of the members' results in the loop.
    var places: [LoopSteps.Value] = []
    var members: [FusedElements.Member] = []
    for index in region.members {
      let node = graph.nodes[index]
      let isPerRow = region.perRow.contains(index)
      let readsRows = isPerRow && !(node.primitive is any ReductionPrimitive)
      let operands = node.operands.map { operand -> LoopSteps.Value in
        guard let member = memberOf[operand] else {
          return steps.inputs[positions[reading(index, operand)] ?? 0]
        }
        return readsRows ? places[member] : steps.spread(places[member])
      }
      members.append(
        .init(
          primitive: node.primitive,
          operands: node.operands.map { operand in
            memberOf[operand].map { readings.count + $0 } ?? positions[reading(index, operand)] ?? 0
          }, type: type(node.firstResult)))
      if let columns = region.columns, region.sums.contains(index) {
        places.append(
          steps.sumColumns(operands[0], sums: type(node.firstResult).shape.count / columns.count))
        continue
      }
      places.append(
        steps.append(
          node.primitive, operands, node.operands.map(type), result: type(node.firstResult),
          isPerRow: isPerRow))
    }

    /// What is read: of a part, the whole.
    let values = readings.indices.map { position in
      views[position] == nil
        ? readings[position].value : graph.node(of: readings[position].value)?.operands[0] ?? 0
    }
    let own = region.members.indices.filter { member in
      let value = graph.nodes[region.members[member]].firstResult
      return isRead(value) && !joins.parts.contains(value)
    }
    let parts = joins.nodes.map { graph.nodes[$0].operands.compactMap { memberOf[$0] } }
    let outputs = steps.outputs((own + parts.joined()).map { places[$0] })
    var outputViews: [Int: ElementLoop.View] = [:]
    var outputBuffers = Array(own.indices)
    for (index, join) in joins.nodes.enumerated() {
      for view in Joins.views(graph, join) {
        outputViews[outputBuffers.count] = view
        outputBuffers.append(own.count + index)
      }
    }
    let loop = ElementLoop(
      shape: region.space, rowLength: region.perRow.isEmpty ? 0 : region.rowLength,
      columns: region.columns,
      inputs: values.indices.map { constants[$0] == nil ? type(values[$0]) : inputs[$0] },
      rowInputs: Set(readings.indices.filter { readings[$0].isPerRow }), views: views,
      steps: steps.steps, outputs: outputs, outputViews: outputViews, outputBuffers: outputBuffers
    ).joiningSumsOfProducts()
    let writtenValues =
      own.map { graph.nodes[region.members[$0]].firstResult }
      + joins.nodes.map { graph.nodes[$0].firstResult }
    let joined = zip(joins.nodes, parts).map { node, parts -> FusedElements.Written in
      let axis = (graph.nodes[node].primitive as? Concatenate)?.axis ?? 0
      return .joined(parts, axis: axis, type(graph.nodes[node].firstResult))
    }
    return FusedLoop(
      loop: loop, inputs: values, constants: constants, members: members,
      written: own.map { .member($0) } + joined, values: writtenValues,
      types: writtenValues.map(type))
  }

  /// How a loop reads a value that is a part of another tensor, if it can read it where it lies.
  private static func partView(
    _ graph: Graph, _ value: Graph.ValueID, _ space: Shape
  ) -> ElementLoop.View? {
    guard let node = graph.node(of: value), let slice = node.primitive as? Slice,
      graph.types[Int(value)].shape == space, let length = space.sizes.last,
      length >= shortestRun, slice.strides.last == 1
    else { return nil }
    let whole = graph.types[Int(node.operands[0])].shape.strides
    return ElementLoop.View(
      offset: zip(slice.starts, whole).reduce(0) { $0 + $1.0 * $1.1 },
      strides: zip(slice.strides, whole).map(*))
  }

  /// Shorter rows of a part are slower to read or write one by one than to copy them.
  fileprivate static let shortestRun = 16
}

/// Concatenations of a region's results that nothing else reads: the region writes the parts to their
/// places.
private struct Joins {
  /// The concatenations.
  private(set) var nodes: [Int] = []
  /// The values that are parts of them.
  private(set) var parts: Set<Graph.ValueID> = []

  /// The concatenations whose first part each region makes.
  static func concatenations(_ graph: Graph, _ regions: FusionRegions) -> [Int: [Int]] {
    var result: [Int: [Int]] = [:]
    for (index, node) in graph.nodes.enumerated() where node.primitive is Concatenate {
      if case .node(let source, _) = graph.sources[Int(node.operands[0])],
        let region = regions.region[Int(source)]
      {
        result[region, default: []].append(index)
      }
    }
    return result
  }

  init(_ graph: Graph, _ regions: FusionRegions, _ index: Int, _ concatenations: [Int]) {
    let region = regions.regions[index]
    for position in concatenations where position > region.members.last ?? 0 {
      let node = graph.nodes[position]
      guard let join = node.primitive as? Concatenate,
        region.space.sizes[join.axis...].reduce(1, *) >= Fusion.shortestRun,
        Set(node.operands).count == node.operands.count,
        node.operands.allSatisfy({ operand in
          guard case .node(let source, 0) = graph.sources[Int(operand)],
            regions.region[Int(source)] == index, !region.perRow.contains(Int(source))
          else { return false }
          return graph.types[Int(operand)].shape == region.space
            && !parts.contains(operand) && regions.isRead(operand, onlyBy: position, and: index)
        })
      else { continue }
      nodes.append(position)
      parts.formUnion(node.operands)
    }
  }

  /// Where the parts of a concatenation lie in its result.
  static func views(_ graph: Graph, _ index: Int) -> [ElementLoop.View] {
    let node = graph.nodes[index]
    guard let join = node.primitive as? Concatenate else { return [] }
    let strides = graph.types[Int(node.firstResult)].shape.strides
    var start = 0
    return node.operands.map { operand in
      defer { start += graph.types[Int(operand)].shape[join.axis] }
      return ElementLoop.View(offset: start * strides[join.axis], strides: strides)
    }
  }
}
