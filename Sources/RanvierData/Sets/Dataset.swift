public import RanvierTensors

/// Rows of data in memory: named inputs, targets, and weights if wanted.
///
/// The first axis of every tensor is the row. A data set has at least one row.
///
///     let digits = try Digits.load()
///     let (training, validation) = try digits.split(fraction: 0.8, isStratified: true, key: key)
///     let batches = try training.batches(of: 64, shuffledBy: key)
public struct Dataset: Sendable {
  /// All rows as one batch.
  public let rows: Batch

  /// What a model reads, under the names of its inputs.
  public var inputs: Parameters { rows.inputs }
  /// What a model should say.
  public var targets: Tensor { rows.targets }
  /// How much each row counts, `[rows]`; all the same without weights.
  public var weights: Tensor? { rows.weights }
  /// The number of rows.
  public var count: Int { rows.count }

  /// Creates a data set of named inputs.
  ///
  /// - Throws: ``OperationError`` if there is no input or no row, if a tensor is invalid or not
  ///   known yet, or if tensors differ in their numbers of rows.
  public init(inputs: Parameters, targets: Tensor, weights: Tensor? = nil) throws(OperationError) {
    try self.init(rows: Batch(inputs: inputs, targets: targets, weights: weights))
  }

  /// Creates a data set of a single input.
  ///
  /// - Throws: ``OperationError`` if there is no row, if a tensor is invalid or not known yet, or
  ///   if tensors differ in their numbers of rows.
  public init(inputs: Tensor, targets: Tensor, weights: Tensor? = nil) throws(OperationError) {
    try self.init(rows: Batch(inputs: inputs, targets: targets, weights: weights))
  }

  /// Creates a data set of the rows of a batch.
  ///
  /// - Throws: ``OperationError`` if there is no input or no row, if a tensor is invalid or not
  ///   known yet, or if tensors differ in their numbers of rows.
  public init(rows: Batch) throws(OperationError) {
    let count = rows.count
    var named = rows.inputs.map { (name: "input `\($0.0)`", tensor: $0.1) }
    guard !named.isEmpty else { throw Dataset.error("at least one input", "none") }
    named.append(("targets", rows.targets))
    if let weights = rows.weights {
      named.append(("weights", weights))
      guard weights.rank == 1 else {
        throw Dataset.error("weights of shape [rows]", "\(weights.shape)")
      }
    }
    for (name, tensor) in named {
      let tensor = try tensor.validated()
      guard tensor.isConcrete else {
        throw Dataset.error("known elements", "\(name) from a function being compiled")
      }
      guard tensor.rank > 0 else {
        throw Dataset.error("rows along the first axis", "a scalar as \(name)")
      }
    }
    guard named.allSatisfy({ $0.tensor.shape[0] == count }) else {
      let counts = named.map { "\($0.tensor.shape[0]) in \($0.name)" }
      throw Dataset.error("equally many rows in all tensors", counts.joined(separator: ", "))
    }
    guard count > 0 else { throw Dataset.error("at least one row", "none") }
    self.rows = rows
  }

  private static func error(_ rule: String, _ got: String) -> OperationError {
    OperationError(operation: "Dataset", rule: rule, got: got)
  }
}

extension Dataset {
  /// Some of the rows, in the order of their numbers; a number may occur several times.
  ///
  /// - Throws: ``OperationError`` if there is no number, or if one is not in `0 ..< count`.
  public func subset(_ indices: [Int]) throws(OperationError) -> Dataset {
    if let wrong = indices.first(where: { !(0 ..< count).contains($0) }) {
      throw OperationError(
        operation: "subset(_:)", rule: "row numbers in 0 ..< \(count)", got: "\(wrong)")
    }
    return try Dataset(rows: rows.takingRows(at: indices))
  }

  /// The same rows in an order drawn from a key.
  public func shuffled(key: RandomKey) throws(OperationError) -> Dataset {
    try subset(permutation(of: count, key: key))
  }

  /// The rows in batches.
  ///
  /// - Parameters:
  ///   - size: The number of rows in a batch.
  ///   - key: Draws a new order for each epoch; without one, rows stay in order.
  ///   - dropsLast: Whether rows that do not fill a batch are left out; else the last batch is
  ///     smaller.
  /// - Throws: ``OperationError`` if the size is not positive, or if there would be no batch.
  public func batches(
    of size: Int, shuffledBy key: RandomKey? = nil, dropsLast: Bool = false
  ) throws(OperationError) -> Batches {
    try Batches(of: self, size: size, key: key, dropsLast: dropsLast)
  }
}
