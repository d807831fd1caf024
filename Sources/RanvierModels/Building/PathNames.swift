internal import RanvierTensors

/// Gives layers their paths: the names that users chose, and numbered operations where there is
/// none.
struct PathNames {
  private(set) var paths: [String] = []
  /// Mistakes with the positions of the layers that have them.
  private(set) var problems: [(position: Int, problem: BuildError.Problem)] = []

  /// The prefix of each node, with a slash at its end unless empty.
  private var prefixes: [String] = []
  private var blockNames: [Int: String] = [:]
  private var unnamedBlocks = 0
  /// The ids of each block's applications, in order.
  private var applications: [Int: [Int]] = [:]
  private var blockPaths: [String: BlockApplication] = [:]
  private var checkedScopes: Set<String> = []
  /// The ids of the blocks without names of their own, by their paths without numbers, in order.
  private var numberedScopes: [String: [Int]] = [:]

  /// Names the nodes of a model, which are numbered from 0.
  init(_ nodes: [ModelNode]) {
    for node in nodes { prefixes.append(prefix(of: node)) }
    let taken = takenPaths(nodes)
    var counters: [String: Int] = [:]
    for (node, prefix) in zip(nodes, prefixes) {
      if let name = node.name {
        paths.append(prefix + name)
        continue
      }
      let operation = prefix + node.layer.operation
      var number = counters[operation, default: 0]
      while taken.contains("\(operation)_\(number)") { number += 1 }
      counters[operation] = number + 1
      paths.append("\(operation)_\(number)")
    }
  }

  /// Checks the names that users gave, and returns their paths.
  private mutating func takenPaths(_ nodes: [ModelNode]) -> Set<String> {
    var owners: [String: ModelNode] = [:]
    for (node, prefix) in zip(nodes, prefixes) {
      guard let name = node.name else { continue }
      let path = prefix + name
      // Further applications of a shared layer have the names of the first.
      guard node.origin == node.id else { continue }
      check(name, node, path)
      if let earlier = owners[path] {
        report(
          node, path, "a name of its own",
          "the name of the \(earlier.layer.operation) layer at \(earlier.location)",
          "rename one of them; to share parameters, use a SharedBlock")
      } else {
        owners[path] = node
      }
    }
    return Set(owners.keys)
  }

  private mutating func prefix(of node: ModelNode) -> String {
    var prefix = ""
    for part in node.scope {
      switch part {
      case .name(let name):
        if checkedScopes.insert(prefix + name).inserted { check(name, node, prefix + name) }
        prefix += name
      case .numbered(let operation, let id):
        var known = numberedScopes[prefix + operation, default: []]
        if !known.contains(id) { known.append(id) }
        numberedScopes[prefix + operation] = known
        prefix += "\(operation)_\(known.firstIndex(of: id) ?? 0)"
      case .application(let application):
        prefix += self.name(of: application, node, prefix)
      }
      prefix += "/"
    }
    return prefix
  }

  /// The block's name, from the second application on with its number: `tower`, `tower#2`.
  private mutating func name(
    of application: BlockApplication, _ node: ModelNode, _ prefix: String
  ) -> String {
    let block = application.block
    if blockNames[block] == nil {
      let name = application.name ?? "shared_\(unnamedBlocks)"
      if application.name == nil { unnamedBlocks += 1 }
      blockNames[block] = name
      check(name, node, prefix + name)
    }
    let name = blockNames[block] ?? ""
    if let other = blockPaths[prefix + name], other.block != block {
      report(
        node, prefix + name, "a name of its own for each shared block",
        "the name of the block that is applied at \(other.location)",
        "rename one; to share parameters, apply one block twice")
      return name
    }
    blockPaths[prefix + name] = application
    var known = applications[block, default: []]
    if !known.contains(application.id) { known.append(application.id) }
    applications[block] = known
    let number = known.firstIndex(of: application.id) ?? 0
    return number == 0 ? name : "\(name)#\(number + 1)"
  }

  private mutating func check(_ name: String, _ node: ModelNode, _ path: String) {
    guard node.origin == node.id,
      name.isEmpty || name.contains(where: { $0 == "/" || $0.isNewline })
    else { return }
    report(
      node, path, "a name that is not empty and has no `/` or line break", "\"\(name)\"",
      "use scope(_:_:) for nested names")
  }

  private mutating func report(
    _ node: ModelNode, _ path: String, _ rule: String, _ got: String, _ hint: String
  ) {
    let problem = node.problem(path, rule: rule, got: got, hint: hint)
    if !problems.contains(where: { $0.problem == problem }) { problems.append((node.id, problem)) }
  }
}

extension ModelNode {
  /// The places where the shared blocks that the node lies in were applied, outermost first.
  var applications: [CodeLocation] {
    scope.compactMap { part in
      if case .application(let application) = part { application.location } else { nil }
    }
  }

  func problem(
    _ path: String, rule: String, got: String, hint: String
  ) -> BuildError.Problem {
    BuildError.Problem(
      path: path, operation: layer.operation, location: location, appliedAt: applications,
      rule: rule, got: got, hint: hint)
  }
}
