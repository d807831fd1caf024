internal import RanvierFunctions
package import RanvierTensors

/// What a recurrent layer does at each step, with its size and options: `.lstm(64)`.
///
/// The kinds are ``simpleRNN(_:activation:useBias:kernelInitializer:recurrentInitializer:biasInitializer:)``,
/// ``lstm(_:activation:gateActivation:useBias:forgetBias:kernelInitializer:recurrentInitializer:)``,
/// ``gru(_:activation:gateActivation:resetsState:useBias:kernelInitializer:recurrentInitializer:biasInitializer:)``
/// and
/// ``convLSTM(_:kernelSize:strides:padding:dilation:activation:gateActivation:useBias:forgetBias:kernelInitializer:recurrentInitializer:)``.
public struct RecurrentCell: Sendable, Hashable {
  package let kind: any RecurrentKind

  public static func == (first: RecurrentCell, second: RecurrentCell) -> Bool {
    func isEqual<Kind: RecurrentKind>(_ kind: Kind) -> Bool {
      (second.kind as? Kind).map { $0 == kind } ?? false
    }
    return isEqual(first.kind)
  }

  public func hash(into hasher: inout Hasher) { kind.hash(into: &hasher) }
}

/// A kind of recurrent network with its options, as data.
package protocol RecurrentKind: Sendable, Hashable {
  /// The operation's name in paths and tables: `lstm`.
  var operation: String { get }
  /// The size of the state, the kernels and how they begin.
  var weights: RecurrentWeights { get }
  /// Options worth showing besides units and bias.
  var options: [LayerOption] { get }
  /// The tensors that a state consists of: `hidden`, `cell`.
  var stateNames: [String] { get }

  /// The shape of each tensor of the state, the batch axis included.
  func stateShape(of input: DynamicShape) throws(LayerProblem) -> DynamicShape
  /// The parameters for an input.
  func parameters(of input: DynamicShape) throws(LayerProblem) -> [ParameterDeclaration]
  /// All steps.
  func run(_ call: RecurrentCall) -> (states: Tensor, last: [Tensor])
}

/// What a recurrent network computes with.
package struct RecurrentCall: Sendable {
  var x: Tensor
  /// The state before the first step, tensor by tensor; nil for zeros.
  var start: [Tensor]?
  var mask: Tensor?
  var isReversed: Bool
  var isUnrolled: Bool
  /// The parameters under the names that the kind declared.
  var parameters: Parameters

  /// A parameter that may not be there.
  func optional(_ name: String) -> Tensor? {
    parameters.contains(name) ? parameters[name] : nil
  }

  /// The start of a memory with a cell.
  var memory: LSTMState? { start.map { LSTMState(hidden: $0[0], cell: $0[1]) } }
}

/// The size of a recurrent network's state, and how its kernels and bias begin.
package struct RecurrentWeights: Sendable, Hashable {
  let units: Int
  let useBias: Bool
  let kernelInitializer: Initializer
  let recurrentInitializer: Initializer
  let biasInitializer: Initializer

  /// The parameters of a network whose steps compute a number of vectors of units.
  ///
  /// - Parameter window: The spatial sizes of the kernels, if they belong to convolutions.
  func declarations(
    gates: Int, features: Int, window: [Int] = []
  ) throws(LayerProblem) -> [ParameterDeclaration] {
    guard units > 0 else { throw LayerProblem("at least one unit", got: "\(units)") }
    let (width, overflows) = units.multipliedReportingOverflow(by: gates)
    guard !overflows else { throw LayerProblem("a shape that is possible", got: "\(units) units") }
    let layout = window.isEmpty ? KernelLayout.dense : .convolution(groups: 1)
    let kernels = [
      ParameterDeclaration(
        "kernel", shape: Shape(window + [features, width]), initializer: kernelInitializer,
        layout: layout),
      ParameterDeclaration(
        "recurrent_kernel", shape: Shape(window + [units, width]),
        initializer: recurrentInitializer, layout: layout),
    ]
    let bias = ParameterDeclaration("bias", shape: [width], initializer: biasInitializer)
    return useBias ? kernels + [bias] : kernels
  }
}

extension RecurrentKind {
  package func stateShape(of input: DynamicShape) throws(LayerProblem) -> DynamicShape {
    [input[0], weights.units]
  }

  /// The features of an input of vectors.
  func features(of input: DynamicShape) throws(LayerProblem) -> Int {
    guard input.rank == 3, let features = input[-1] else {
      throw LayerProblem(
        "an input [batch, steps, features] with known features", got: "\(input)")
    }
    return features
  }

  /// Throws unless activations keep shapes.
  func check(_ activations: Activation...) throws(LayerProblem) {
    for activation in activations { _ = try activation.elementType(of: LayerInput([nil, 2])) }
  }

  /// Activations as options to show, where they are not the usual ones.
  func shown(_ activation: Activation, gate: Activation = .sigmoid) -> [LayerOption] {
    (activation == .tanh ? [] : [LayerOption("activation", activation)])
      + (gate == .sigmoid ? [] : [LayerOption("gate activation", gate)])
  }
}
