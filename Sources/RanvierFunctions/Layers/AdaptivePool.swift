public import RanvierTensors

/// Which windows an adaptive pooling takes for an axis.
public enum AdaptiveWindows: Sendable, Hashable {
  /// Bins as equal as can be: the i-th of m covers the positions from `floor(i * n / m)` up to
  /// `ceil((i + 1) * n / m)`, as in PyTorch.
  case balanced
  /// Windows of one size, `n - (m - 1) * stride`, at distances of `stride = floor(n / m)`, as in
  /// Axon.
  case fixed
}

/// The mean of each of a given number of bins, channel by channel.
///
/// Integers are averaged in `f32`.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes; result
///   `[batch, outputSize..., channels]`.
/// - Parameters:
///   - x: The input.
///   - outputSize: The number of bins along each axis, or one number for all.
///   - windows: How bins are chosen.
public func adaptiveAveragePool(
  _ x: Tensor, outputSize: [Int], windows: AdaptiveWindows = .balanced
) -> Tensor {
  do {
    let bins = try AdaptiveBins("adaptiveAveragePool", x, outputSize, windows)
    if let window = bins.window {
      return averagePool(x, windowSize: window.size, strides: window.strides)
    }
    return bins.sums(x.elementType.isFloatingPoint ? x : x.cast(to: .float32), areMeans: true)
  } catch {
    return Tensor(invalid: error)
  }
}

/// The largest element of each of a given number of bins, channel by channel.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes; result
///   `[batch, outputSize..., channels]`.
/// - Parameters:
///   - x: The input.
///   - outputSize: The number of bins along each axis, or one number for all.
///   - windows: How bins are chosen.
public func adaptiveMaxPool(
  _ x: Tensor, outputSize: [Int], windows: AdaptiveWindows = .balanced
) -> Tensor {
  do {
    return try AdaptiveBins("adaptiveMaxPool", x, outputSize, windows).maxima(x)
  } catch {
    return Tensor(invalid: error)
  }
}

/// The p-norm of each of a given number of bins, channel by channel.
///
/// `sum(|x|^p)^(1/p)`, as in ``lpPool(_:windowSize:norm:strides:padding:dilation:)``.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes; result
///   `[batch, outputSize..., channels]`.
/// - Parameters:
///   - x: The input.
///   - outputSize: The number of bins along each axis, or one number for all.
///   - norm: The order p of the norm, above 0.
///   - windows: How bins are chosen.
public func adaptiveLpPool(
  _ x: Tensor, outputSize: [Int], norm: Double = 2, windows: AdaptiveWindows = .balanced
) -> Tensor {
  let operation = "adaptiveLpPool"
  do {
    let bins = try AdaptiveBins(operation, x, outputSize, windows)
    return norms(
      of: x, order: norm, operation: operation,
      sums: {
        guard let window = bins.window else { return bins.sums($0, areMeans: false) }
        return sumPool($0, windowSize: window.size, strides: window.strides)
      }, maxima: bins.maxima)
  } catch {
    return Tensor(invalid: error)
  }
}

/// The bins of an adaptive pooling, for each spatial axis.
private struct AdaptiveBins {
  /// The positions that each bin covers.
  var ranges: [[Range<Int>]] = []
  /// The windows that the bins are, if they are as long and as far from each other everywhere.
  var window: (size: [Int], strides: [Int])?

  init(
    _ operation: String, _ x: Tensor, _ outputSize: [Int], _ windows: AdaptiveWindows
  ) throws(OperationError) {
    let sizes = try x.spatialSizes(operation)
    let counts =
      outputSize.count == 1 ? [Int](repeating: outputSize[0], count: sizes.count) : outputSize
    let isFixed = windows == .fixed
    guard counts.count == sizes.count, !sizes.contains(0),
      zip(counts, sizes).allSatisfy({ (1 ... (isFixed ? $1 : 1 << 31)).contains($0) })
    else {
      throw OperationError(
        operation: operation,
        rule: """
          spatial axes that are not empty, and a positive output size for each or one for all\
          \(isFixed ? ", at most the axis's with fixed windows" : "")
          """,
        got: "\(outputSize) for spatial sizes \(Shape(sizes))")
    }
    let isRegular = zip(sizes, counts).allSatisfy { $0 % $1 == 0 }
    if isFixed || isRegular {
      let strides = zip(sizes, counts).map { $0 / $1 }
      window = (
        strides.indices.map { sizes[$0] - (counts[$0] - 1) * strides[$0] }, strides
      )
    } else {
      ranges = zip(sizes, counts).map { size, count in
        (0 ..< count).map { $0 * size / count ..< (($0 + 1) * size + count - 1) / count }
      }
    }
  }

  func sums(_ x: Tensor, areMeans: Bool) -> Tensor {
    let runs = ranges.enumerated().map { axis, ranges in
      ranges.reduce(into: WeightedRuns(size: x.shape[axis + 1])) { runs, range in
        let weight = areMeans ? 1 / Double(range.count) : 1
        runs.append(
          start: range.lowerBound, weights: [Double](repeating: weight, count: range.count))
      }
    }
    let isShort = x.elementType == .float16 || x.elementType == .bfloat16
    return isShort
      ? spatialSums(x.cast(to: .float32), runs).cast(to: x.elementType) : spatialSums(x, runs)
  }

  func maxima(_ x: Tensor) -> Tensor {
    if let window { return maxPool(x, windowSize: window.size, strides: window.strides) }
    return ranges.indices.reduce(x) { x, axis in
      // All bins get the length of the longest by repeating their last position, which changes no
      // maximum.
      let longest = ranges[axis].map(\.count).max() ?? 1
      let positions = ranges[axis].flatMap { range in
        (0 ..< longest).map { Int64(min(range.lowerBound + $0, range.upperBound - 1)) }
      }
      var window = ranges.map { _ in 1 }
      window[axis] = longest
      return maxPool(x.gathered(at: Tensor(positions), alongAxis: axis + 1), windowSize: window)
    }
  }
}
