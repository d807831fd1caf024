/// What a pooling finds out about a group of elements.
package enum PoolMeasure: Sendable, Hashable {
  case maximum, average
  /// The p-norm of an order.
  case norm(Double)

  /// The measure in the names of operations.
  var prefix: String {
    switch self {
    case .maximum: "max"
    case .average: "average"
    case .norm: "lp"
    }
  }

  /// The options worth showing.
  var options: [LayerOption] {
    if case .norm(let order) = self { [LayerOption("norm", order)] } else { [] }
  }
}
