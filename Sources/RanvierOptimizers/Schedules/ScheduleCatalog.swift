extension Schedule {
  /// Each formula once, with options under which it shows its shape within 100 steps.
  public static let catalog: [Schedule] = [
    .constant(0.1),
    .linearDecay(initial: 0.1, steps: 100, warmupSteps: 10),
    .exponentialDecay(initial: 0.1, rate: 0.5, steps: 25),
    .cosineDecay(initial: 0.1, steps: 100),
    .polynomialDecay(initial: 0.1, final: 0.001, steps: 100),
  ]
}
