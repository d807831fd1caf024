package import RanvierTensors

/// The types of numbers in which a built model computes.
///
/// It changes neither parameters nor results: both have the types that the model declares, so that
/// a state made for one precision is good for any other.
///
///     let (initialize, predict) = try model.build(mode: .training, precision: .mixedBFloat16)
public struct Precision: Sendable, Hashable, CustomStringConvertible {
  /// What products and convolutions take in place of `f32`, if they take something else.
  package let narrowType: ElementType?

  /// Everything in the types that the model declares: `f32` unless it says otherwise.
  public static let full = Precision(narrowType: nil)

  /// Products and convolutions of `bf16`, all else at least as exact as it needs to be.
  ///
  /// - Dense layers, convolutions, attention and recurrent layers multiply `bf16` numbers and add
  ///   the products up in `f32`.
  /// - Element-wise layers take what they get; in compiled code they compute in `f32` and round
  ///   where they store.
  /// - Normalizations find their statistics in `f32`; softmax, custom layers, losses and the
  ///   model's output are `f32`.
  /// - Parameters, layer state and gradients with respect to parameters are `f32`, so that small
  ///   updates are not lost.
  ///
  /// `bf16` has the range of `f32`: gradients need no scaling.
  /// - Source: Micikevicius et al. 2017, arXiv:1710.03740; Kalamkar et al. 2019, arXiv:1905.12322.
  public static let mixedBFloat16 = Precision(narrowType: .bfloat16)

  public var description: String {
    narrowType.map { "mixed \($0.abbreviation)" } ?? "full"
  }
}

/// What becomes of a layer's numbers where products are narrow.
package enum LayerPrecision: Sendable, Hashable {
  /// The layer takes what it gets, and its parameters as they are.
  case asGiven
  /// Inputs and parameters are narrow: the layer is made of products.
  case narrow
  /// The layer takes what it gets, and its output is made narrow.
  case narrowOutput
  /// Inputs are widened: rounding would harm the result.
  case wide
}

extension Precision {
  /// A layer's inputs as it should get them.
  func inputs(_ tensors: [Tensor], of layer: any Layer) -> [Tensor] {
    guard let narrowType else { return tensors }
    switch layer.mixedPrecision {
    case .asGiven, .narrowOutput: return tensors
    case .narrow: return tensors.map { $0.narrowed(to: narrowType) }
    case .wide: return tensors.map { $0.widened() }
    }
  }

  /// A layer's parameters as it should get them.
  func parameters(_ parameters: Parameters, of layer: any Layer) -> Parameters {
    guard let narrowType, layer.mixedPrecision == .narrow else { return parameters }
    return parameters.mapTensors { $0.narrowed(to: narrowType) }
  }

  /// A layer's output as other layers should get it.
  func output(_ tensor: Tensor, of layer: any Layer) -> Tensor {
    guard let narrowType, layer.mixedPrecision == .narrowOutput else { return tensor }
    return tensor.narrowed(to: narrowType)
  }

  /// The output of the model, in the type that the last layer declares.
  func result(_ tensor: Tensor, _ declared: LayerInput) -> Tensor {
    narrowType == nil ? tensor : tensor.cast(to: declared.elementType)
  }
}

extension Tensor {
  /// `f32` as a type of 16 bits; all else as it is, because the model asks for it.
  fileprivate func narrowed(to type: ElementType) -> Tensor {
    elementType == .float32 ? cast(to: type) : self
  }

  /// Numbers of 16 bits as `f32`.
  fileprivate func widened() -> Tensor {
    elementType.isNarrowFloat ? cast(to: .float32) : self
  }
}
