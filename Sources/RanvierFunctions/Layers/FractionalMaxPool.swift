public import RanvierTensors

/// The largest element of each of a given number of windows at distances that vary at random, so
/// that their mean may be a fraction.
///
/// Along an axis of n positions with m windows of k, the i-th starts at
/// `floor((i + u) * a) - floor(u * a)` with `a = (n - k) / (m - 1)` and a sample u; the last starts at
/// `n - k`.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes, samples
///   `[batch, axes, channels]` in `0 ..< 1`, where batch and channels may be 1; result
///   `[batch, outputSize..., channels]`.
/// - Parameters:
///   - x: The input.
///   - windowSize: The sizes of a window. Here and below, one number applies to all axes.
///   - outputSize: The number of windows.
///   - samples: What shifts the windows.
/// - Source: Graham 2014, with the positions that PyTorch takes.
public func fractionalMaxPool(
  _ x: Tensor, windowSize: [Int], outputSize: [Int], samples: Tensor
) -> Tensor {
  let operation = "fractionalMaxPool"
  do throws(OperationError) {
    let sizes = try x.spatialSizes(operation)
    if let error = samples.error { throw error }
    let axes = sizes.count
    func repeated(_ values: [Int]) -> [Int] {
      values.count == 1 ? [Int](repeating: values[0], count: axes) : values
    }
    let (window, counts) = (repeated(windowSize), repeated(outputSize))
    let options = [window, counts]
    let fits = options.allSatisfy { $0.count == axes && $0.allSatisfy { $0 > 0 } }
    // Starts may coincide, but the last is never before the others.
    guard fits, sizes.indices.allSatisfy({ window[$0] <= sizes[$0] && counts[$0] <= sizes[$0] })
    else {
      throw OperationError(
        operation: operation,
        rule: """
          windows that lie within the input, and a positive number of them for each axis, at most \
          the axis's size
          """,
        got: "windows \(windowSize), output \(outputSize) for spatial sizes \(Shape(sizes))")
    }
    let shapes: [[Int]] = [[1, x.shape[0]], [axes], [1, x.shape[-1]]]
    guard samples.rank == 3, samples.elementType.isFloatingPoint,
      zip(shapes, samples.shape.sizes).allSatisfy({ $0.contains($1) })
    else {
      throw OperationError(
        operation: operation,
        rule:
          "samples [\(x.shape[0]) or 1, \(axes), \(x.shape[-1]) or 1] of floating-point numbers",
        got: "\(samples.type)")
    }
    let spread = (0 ..< axes).reduce(x) { x, axis in
      let sample = samples[.all, axis ..< axis + 1, .all]
      return windowElements(
        x, alongAxis: axis + 1, sample: sample, window: window[axis], count: counts[axis])
    }
    return maxPool(spread, windowSize: window).spelled(operation, x)
  } catch {
    return Tensor(invalid: error)
  }
}

/// The largest element of each of a given number of windows at distances that vary at random.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes; result
///   `[batch, outputSize..., channels]`.
/// - Parameters:
///   - x: The input.
///   - windowSize: The sizes of a window. Here and below, one number applies to all axes.
///   - outputSize: The number of windows.
///   - key: What the samples of each image and channel are drawn from.
/// - Source: Graham 2014.
public func fractionalMaxPool(
  _ x: Tensor, windowSize: [Int], outputSize: [Int], key: RandomKey
) -> Tensor {
  do {
    let axes = try x.spatialSizes("fractionalMaxPool").count
    let samples = key.uniform([x.shape[0], axes, x.shape[-1]])
    return fractionalMaxPool(x, windowSize: windowSize, outputSize: outputSize, samples: samples)
  } catch {
    return Tensor(invalid: error)
  }
}

/// The elements of all windows along an axis, one window after the other.
///
/// - Parameter sample: `[batch or 1, 1, channels or 1]`.
private func windowElements(
  _ x: Tensor, alongAxis axis: Int, sample: Tensor, window: Int, count: Int
) -> Tensor {
  let size = x.shape[axis]
  let step = Double(size - window) / Double(max(count - 1, 1))
  let index = Tensor.range(count, elementType: sample.elementType).reshaped(to: [1, count, 1])
  let shifted = ((index + sample) * step).cast(to: .int32) - (sample * step).cast(to: .int32)
  let starts = select(equal(index, count - 1), Tensor(Int32(size - window)), shifted)
  let taps = Tensor.range(window, elementType: .int32).reshaped(to: [1, 1, window, 1])
  let (batch, channels) = (sample.shape[0], sample.shape[-1])
  let positions = (starts.reshaped(to: [batch, count, 1, channels]) + taps)
  if batch == 1, channels == 1 {
    return x.gathered(at: positions.flattened(), alongAxis: axis)
  }
  var alone = [Int](repeating: 1, count: x.rank)
  (alone[0], alone[axis], alone[x.rank - 1]) = (batch, count * window, channels)
  var whole = x.shape
  whole[axis] = count * window
  return x.gatheredElements(
    at: positions.reshaped(to: Shape(alone)).broadcast(to: whole), alongAxis: axis)
}
