internal import RanvierTensors

extension Batch {
  /// Rows at positions that are known to exist, in that order.
  ///
  /// Copied by the calling thread alone, though tensors have a parallel `gathered(at:)`: batches
  /// are prepared beside a training step, whose threads a second team would hold up for longer than
  /// the copying takes.
  func takingRows(at positions: some Collection<Int>) -> Batch {
    mapTensors { $0.copyingRows(positions.count) { copy in for row in positions { copy(row, 1) } } }
  }

  /// A range of rows that is known to exist.
  func takingRows(_ range: Range<Int>) -> Batch {
    mapTensors { $0.copyingRows(range.count) { copy in copy(range.lowerBound, range.count) } }
  }
}

extension Tensor {
  /// A tensor of `count` rows that a closure copies one after the other by giving first rows and
  /// numbers of rows.
  ///
  /// - Precondition: The elements are known and the rank is at least 1, as ``Dataset`` has made
  ///   sure.
  fileprivate func copyingRows(
    _ count: Int, _ body: (_ copy: (_ first: Int, _ count: Int) -> Void) -> Void
  ) -> Tensor {
    var shape = shape
    let rowBytes = shape.sizes[1...].reduce(elementType.byteCount, *)
    shape[0] = count
    let resultType = TensorType(elementType, shape)
    let storage = Storage(byteCount: resultType.byteCount)
    withUnsafeBytes { source in
      guard let source = source.baseAddress else { return }
      var target = storage.address
      body { first, count in
        let bytes = count * rowBytes
        target.copyMemory(from: source + first * rowBytes, byteCount: bytes)
        target += bytes
      }
    }
    return Tensor(resultType, storage: storage)
  }
}
