extension Tensor {
  /// The tensor with one axis at another position; the others keep their order.
  public func movedAxis(from source: Int, to target: Int) -> Tensor {
    do throws(OperationError) {
      let operation = "movedAxis(from:to:)"
      let source = try normalizedAxes([source], operation: operation)[0]
      let target = try normalizedAxes([target], operation: operation)[0]
      var order = Array(0 ..< rank)
      order.insert(order.remove(at: source), at: target)
      return transposed(permutation: order)
    } catch {
      return Tensor(invalid: error)
    }
  }

  /// The elements moved along an axis; what leaves it at one end comes back at the other.
  ///
  ///     Tensor([1, 2, 3, 4]).rolled(by: 1)    // 4 1 2 3
  public func rolled(by distance: Int, alongAxis axis: Int = -1) -> Tensor {
    do throws(OperationError) {
      let axis = try normalizedAxes([axis], operation: "rolled(by:alongAxis:)")[0]
      let size = shape[axis]
      if size == 0 { return self }
      let remainder = distance % size
      let first = remainder > 0 ? size - remainder : -remainder
      if first == 0 { return self }
      return Tensor(
        concatenating: [
          sliced(first ..< size, alongAxis: axis), sliced(0 ..< first, alongAxis: axis),
        ], alongAxis: axis)
    } catch {
      return Tensor(invalid: error)
    }
  }
}
