import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// The options of a golden case of a convolution or pooling.
struct WindowOptions: Decodable, Sendable {
  var spatial_axes: Int
  var padding: [[Int]]?
  var padding_name: String?
  var strides: [Int]?
  var dilation: [Int]?
  var groups: Int?
  var use_bias: Bool?
  var kind: String?
  var window: [Int]?
  var count_padding: Bool?

  /// The padding by its name.
  var named: Padding {
    switch padding_name {
    case "same": .same
    case "valid": .valid
    default: given
    }
  }
  /// The padding as numbers.
  var given: Padding {
    .explicit(low: (padding ?? []).map { $0[0] }, high: (padding ?? []).map { $0[1] })
  }
}

@Suite struct ConvolutionTests {
  @Test(.tags(.golden), arguments: try Golden("convolution").cases)
  func `equals PyTorch`(name: String) throws {
    let golden = try Golden("convolution")
    let options = try golden.options(name, as: WindowOptions.self)
    let (strides, dilation) = (options.strides ?? [1], options.dilation ?? [1])
    let groups = options.groups ?? 1
    let inputs = ["input", "kernel"] + (options.use_bias == true ? ["bias"] : [])
    for padding in [options.named, options.given] {
      expectGolden(golden.tensors(name), inputs: inputs, absolute: 1e-5, "\(name), \(padding)") {
        convolution(
          $0[0], $0[1], $0.count > 2 ? $0[2] : nil, strides: strides, padding: padding,
          dilation: dilation, groups: groups)
      }
    }
  }

  @Test func `repeats options of one number for all axes`() {
    let key = RandomKey(seed: 1)
    let x = key.normal([2, 9, 8, 3])
    let kernel = key.derived(1).normal([3, 2, 3, 4])
    #expect(
      convolution(x, kernel, strides: [2], padding: .explicit(1), dilation: [2])
        == convolution(
          x, kernel, strides: [2, 2], padding: .explicit(low: [1, 1], high: [1, 1]),
          dilation: [2, 2]))
  }

  @Test func `spaces the input`() {
    let x = Tensor([1.0, 2, 3], shape: [1, 3, 1])
    let kernel = Tensor([1.0, 10], shape: [2, 1, 1])
    let y = convolution(x, kernel, padding: .explicit(1), inputDilation: [3])
    #expect(y.flattened() == Tensor([10.0, 1, 0, 20, 2, 0, 30, 3]))
    let key = RandomKey(seed: 4)
    let points = [
      key.normal([1, 3, 2, 2], elementType: .float64),
      key.derived(1).normal([2, 2, 2, 1], elementType: .float64),
    ]
    expectGradientsMatch(at: points) { convolution($0[0], $0[1], inputDilation: [2, 1]) }
  }

  @Test func `promotes types`() {
    let x = Tensor.ones([1, 3, 1], elementType: .float32)
    let y = convolution(x, Tensor.ones([2, 1, 1], elementType: .float64))
    #expect(y == Tensor.ones([1, 2, 1], elementType: .float64) * 2)
  }

  @Test func `says what does not fit`() {
    let x = Tensor.ones([1, 5, 5, 3])
    let kernel = Tensor.ones([3, 3, 3, 2])
    let rows: [(Tensor, String)] = [
      (
        convolution(Tensor.ones([5, 5]), kernel),
        """
        convolution needs an input [batch, 1 to 3 spatial axes, channels], got f32[5, 5]; \
        reshape rows into images first
        """
      ),
      (
        convolution(x, Tensor.ones([3, 3, 2])),
        """
        convolution needs a kernel [2 sizes, channels / groups, outputs], got x [1, 5, 5, 3], \
        kernel [3, 3, 2]
        """
      ),
      (
        convolution(x, kernel, strides: [0]),
        """
        convolution needs strides of at least 1, one for each of the 2 spatial axes or one for \
        all, \
        got [0] for spatial sizes [5, 5]
        """
      ),
      (
        convolution(x, kernel, padding: .explicit(low: [1, 1], high: [1, 1, 1])),
        """
        convolution needs padding of at least 0, one for each of the 2 spatial axes or one for \
        all, \
        got [1, 1, 1] for spatial sizes [5, 5]
        """
      ),
      (
        convolution(x, kernel, inputDilation: [2, 0]),
        """
        convolution needs dilations of at least 1, one for each of the 2 spatial axes or one for \
        all, \
        got [2, 0] for spatial sizes [5, 5]
        """
      ),
      (
        convolution(x, kernel, Tensor.ones([3])),
        "convolution needs a bias of shape [2], got [3]"
      ),
    ]
    for (tensor, text) in rows { expectError(tensor, text) }
    for wrong in [
      convolution(x, kernel, groups: 2), convolution(x, kernel, groups: 0),
      convolution(x, Tensor.ones([6, 1, 3, 2])), convolution(x, kernel, dilation: [.max]),
      convolution(x, kernel, strides: [], padding: .same),
      convolution(x, Tensor.ones([0, 1, 3, 2])),
      convolution(Tensor.ones([1, 0, 5, 3]), kernel, padding: .same),
    ] {
      #expect(wrong.error != nil)
    }
  }
}
