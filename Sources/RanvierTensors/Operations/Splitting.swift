extension Tensor {
  /// Parts of given sizes, one after the other along an axis.
  ///
  /// The sizes must sum to the axis's; otherwise there are as many invalid tensors.
  public func split(sizes: [Int], alongAxis axis: Int = 0) -> [Tensor] {
    let operation = "split(sizes:alongAxis:)"
    do throws(OperationError) {
      let axis = try normalizedAxes([axis], operation: operation)[0]
      var start = 0
      let ranges = sizes.compactMap { size -> Range<Int>? in
        guard size >= 0, size <= shape[axis] - start else { return nil }
        defer { start += size }
        return start ..< start + size
      }
      guard ranges.count == sizes.count, start == shape[axis] else {
        throw OperationError(
          operation: operation, rule: "sizes whose sum is \(shape[axis])",
          got: "\(sizes) for axis \(axis) of shape \(shape)")
      }
      return ranges.map { sliced($0, alongAxis: axis) }
    } catch {
      return sizes.map { _ in Tensor(invalid: error) }
    }
  }

  /// Parts of equal sizes, one after the other along an axis.
  ///
  /// The number of parts must divide the axis's size; otherwise there are as many invalid tensors.
  public func split(into count: Int, alongAxis axis: Int = 0) -> [Tensor] {
    let operation = "split(into:alongAxis:)"
    do throws(OperationError) {
      let axis = try normalizedAxes([axis], operation: operation)[0]
      guard count > 0, shape[axis] % count == 0 else {
        throw OperationError(
          operation: operation, rule: "a number of parts that divides the size of the axis",
          got: "\(count) parts of axis \(axis) of shape \(shape)",
          hint: "split(sizes:alongAxis:) makes parts of different sizes")
      }
      let size = shape[axis] / count
      return (0 ..< count).map { sliced($0 * size ..< ($0 + 1) * size, alongAxis: axis) }
    } catch {
      return [Tensor](repeating: Tensor(invalid: error), count: Swift.max(count, 1))
    }
  }

  /// The parts at each position of an axis, without that axis: the opposite of
  /// ``init(stacking:alongAxis:)``.
  public func unstacked(alongAxis axis: Int = 0) -> [Tensor] {
    do throws(OperationError) {
      let axis = try normalizedAxes([axis], operation: "unstacked(alongAxis:)")[0]
      return (0 ..< shape[axis]).map { position in
        sliced(position ..< position + 1, alongAxis: axis).squeezed(axes: [axis])
      }
    } catch {
      return [Tensor(invalid: error)]
    }
  }
}
