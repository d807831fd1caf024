internal import RanvierTensors

/// Which nodes of a graph run together as one loop over their data.
///
/// Nodes are visited from the last to the first. A node joins the region of a consumer if all its
/// other consumers come after that region's last node; a region runs where its last node stands. So
/// every dependency between regions points from an earlier to a later last node, and joining can
/// never close a cycle.
struct FusionRegions {
  /// Nodes that run as one loop.
  struct Region {
    /// The nodes in order.
    var members: [Int]
    /// The shape that the loop runs over.
    var space: Shape
    /// How many of its last axes form a row; 0 for a region without rows.
    var rowAxes = 0
    /// The members that have one element for each row.
    var perRow: Set<Int> = []
    /// How members that sum leading axes see the space; nil without those.
    var columns: ElementLoop.Columns?
    /// The members that sum leading axes.
    var sums: Set<Int> = []
    /// What the members read and none of them makes.
    fileprivate var inputs: Set<Graph.ValueID>

    /// The number of elements of a row.
    var rowLength: Int { rowAxes == 0 ? 0 : space.sizes.suffix(rowAxes).reduce(1, *) }

    /// The sizes of the axes along which rows are counted.
    private var outer: ArraySlice<Int> { space.sizes.dropLast(rowAxes) }

    /// Takes in a sum over leading axes, unless it has other columns.
    fileprivate mutating func add(_ sum: ElementLoop.Columns, _ index: Int) -> Bool {
      guard columns == nil || columns?.count == sum.count else { return false }
      columns = .init(count: sum.count, rows: min(sum.rows, columns?.rows ?? sum.rows))
      sums.insert(index)
      return true
    }

    /// Whether a shape has one element for each row, in the order of the rows.
    func isRowShape(_ shape: Shape) -> Bool {
      rowAxes > 0 && shape.sizes.filter { $0 != 1 } == outer.filter { $0 != 1 }
    }

    /// Whether a value for each row means, by the rules of broadcasting, the same for the whole row.
    func spreads(_ shape: Shape) -> Bool {
      isRowShape(shape)
        && (shape.count == 1
          || shape.sizes == outer + [Int](repeating: 1, count: rowAxes))
    }
  }

  /// The region of each node that can be fused.
  private(set) var region: [Int?]
  private(set) var regions: [Region] = []
  private let graph: Graph
  private let consumers: [[Int32]]
  private let isOutput: Set<Graph.ValueID>
  private let limits: Limits

  /// How large regions may become.
  struct Limits {
    var members = 64
    /// Elements of a row; a thread keeps a few rows in its caches.
    var row = 16384
    /// Columns of sums over leading axes.
    var columns = 8192
    /// Elements at least that each of several such sums of a column is over.
    let segment = 4096
    let inputs = 32
    /// Elements of loops that take less time than starting another one.
    let small = 16384
    /// How many of the latest regions are looked at for one that reads the same.
    let siblings = 16
  }

  init(_ graph: Graph, limits: Limits) {
    self.graph = graph
    self.limits = limits
    consumers = graph.consumers
    isOutput = Set(graph.outputs)
    region = [Int?](repeating: nil, count: graph.nodes.count)
    for index in graph.nodes.indices.reversed() { visit(index) }
    for later in regions.indices {
      for earlier in regions.indices.dropFirst(later + 1).prefix(limits.siblings) {
        merge(earlier, into: later)
      }
    }
    for position in regions.indices { regions[position].members.reverse() }
  }

  /// Whether something outside a region reads a value.
  func isRead(_ value: Graph.ValueID, outside index: Int) -> Bool {
    isOutput.contains(value) || consumers[Int(value)].contains { region[Int($0)] != index }
  }

  /// Whether nothing but one node and the members of a region reads a value.
  func isRead(_ value: Graph.ValueID, onlyBy node: Int, and index: Int) -> Bool {
    !isOutput.contains(value)
      && consumers[Int(value)].allSatisfy { Int($0) == node || region[Int($0)] == index }
  }

  // MARK: - One node

  private mutating func visit(_ index: Int) {
    let node = graph.nodes[index]
    let users = consumers[Int(node.firstResult)].map { Int($0) }
    // The earliest region is the one whose last node every other consumer may follow.
    let candidates = Set(users.compactMap { region[$0] }).sorted {
      (regions[$0].members.first ?? 0) < (regions[$1].members.first ?? 0)
    }
    if let chosen = candidates.first, let joined = joined(regions[chosen], index, users: users) {
      let last = joined.members.first ?? 0
      if users.allSatisfy({ region[$0] == chosen || $0 > last }) {
        regions[chosen] = joined
        region[index] = chosen
        return
      }
    }
    guard let space = spaceOfItsOwn(index) else { return }
    if let sibling = sibling(of: index, space, users: users) {
      regions[sibling.index] = sibling.region
      region[index] = sibling.index
      return
    }
    region[index] = regions.count
    var new = Region(members: [index], space: space, inputs: Set(node.operands))
    if let axes = rowAxes(of: node) {
      new.rowAxes = axes
      new.perRow = [index]
    } else if let columns = columns(of: node) {
      _ = new.add(columns, index)
    }
    regions.append(new)
  }

  /// A region that does not read a node's result, but something that the node reads as well; or
  /// one that is too small to be worth a loop of its own.
  private func sibling(
    of index: Int, _ space: Shape, users: [Int]
  ) -> (index: Int, region: Region)? {
    let node = graph.nodes[index]
    let isSmall = space.count <= limits.small
    for candidate in regions.indices.suffix(limits.siblings).reversed() {
      let other = regions[candidate]
      guard other.space == space, let last = other.members.first,
        users.allSatisfy({ $0 > last }),
        isSmall || node.operands.contains(where: { other.inputs.contains($0) && isLarge($0) }),
        let joined = joined(other, index, users: users)
      else { continue }
      return (candidate, joined)
    }
    return nil
  }

  /// Makes two regions one that read the same, or of which one reads what the other makes.
  ///
  /// Nodes join regions one by one; what a region reads is known only when all its nodes have joined.
  private mutating func merge(_ earlier: Int, into later: Int) {
    let region = regions[earlier]
    guard region.space == regions[later].space, let last = regions[later].members.first,
      let own = region.members.first, own < last,
      region.inputs.contains(where: { regions[later].inputs.contains($0) && isLarge($0) })
        || region.members.contains(where: {
          regions[later].inputs.contains(graph.nodes[$0].firstResult)
        })
    else { return }
    var merged = regions[later]
    for index in region.members {
      let users = consumers[Int(graph.nodes[index].firstResult)].map { Int($0) }
      guard
        users.allSatisfy({
          $0 > last || self.region[$0] == later || self.region[$0] == earlier
        }), let next = joined(merged, index, users: users)
      else { return }
      merged = next
    }
    merged.members.sort(by: >)
    for index in region.members { self.region[index] = later }
    regions[later] = merged
    regions[earlier].members = []
  }

  /// Whether reading a value once instead of twice saves something.
  private func isLarge(_ value: Graph.ValueID) -> Bool { shape(value).count > 1 }

  /// The shape over which a node can run as a loop, if it can.
  private func spaceOfItsOwn(_ index: Int) -> Shape? {
    let node = graph.nodes[index]
    if node.primitive is any ElementwisePrimitive || isBits(node) { return shape(node.firstResult) }
    return rowAxes(of: node) == nil && columns(of: node) == nil ? nil : shape(node.operands[0])
  }

  /// A region with one node more; nil if the node does not fit.
  private func joined(_ region: Region, _ index: Int, users: [Int]) -> Region? {
    let node = graph.nodes[index]
    var joined = region
    joined.inputs.formUnion(node.operands)
    joined.inputs.remove(node.firstResult)
    guard region.members.count < limits.members, joined.inputs.count < limits.inputs else {
      return nil
    }
    guard let isPerRow = place(&joined, index) else { return nil }
    if let columns = joined.columns, joined.rowAxes > 0, columns.count % joined.rowLength != 0 {
      return nil
    }
    let inside = users.filter { region.members.contains($0) }
    // Sums over leading axes are there after the whole loop.
    guard !joined.sums.contains(index) || inside.isEmpty,
      inside.allSatisfy({
        canRead(joined, graph.nodes[$0], isPerRow: joined.perRow.contains($0), node, isPerRow)
      })
    else { return nil }
    // A reshaped value is the same memory, which is written only if it has a step of its own.
    if node.primitive is Reshape,
      inside.count < users.count || isOutput.contains(node.firstResult)
    {
      return nil
    }
    joined.members.append(index)
    if isPerRow { joined.perRow.insert(index) }
    return joined
  }

  /// Whether a node has a place in a region, and if so whether it has one element for each row.
  ///
  /// A region without rows gets them from the first node that needs them.
  private func place(_ region: inout Region, _ index: Int) -> Bool? {
    let node = graph.nodes[index]
    let result = shape(node.firstResult)
    if region.rowAxes == 0, result != region.space || !(node.primitive is any ElementwisePrimitive),
      let (operand, axes) = rowsAbove(node)
    {
      if operand == region.space {
        region.rowAxes = axes
      } else if result != region.space || !divide(&region, operand, axes) {
        return nil
      }
    }
    if node.primitive is Reshape {
      return region.isRowShape(result) && region.isRowShape(shape(node.operands[0])) ? true : nil
    }
    if let columns = columns(of: node) {
      return region.space == shape(node.operands[0]) && region.add(columns, index) ? false : nil
    }
    if let axes = rowAxes(of: node) {
      return region.rowAxes == axes && region.space == shape(node.operands[0]) ? true : nil
    }
    guard node.primitive is any ElementwisePrimitive || isBits(node) else { return nil }
    if result == region.space { return false }
    return region.isRowShape(result) && readsRows(node) ? true : nil
  }

  /// The rows of the reduction that a value for each row comes from, over a few steps.
  private func rowsAbove(_ node: Graph.Node, depth: Int = 6) -> (Shape, Int)? {
    if let axes = rowAxes(of: node) { return (shape(node.operands[0]), axes) }
    guard depth > 0, node.primitive is any ElementwisePrimitive || node.primitive is Reshape else {
      return nil
    }
    let count = shape(node.firstResult).count
    for operand in node.operands where shape(operand).count == count {
      if let source = graph.node(of: operand), let rows = rowsAbove(source, depth: depth - 1) {
        return rows
      }
    }
    return nil
  }

  /// Makes the elements that a region runs over the rows of a larger space.
  private func divide(_ region: inout Region, _ space: Shape, _ axes: Int) -> Bool {
    guard region.members.allSatisfy({ readsRows(graph.nodes[$0]) }) else { return false }
    region.perRow = Set(region.members)
    region.space = space
    region.rowAxes = axes
    return true
  }

  /// Whether an element-wise operation can run on one element for each row: nothing in it
  /// broadcasts but single elements.
  private func readsRows(_ node: Graph.Node) -> Bool {
    guard node.primitive is any ElementwisePrimitive else { return false }
    let result = shape(node.firstResult)
    return node.operands.allSatisfy { shape($0) == result || shape($0).count == 1 }
  }

  /// Whether a node of a region can read another's result there.
  private func canRead(
    _ region: Region, _ user: Graph.Node, isPerRow: Bool, _ source: Graph.Node,
    _ sourceIsPerRow: Bool
  ) -> Bool {
    let shape = shape(source.firstResult)
    if user.primitive is RandomBits { return false }
    if user.primitive is any ReductionPrimitive { return !sourceIsPerRow && shape == region.space }
    if user.primitive is Reshape { return sourceIsPerRow }
    if isPerRow { return sourceIsPerRow && shape == self.shape(user.firstResult) }
    return sourceIsPerRow ? region.spreads(shape) : shape == region.space
  }

  // MARK: - Facts about nodes

  private func shape(_ value: Graph.ValueID) -> Shape { graph.types[Int(value)].shape }

  /// Bits of several keys have no place in a loop, which reads one key.
  private func isBits(_ node: Graph.Node) -> Bool {
    node.primitive is RandomBits && shape(node.operands[0]).rank == 1
  }

  /// How a node sums axes before the last, if it does that in floating point and nothing else.
  private func columns(of node: Graph.Node) -> ElementLoop.Columns? {
    let operand = graph.types[Int(node.operands.first ?? 0)]
    let axes: [Int]
    if let sum = node.primitive as? Sum, [.float32, .float64].contains(operand.elementType) {
      axes = sum.axes
    } else if let sum = node.primitive as? WideSum {
      axes = sum.axes
    } else {
      return nil
    }
    let sizes = operand.shape.sizes
    let summed = axes.filter { sizes[$0] != 1 }
    guard let first = summed.first, let last = summed.last,
      (first ... last).allSatisfy({ sizes[$0] == 1 || axes.contains($0) })
    else { return nil }
    let rows = sizes[first ... last].reduce(1, *)
    let columns = sizes[(last + 1)...].reduce(1, *)
    guard rows > 0, columns > 1, columns <= limits.columns,
      first == 0 || sizes[..<first].allSatisfy({ $0 == 1 }) || rows * columns >= limits.segment
    else { return nil }
    return .init(count: columns, rows: rows)
  }

  /// How many last axes a node reduces to one element, if it does that and nothing else.
  private func rowAxes(of node: Graph.Node) -> Int? {
    guard let reduction = node.primitive as? any ReductionPrimitive else { return nil }
    let sizes = shape(node.operands[0]).sizes
    guard let first = reduction.axes.first(where: { sizes[$0] != 1 }) else { return nil }
    let length = sizes[first...].reduce(1, *)
    guard length > 1, length <= limits.row,
      (first ..< sizes.count).allSatisfy({ sizes[$0] == 1 || reduction.axes.contains($0) })
    else { return nil }
    return sizes.count - first
  }
}
