extension Model {
  /// Adds what layers make of the model to the model itself: `x + body(x)`.
  ///
  ///     let y = x.residual { $0.conv(64, kernelSize: 3, padding: .same).relu() }
  ///     let z = y.residual(shortcut: { $0.conv(128, strides: 2) }) {
  ///       $0.conv(128, kernelSize: 3, strides: 2, padding: .same)
  ///     }
  ///
  /// - Parameters:
  ///   - shortcut: What becomes of the model itself: a projection where the shapes differ.
  ///   - name: The name of the sum.
  ///   - body: The layers.
  /// - Source: He et al. 2015, arXiv:1512.03385.
  public func residual(
    shortcut: (Model) -> Model = { $0 }, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line, _ body: (Model) -> Model
  ) -> Model {
    Model.add(shortcut(self), body(self), name: name, file: file, line: line)
  }
}
