internal import RanvierTensors

/// Where a loop gets its batches from, by number.
///
/// A batch depends on its number and epoch alone, not on what was read before, so training that was
/// stopped in the middle of an epoch goes on with the very batch it would have had.
public protocol BatchSource: Sendable {
  /// The number of batches in an epoch.
  var batchCount: Int { get }

  /// One batch of an epoch.
  ///
  /// - Parameters:
  ///   - index: The number within the epoch, `0 ..< batchCount`.
  ///   - epoch: The number of the pass over the data, from 0.
  /// - Throws: If there is no such batch, or reading it failed.
  func batch(_ index: Int, epoch: Int) throws -> Batch
}

/// An array of batches is the same in every epoch.
extension Array: BatchSource where Element == Batch {
  public var batchCount: Int { count }

  public func batch(_ index: Int, epoch: Int) throws -> Batch {
    try checkBatchNumber(index, epoch: epoch, of: count)
    return self[index]
  }
}

/// Checks that there is a batch of a number.
func checkBatchNumber(_ index: Int, epoch: Int, of count: Int) throws(OperationError) {
  guard (0 ..< count).contains(index), epoch >= 0 else {
    throw OperationError(
      operation: "batch(_:epoch:)", rule: "a batch of 0 ..< \(count) and an epoch from 0",
      got: "batch \(index) of epoch \(epoch)")
  }
}
