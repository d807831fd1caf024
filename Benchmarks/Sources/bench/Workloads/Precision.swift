import Ranvier

/// The precision in which a row multiplies and convolves.
enum Precision: String, Codable, Sendable {
  /// Everything in 32 bits.
  case float32 = "f32"
  /// Products and convolutions of bfloat16, parameters and sums in f32: what PyTorch calls
  /// autocast.
  case bfloat16 = "bf16"

  /// The precisions that our side can be built for, in the order of the rows.
  static let measured: [Precision] = [.float32, .bfloat16]

  /// What a row's name ends with.
  var suffix: String { self == .float32 ? "" : "_\(rawValue)" }

  /// The element type that products take.
  var elementType: ElementType { self == .float32 ? .float32 : .bfloat16 }

  /// How far apart results of sides may be, relative to the largest.
  ///
  /// bfloat16 keeps 8 bits, and sides round at different places.
  var tolerance: Double { self == .float32 ? 1e-4 : 5e-2 }

  /// What models are built for.
  var ofModels: Ranvier.Precision { self == .float32 ? .full : .mixedBFloat16 }
}
