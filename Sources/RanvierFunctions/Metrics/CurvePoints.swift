/// The points of which a curve over all thresholds is made.
public enum CurvePoints: Sendable, Hashable {
  /// One for each score that occurs: the area is exact. The state keeps every score, about 13 bytes
  /// for each, and grows with the data; every look at the value sorts them.
  case all
  /// Scores, probabilities between 0 and 1, count as equal if they fall into the same of some
  /// intervals of equal width: the state has a constant size, and the area is approximate. Scores
  /// outside count as 0 or 1.
  case thresholds(Int)
}
