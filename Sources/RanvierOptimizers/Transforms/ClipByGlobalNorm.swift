public import RanvierTensors

extension GradientTransform {
  /// Scales all gradients together so that their common norm is at most a limit.
  ///
  /// `update = gradient * limit / max(norm, limit)`, where `norm` is the root of the sum of all
  /// squares.
  ///
  /// The norm is computed in f32 or wider; beyond about 1e19 it overflows, and updates are zero. If
  /// any gradient is not a number, all updates are.
  ///
  /// - Parameter limit: The largest norm, above 0.
  /// - Source: Pascanu, Mikolov & Bengio 2012, arXiv:1211.5063, algorithm 1.
  public static func clipByGlobalNorm(_ limit: Double) -> GradientTransform {
    guard limit > 0 else {
      return invalid("clipByGlobalNorm", rule: "a limit above 0", got: limit)
    }
    return stateless("clipByGlobalNorm") { gradients, _ in
      let factor = limit / maximum(globalNorm(of: gradients), limit)
      return gradients.mapValues { ($0 * factor).cast(to: $0.elementType) }
    }
  }
}

/// The root of the sum of the squares of all elements of all tensors, in f32 or wider.
public func globalNorm(of tensors: Parameters) -> Tensor {
  let squares = tensors.map { square($0.1.inMomentType).sum() }
  return sqrt(squares.dropFirst().reduce(squares.first ?? Tensor(Float(0)), +))
}
