import Ranvier

extension FunctionRow {
  /// Every activation of the catalog but the one that does nothing, and the gated ones.
  static let activations: [FunctionRow] =
    Activation.catalog.filter { $0 != .linear }.map { activation in
      FunctionRow(
        activation.name, summary: "\(activation) of [512, 1024]", [.normal("x", [512, 1024])]
      ) { activation($0[0]) }
    } + [
      FunctionRow(
        "prelu", [.normal("x", [512, 1024]), .uniform("slope", [1024])]
      ) { prelu($0[0], slope: $0[1]) },
      FunctionRow("glu", [.normal("x", [512, 1024])]) { glu($0[0]) },
      FunctionRow("swiglu", [.normal("x", [512, 1024])]) { swiglu($0[0]) },
      FunctionRow("geglu", [.normal("x", [512, 1024])]) { geglu($0[0]) },
    ]
}
