package import Testing

extension Tag {
  /// Compares derivatives with finite differences.
  @Tag package static var gradient: Self
  /// Compares with golden data from other libraries.
  @Tag package static var golden: Self
  /// Takes more than a second.
  @Tag package static var slow: Self
}
