import RanvierFunctions
import RanvierTensors

/// The options of a golden case of the families `spatial_...`.
struct GoldenSpatial: Decodable, Sendable {
  /// A padding by its name or as `[low, high]` of each axis.
  enum Border: Decodable {
    case named(String)
    case pairs([[Int]])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let name = try? container.decode(String.self) {
        self = .named(name)
      } else {
        self = .pairs(try container.decode([[Int]].self))
      }
    }

    var padding: Padding {
      switch self {
      case .named("same"): .same
      case .named: .valid
      case .pairs(let pairs): .explicit(low: pairs.map { $0[0] }, high: pairs.map { $0[1] })
      }
    }
  }

  var function: String
  /// The names of the tensors that there are gradients of.
  var inputs: [String]
  private var strides: [Int]?
  private var dilation: [Int]?
  private var padding: Border?
  private var window: [Int]?
  private var groups: Int?
  private var input_dilation: [Int]?
  private var output_padding: [Int]?
  private var reversed_kernel: Bool?
  private var counts_padding: Bool?
  private var norm: Double?
  private var output_size: [Int]?
  private var size: Int?
  private var mode: String?
  private var pairs: [[Int]]?
  private var method: String?
  private var antialias: Bool?
  private var aligns_corners: Bool?
  private var factors: [Int]?
  private var factor: Int?

  /// The function of a case's tensors; nil if the options name none.
  func callAsFunction(_ inputs: [Tensor], samples: Tensor?) -> Tensor? {
    convolved(inputs) ?? pooled(inputs[0], samples) ?? resized(inputs[0]) ?? eroded(inputs)
  }

  private var border: Padding { padding?.padding ?? .valid }
  private var steps: [Int] { strides ?? [1] }
  private var gaps: [Int] { dilation ?? [1] }

  private func convolved(_ v: [Tensor]) -> Tensor? {
    let bias = v.last?.rank == 1 ? v.last : nil
    switch function {
    case "convolution":
      return convolution(
        v[0], v[1], bias, strides: steps, padding: border, dilation: gaps,
        inputDilation: input_dilation ?? [1], groups: groups ?? 1)
    case "transposed_convolution":
      return transposedConvolution(
        v[0], v[1], bias, strides: steps, padding: border, outputPadding: output_padding ?? [0],
        dilation: gaps, groups: groups ?? 1, reversesKernel: reversed_kernel ?? false)
    case "depthwise_convolution":
      return depthwiseConvolution(
        v[0], v[1], bias, strides: steps, padding: border, dilation: gaps)
    case "separable_convolution":
      return separableConvolution(
        v[0], v[1], pointwiseKernel: v[2], bias, strides: steps, padding: border, dilation: gaps)
    case "axial_convolution":
      let axes = v[0].rank - 2
      return axialConvolution(
        v[0], kernels: Array(v[1 ... axes]), biases: Array(v[(axes + 1)...]), strides: steps,
        padding: border, dilation: gaps)
    default: return nil
    }
  }

  private func pooled(_ x: Tensor, _ samples: Tensor?) -> Tensor? {
    let (window, counts, order) = (window ?? [], output_size ?? [], norm ?? 2)
    switch function {
    case "max_pool":
      return maxPool(x, windowSize: window, strides: strides, padding: border, dilation: gaps)
    case "average_pool":
      return averagePool(
        x, windowSize: window, strides: strides, padding: border, dilation: gaps,
        countsPadding: counts_padding ?? false)
    case "lp_pool":
      return lpPool(
        x, windowSize: window, norm: order, strides: strides, padding: border, dilation: gaps)
    case "adaptive_max_pool": return adaptiveMaxPool(x, outputSize: counts)
    case "adaptive_average_pool": return adaptiveAveragePool(x, outputSize: counts)
    case "adaptive_lp_pool": return adaptiveLpPool(x, outputSize: counts, norm: order)
    case "global_max_pool": return globalMaxPool(x)
    case "global_average_pool": return globalAveragePool(x)
    case "global_lp_pool": return globalLpPool(x, norm: order)
    case "blur_pool":
      return blurPool(x, filterSize: size ?? 3, strides: strides ?? [2], mode: paddingMode)
    case "fractional_max_pool":
      return samples.map {
        fractionalMaxPool(x, windowSize: window, outputSize: counts, samples: $0)
      }
    default: return nil
    }
  }

  private var paddingMode: PaddingMode {
    switch mode {
    case "reflect": .reflect
    case "replicate": .replicate
    case "circular": .circular
    case "symmetric": .symmetric
    default: .constant(0)
    }
  }

  private var resizeMethod: ResizeMethod {
    ResizeMethod.allCases.first { "\($0)" == method } ?? .nearest
  }

  private func resized(_ x: Tensor) -> Tensor? {
    switch function {
    case "pad":
      return x.padded((pairs ?? []).map { ($0[0], $0[1]) }, mode: paddingMode)
    case "resize":
      return resize(
        x, to: output_size ?? [], method: resizeMethod, antialias: antialias ?? true,
        alignsCorners: aligns_corners ?? false)
    case "upsample": return upSample(x, factors: factors ?? [], method: resizeMethod)
    case "pixel_shuffle": return pixelShuffle(x, factor: factor ?? 0)
    case "pixel_unshuffle": return pixelUnshuffle(x, factor: factor ?? 0)
    default: return nil
    }
  }

  private func eroded(_ v: [Tensor]) -> Tensor? {
    switch function {
    case "dilation":
      return morphologicalDilation(
        v[0], v[1], strides: steps, padding: border, dilation: gaps)
    case "erosion":
      return morphologicalErosion(v[0], v[1], strides: steps, padding: border, dilation: gaps)
    default: return nil
    }
  }
}
