internal import RanvierTensors

/// What lies around the spatial axes of a convolution's or pooling's input.
public enum Padding: Sendable, Hashable {
  /// Nothing: windows lie within the input.
  case valid
  /// As much as makes the output `ceil(input / stride)` long, the smaller half first: the rule of
  /// TensorFlow and Keras.
  ///
  /// An axis gets `max((output - 1) * stride + (window - 1) * dilation + 1 - input, 0)`. With
  /// strides of 2 or more it depends on the input's size, unlike PyTorch's symmetric padding.
  case same
  /// Given numbers of positions before and after each spatial axis; single numbers apply to all
  /// axes.
  case explicit(low: [Int], high: [Int])

  /// The same number of positions around all sides.
  public static func explicit(_ border: Int) -> Padding {
    .explicit(low: [border], high: [border])
  }
}
