extension Optimizer {
  /// Each recipe once, with its default options.
  public static let catalog: [Optimizer] = [.sgd(), .adam(), .adamW()]
}
