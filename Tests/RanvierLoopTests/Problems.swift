import RanvierData
import RanvierFunctions
import RanvierLoop
import RanvierModels
import RanvierOptimizers
import RanvierTensors
import Synchronization

/// A list to which handlers append.
final class Log<Element: Sendable>: Sendable {
  private let items = Mutex<[Element]>([])
  var entries: [Element] { items.withLock { $0 } }
  func append(_ item: Element) { items.withLock { $0.append(item) } }
}

/// A small regression: `rows` examples of two numbers, and what a smooth function makes of them.
func regression(rows: Int = 20, seed: UInt64 = 1) throws -> Dataset {
  let x = RandomKey(seed: seed).uniform([rows, 2], from: -1, to: 1)
  let targets = sin(x[.all, 0] * 2) + x[.all, 1] * 0.5
  return try Dataset(inputs: x, targets: targets.reshaped(to: [rows, 1]))
}

let network = Model.input("x", shape: [nil, 2]).dense(8, activation: .tanh).dense(1)

let noisyNetwork = Model.input("x", shape: [nil, 2])
  .dense(16, activation: .tanh).dropout(rate: 0.5).dense(1)

extension Loop {
  /// A silent loop that trains the small network.
  static func training(_ model: Model = network, optimizer: Optimizer = .sgd(learningRate: 0.1))
    -> Loop
  {
    Loop.trainer(model, loss: .meanSquaredError, optimizer: optimizer).progress(.silent)
  }
}
