internal import RanvierTensors

/// How the values of several classes, labels or outputs become one.
///
/// With a single one, such as the "yes" of a binary decision, all of them give its value.
public enum Averaging: String, Sendable, Hashable, CaseIterable {
  /// The value of all decisions counted together.
  case micro
  /// The mean. Classes that occur neither in targets nor in predictions are left out of it; labels
  /// are not.
  case macro
  /// The mean, weighted by how often each occurs in the targets.
  case weighted
  /// No average: one value for each, `[classes]`.
  case none

  /// The average of values that do not come from counting all decisions together.
  ///
  /// - Parameters:
  ///   - values: One value for each, `[classes]`.
  ///   - support: How often each occurs.
  ///   - included: Which count for the mean; all of them if nil.
  ///   - unsupported: The weighted mean if none of them occurs.
  func callAsFunction(
    _ values: Tensor, support: Tensor, included: Tensor? = nil, unsupported: Double = .nan
  ) -> Tensor {
    if self == .none || values.error != nil { return values }
    if values.count == 1 { return values.reshaped(to: []) }
    if self == .weighted {
      let total = support.sum()
      return select(equal(total, 0), unsupported, (values * support).sum() / total)
    }
    guard let included else { return values.mean() }
    return quotient(
      select(included, values, 0).sum(), included.cast(to: values.elementType).sum())
  }
}
