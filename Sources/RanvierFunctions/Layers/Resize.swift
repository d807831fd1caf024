public import RanvierTensors

/// An image of another size, channel by channel.
///
/// The centre of the i-th of m results is at `(i + 0.5) * n / m - 0.5` along an axis of n elements.
/// The elements around it are weighed by the method's function of their distance, divided by
/// `max(1, n / m)` with `antialias`; the weights of each result are then divided by their sum.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes; result
///   `[batch, size..., channels]`.
/// - Parameters:
///   - x: The input, of floating-point numbers; of any type with method `.nearest`.
///   - size: The new sizes; one number applies to all axes.
///   - method: How elements between those of the input are found.
///   - antialias: Whether elements reach further where the image shrinks, so that all of them
///     count. It changes nothing for `.nearest` and `.area`.
///   - alignsCorners: Whether the first and last results are at the first and last elements, at
///     `i * (n - 1) / (m - 1)`.
/// - Note: PyTorch has no antialiasing unless told otherwise, and its bicubic without it has a slope
///   factor of -0.75 and repeats the outermost elements. Its `nearest-exact` is the nearest here.
public func resize(
  _ x: Tensor, to size: [Int], method: ResizeMethod = .nearest, antialias: Bool = true,
  alignsCorners: Bool = false
) -> Tensor {
  resize(
    x, to: size, method: method, antialias: antialias, alignsCorners: alignsCorners,
    operation: "resize")
}

/// Resizing as a part of an operation, which errors name.
func resize(
  _ x: Tensor, to size: [Int], method: ResizeMethod, antialias: Bool, alignsCorners: Bool,
  operation: String
) -> Tensor {
  do throws(OperationError) {
    let sizes = try x.spatialSizes(operation)
    let counts = size.count == 1 ? [Int](repeating: size[0], count: sizes.count) : size
    guard counts.count == sizes.count, !sizes.contains(0),
      counts.allSatisfy({ (1 ... 1 << 31).contains($0) })
    else {
      throw OperationError(
        operation: operation,
        rule: "spatial axes that are not empty, and a positive size for each or one for all",
        got: "\(size) for spatial sizes \(Shape(sizes))")
    }
    guard !alignsCorners || (method != .nearest && method != .area) else {
      throw OperationError(
        operation: operation, rule: "a method that interpolates, to align corners",
        got: "method \(method)")
    }
    switch method {
    case .nearest:
      let positions = zip(sizes, counts).map { size, count in
        (0 ..< count).map { (2 * $0 + 1) * size / (2 * count) }
      }
      if x.elementType == .float32 || x.elementType == .float64 {
        // All axes at once, and gradients without scattering.
        return spatialSums(
          x,
          sizes.indices.map { axis in
            positions[axis].reduce(into: WeightedRuns(size: sizes[axis])) {
              $0.append(start: $1, weights: [1])
            }
          })
      }
      return sizes.indices.filter { sizes[$0] != counts[$0] }.reduce(x) { x, axis in
        x.gathered(at: Tensor(positions[axis].map { Int64($0) }), alongAxis: axis + 1)
      }
    case .area:
      return adaptiveAveragePool(x, outputSize: counts).spelled(operation, x)
    case .bilinear, .bicubic, .lanczos3, .lanczos5:
      let runs = zip(sizes, counts).map { size, count in
        size == count
          ? .identity(size)
          : method.runs(
            from: size, to: count, antialias: antialias, alignsCorners: alignsCorners)
      }
      return composed(operation, x) { spatialSums($0[0], runs) }
    }
  } catch {
    return Tensor(invalid: error)
  }
}
