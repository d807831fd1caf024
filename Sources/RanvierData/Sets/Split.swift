public import RanvierTensors

extension Dataset {
  /// Two parts that together have every row once, chosen and ordered by a key.
  ///
  /// - Parameters:
  ///   - fraction: The first part's share of the rows, rounded to nearest.
  ///   - isStratified: Whether each class has the same share in both parts, as near as whole rows
  ///     allow; targets must then be one class number a row.
  ///   - key: Draws which row goes where: the same key, the same parts.
  /// - Throws: ``OperationError`` if a part would be empty, or if targets are not class numbers.
  public func split(
    fraction: Double = 0.8, isStratified: Bool = false, key: RandomKey
  ) throws(OperationError) -> (first: Dataset, second: Dataset) {
    if isStratified { return try split(fraction: fraction, stratifiedBy: targets, key: key) }
    return try split(fraction: fraction, classes: [Int](repeating: 0, count: count), key: key)
  }

  /// Two parts that together have every row once, each with the same share of every class.
  ///
  /// The first part has `fraction * count` rows, rounded to nearest, and of each class either that
  /// share rounded down or one more.
  ///
  /// - Parameters:
  ///   - fraction: The first part's share of the rows.
  ///   - labels: One whole number a row: its class.
  ///   - key: Draws which row goes where: the same key, the same parts.
  /// - Throws: ``OperationError`` if a part would be empty, or if labels are not one whole number a
  ///   row.
  public func split(
    fraction: Double = 0.8, stratifiedBy labels: Tensor, key: RandomKey
  ) throws(OperationError) -> (first: Dataset, second: Dataset) {
    let labels = try labels.validated()
    let isClass = labels.elementType.isInteger || labels.elementType == .bool
    guard isClass, labels.isConcrete, labels.count == count else {
      throw OperationError(
        operation: "split(fraction:stratifiedBy:)",
        rule: "one whole number for each of \(count) rows",
        got: "labels \(labels.type)",
        hint: "of one-hot targets take argmax() first")
    }
    return try split(fraction: fraction, classes: labels.scalars(as: Int.self), key: key)
  }

  private func split(
    fraction: Double, classes: [Int], key: RandomKey
  ) throws(OperationError) -> (first: Dataset, second: Dataset) {
    let share = fraction * Double(count)
    guard (0 ... 1).contains(fraction), (1 ..< count).contains(Int(share.rounded())) else {
      throw OperationError(
        operation: "split(fraction:)", rule: "a fraction that leaves both parts at least one row",
        got: "\(fraction) of \(count) rows")
    }
    var open = quotas(fraction: fraction, classes: classes)
    var first: [Int] = []
    var second: [Int] = []
    for row in permutation(of: count, key: key) {
      if let places = open[classes[row]], places > 0 {
        open[classes[row]] = places - 1
        first.append(row)
      } else {
        second.append(row)
      }
    }
    return (try subset(first), try subset(second))
  }

  /// How many rows of each class go into the first part, by largest remainders.
  private func quotas(fraction: Double, classes: [Int]) -> [Int: Int] {
    var sizes: [Int: Int] = [:]
    for label in classes { sizes[label, default: 0] += 1 }
    var quotas: [Int: Int] = [:]
    var remainders: [(label: Int, rest: Double)] = []
    for (label, size) in sizes.sorted(by: { $0.key < $1.key }) {
      let share = fraction * Double(size)
      quotas[label] = Int(share)
      remainders.append((label, share - share.rounded(.down)))
    }
    let total = Int((fraction * Double(count)).rounded())
    let missing = total - quotas.values.reduce(0, +)
    // Ties go to the smaller label, so that the outcome does not depend on the order of a
    // dictionary.
    let order = remainders.sorted {
      $0.rest != $1.rest ? $0.rest > $1.rest : $0.label < $1.label
    }
    for (label, _) in order.prefix(missing) { quotas[label, default: 0] += 1 }
    return quotas
  }
}
