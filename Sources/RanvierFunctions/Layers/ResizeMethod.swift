package import RanvierTensors

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// How the elements between those of an image are found.
public enum ResizeMethod: Sendable, Hashable, CaseIterable {
  /// The nearest element.
  case nearest
  /// Straight lines between neighbours: `max(0, 1 - |d|)` at distance d.
  case bilinear
  /// Cubic polynomials through 4 neighbours, with a slope factor of -0.5 (Keys 1981).
  case bicubic
  /// `sinc(d) * sinc(d / 3)` over 6 neighbours.
  case lanczos3
  /// `sinc(d) * sinc(d / 5)` over 10 neighbours.
  case lanczos5
  /// The mean of the elements that a result covers, in the bins of
  /// ``adaptiveAveragePool(_:outputSize:windows:)``.
  case area

  /// How far elements reach, in units of their distance.
  private var radius: Double {
    switch self {
    case .nearest, .area: 0.5
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos3: 3
    case .lanczos5: 5
    }
  }

  /// The weight of an element at a distance.
  private func weight(_ distance: Double) -> Double {
    let d = abs(distance)
    guard d < radius else { return 0 }
    switch self {
    case .nearest, .area: return 1
    case .bilinear: return 1 - d
    case .bicubic: return d < 1 ? (1.5 * d - 2.5) * d * d + 1 : ((-0.5 * d + 2.5) * d - 4) * d + 2
    case .lanczos3, .lanczos5:
      return d == 0 ? 1 : radius * sin(.pi * d) * sin(.pi * d / radius) / (.pi * d * .pi * d)
    }
  }

  /// The weights of the elements along an axis, for each position of the result.
  package func runs(from size: Int, to count: Int, antialias: Bool, alignsCorners: Bool)
    -> WeightedRuns
  {
    var runs = WeightedRuns(size: size)
    // The distance of two results, in units of that of two elements.
    let step =
      alignsCorners
      ? Double(size - 1) / Double(max(count - 1, 1)) : Double(size) / Double(count)
    let scale = antialias ? max(1, step) : 1
    for index in 0 ..< count {
      let center = alignsCorners ? Double(index) * step : (Double(index) + 0.5) * step - 0.5
      let first = max(0, Int((center - radius * scale).rounded(.up)))
      let last = min(size - 1, Int((center + radius * scale).rounded(.down)))
      let weights = (first ... last).map { weight((Double($0) - center) / scale) }
      let sum = weights.reduce(0, +)
      runs.append(start: first, weights: weights.map { $0 / sum })
    }
    return runs
  }
}
