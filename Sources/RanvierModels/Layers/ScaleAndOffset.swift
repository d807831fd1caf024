package import RanvierFunctions
internal import RanvierTensors

/// What a normalization multiplies by and adds, as far as it is learnt.
package struct ScaleAndOffset: Sendable, Hashable {
  /// How the scale begins; nil if there is none.
  package let scaleInitializer: Initializer?
  /// How the offset begins; nil if there is none.
  package let offsetInitializer: Initializer?

  init(scale: Initializer?, offset: Initializer?) {
    scaleInitializer = scale
    offsetInitializer = offset
  }

  /// What there is not, as options to show.
  func options(hasOffset: Bool = true) -> [LayerOption] {
    (scaleInitializer == nil ? [LayerOption("scale", false)] : [])
      + (hasOffset && offsetInitializer == nil ? [LayerOption("offset", false)] : [])
  }

  /// The parameters of a shape.
  func declarations(_ shape: Shape) -> [ParameterDeclaration] {
    [("scale", scaleInitializer), ("offset", offsetInitializer)].compactMap { name, initializer in
      initializer.map { ParameterDeclaration(name, shape: shape, initializer: $0) }
    }
  }

  func scale(_ call: LayerCall) -> Tensor? {
    scaleInitializer == nil ? nil : call.parameters["scale"]
  }

  func offset(_ call: LayerCall) -> Tensor? {
    offsetInitializer == nil ? nil : call.parameters["offset"]
  }
}
