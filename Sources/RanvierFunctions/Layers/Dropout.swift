public import RanvierTensors

/// Drops random elements, and scales the others up so that sums keep their expected size.
///
/// `(keep ? x : maskValue) * scale + shift`, where each element is kept with probability
/// `1 - rate`; meant for training only.
///
/// - Shapes: result as x.
/// - Parameters:
///   - x: The input.
///   - rate: The probability with which an element is dropped, in `0 ..< 1`.
///   - sharedAxes: Axes along which elements are kept or dropped together, those of size 1 in
///     TensorFlow's noise shape: the spatial ones to drop whole channels.
///   - maskValue: What stands for a dropped element.
///   - scale: Multiplies all elements, by default by `1 / (1 - rate)`.
///   - shift: Added to all elements.
///   - key: Chooses the elements; use another key at each step.
/// - Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from
///   overfitting".
public func dropout(
  _ x: Tensor, rate: Double, sharedAxes: [Int] = [], maskValue: Double = 0,
  scale: Double? = nil, shift: Double = 0, key: RandomKey
) -> Tensor {
  dropout(
    x, rate: rate, sharedAxes: sharedAxes, dropped: maskValue, scale: scale, shift: shift, key: key,
    operation: "dropout")
}

/// Drops whole channels of random examples, all positions of each together.
///
/// ``dropout(_:rate:sharedAxes:maskValue:scale:shift:key:)`` shared along the spatial axes:
/// neighbouring positions say nearly the same, so dropping single ones would change little.
///
/// - Shapes: x `[batch, spatial..., channels]`; result as x.
/// - Parameters:
///   - x: The input.
///   - rate: The probability with which a channel is set to 0, in `0 ..< 1`.
///   - key: Chooses the channels; use another key at each step.
/// - Source: Tompson et al. 2015, arXiv:1411.4280.
public func spatialDropout(_ x: Tensor, rate: Double, key: RandomKey) -> Tensor {
  do throws(OperationError) {
    return dropout(
      x, rate: rate, sharedAxes: try x.mapAxes("spatialDropout"), key: key,
      operation: "spatialDropout")
  } catch {
    return Tensor(invalid: error)
  }
}

/// The general form under the name that errors bear.
func dropout(
  _ x: Tensor, rate: Double, sharedAxes: [Int] = [], dropped maskValue: Double = 0,
  scale: Double? = nil, shift: Double = 0, key: RandomKey, operation: String
) -> Tensor {
  do throws(OperationError) {
    let shared = try x.normalizedAxes(sharedAxes, operation: operation)
    guard (0 ..< 1).contains(rate) else {
      throw OperationError(
        operation: operation, rule: "a rate in 0 ..< 1", got: "\(rate) for shape \(x.shape)")
    }
    guard [maskValue, scale ?? 1, shift].allSatisfy(\.isFinite) else {
      throw OperationError(
        operation: operation, rule: "a finite mask value, scale and shift",
        got: "\(maskValue), \(scale ?? 1) and \(shift)")
    }
    func placed(_ value: Tensor, _ scale: Double) -> Tensor {
      let scaled = scale == 1 ? value : value * scale
      return shift == 0 ? scaled : scaled + shift
    }
    if rate == 0 { return placed(x, scale ?? 1) }
    let kept = 1 - rate
    var sizes = x.shape.sizes
    for axis in shared { sizes[axis] = 1 }
    let isKept = key.bernoulli(Shape(sizes), probability: kept)
    // A product takes less time than a quotient.
    let scale = scale ?? 1 / kept
    return select(isKept, placed(x, scale), maskValue * scale + shift)
      .spelled(operation, x, key.words)
  } catch {
    return Tensor(invalid: error)
  }
}

extension Tensor {
  /// The axes between batch and channels.
  func mapAxes(_ operation: String) throws(OperationError) -> [Int] {
    let axes = try spatialSizes(operation).count
    return Array(1 ..< axes + 1)
  }
}
