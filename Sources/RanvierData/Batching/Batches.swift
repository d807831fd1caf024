internal import RanvierTensors
internal import Synchronization

/// A data set cut into batches, in a new order each epoch if it is shuffled.
public struct Batches: BatchSource {
  /// The data.
  public let dataset: Dataset
  /// The number of rows in a batch; the last one may have fewer.
  public let batchSize: Int
  /// The number of batches in an epoch.
  public let batchCount: Int
  private let key: RandomKey?
  private let epochOrder = EpochOrder()

  init(of dataset: Dataset, size: Int, key: RandomKey?, dropsLast: Bool) throws(OperationError) {
    let operation = "batches(of:)"
    guard size >= 1 else {
      throw OperationError(operation: operation, rule: "a size of at least 1", got: "\(size)")
    }
    // Written so that it does not overflow for any size.
    let whole = dataset.count / size
    let isRagged = dataset.count % size > 0
    guard whole > 0 || !dropsLast else {
      throw OperationError(
        operation: operation, rule: "at least as many rows as a batch when the last one is dropped",
        got: "\(dataset.count) rows for batches of \(size)",
        hint: "use smaller batches or keep the last one")
    }
    self.dataset = dataset
    batchSize = size
    batchCount = isRagged && !dropsLast ? whole + 1 : whole
    self.key = key
  }

  public func batch(_ index: Int, epoch: Int) throws -> Batch {
    try checkBatchNumber(index, epoch: epoch, of: batchCount)
    let start = index * batchSize
    let rows = start ..< start + min(batchSize, dataset.count - start)
    guard let key else { return dataset.rows.takingRows(rows) }
    let order = epochOrder.order(of: dataset.count, key: key, epoch: epoch)
    return dataset.rows.takingRows(at: order[rows])
  }
}

/// Remembers the order of the epoch that was read last, since its batches are usually read one
/// after the other.
private final class EpochOrder: Sendable {
  private let latest = Mutex<(epoch: Int, order: [Int])?>(nil)

  func order(of count: Int, key: RandomKey, epoch: Int) -> [Int] {
    if let known = latest.withLock({ $0 }), known.epoch == epoch { return known.order }
    // Outside of the lock: two threads may both compute the order, which is the same.
    let order = permutation(of: count, key: key.derived(UInt32(truncatingIfNeeded: epoch)))
    latest.withLock { $0 = (epoch, order) }
    return order
  }
}
