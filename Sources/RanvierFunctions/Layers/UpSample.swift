public import RanvierTensors

/// An image enlarged by whole factors, channel by channel.
///
/// Method `.nearest` repeats each element; the others are those of
/// ``resize(_:to:method:antialias:alignsCorners:)``.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes; result
///   `[batch, spatial * factor..., channels]`.
/// - Parameters:
///   - x: The input.
///   - factors: How often each position is repeated; one number applies to all axes.
///   - method: How elements between those of the input are found.
public func upSample(
  _ x: Tensor, factors: [Int] = [2], method: ResizeMethod = .nearest
) -> Tensor {
  let operation = "upSample"
  do throws(OperationError) {
    let sizes = try x.spatialSizes(operation)
    let each = factors.count == 1 ? [Int](repeating: factors[0], count: sizes.count) : factors
    let products = zip(sizes, each).map { $0.multipliedReportingOverflow(by: $1) }
    guard each.count == sizes.count, each.allSatisfy({ $0 > 0 }),
      !products.contains(where: \.overflow)
    else {
      throw OperationError(
        operation: operation,
        rule: "a positive factor for each of the \(sizes.count) spatial axes or one for all",
        got: "\(factors) for spatial sizes \(Shape(sizes))")
    }
    return resize(
      x, to: products.map(\.partialValue), method: method, antialias: false, alignsCorners: false,
      operation: operation)
  } catch {
    return Tensor(invalid: error)
  }
}
