import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// Blocks written with the functions alone, as layers put them together.
@Suite struct TransformerBlockTests {
  @Test(.tags(.golden)) func `an encoder block of functions equals PyTorch's in f64`() throws {
    try expectTransformerGolden("encoder", cases: 4) { Block(v: $0, options: $1).encoder() }
  }

  @Test(.tags(.golden)) func `a decoder block of functions equals PyTorch's in f64`() throws {
    try expectTransformerGolden("decoder", cases: 3) { Block(v: $0, options: $1).decoder() }
  }

  struct Block {
    let v: Parameters
    let options: TransformerGolden

    var heads: Int { options.heads ?? 1 }
    /// The mask of keys for all heads and queries.
    var mask: Tensor? {
      v.contains("mask")
        ? v["mask"].expandedDimension(at: 1).expandedDimension(at: 1) : nil
    }

    func encoder() -> Tensor {
      feedForward(
        residual(v["input"], "attention") {
          attention($0, mask: mask, isCausal: options.causal ?? false)
        })
    }

    func decoder() -> Tensor {
      let x = residual(v["input"], "attention") { attention($0, mask: nil, isCausal: true) }
      return feedForward(residual(x, "memory_attention") { attention($0, to: v["memory"]) })
    }

    func residual(_ x: Tensor, _ name: String, _ part: (Tensor) -> Tensor) -> Tensor {
      func norm(_ x: Tensor) -> Tensor {
        layerNorm(x, scale: v["\(name)_norm.scale"], offset: v["\(name)_norm.offset"])
      }
      return options.first ?? true ? x + part(norm(x)) : norm(x + part(x))
    }

    func projected(_ prefix: String, _ x: Tensor) -> Tensor {
      dense(x, v["\(prefix)kernel"], v["\(prefix)bias"])
    }

    func attention(_ x: Tensor, mask: Tensor?, isCausal: Bool) -> Tensor {
      projected(
        "attention.output_",
        multiHeadAttention(
          projections: projected("attention.", x), heads: heads, mask: mask, isCausal: isCausal))
    }

    func attention(_ x: Tensor, to memory: Tensor) -> Tensor {
      let prefix = "memory_attention."
      return projected(
        "\(prefix)output_",
        multiHeadAttention(
          projected("\(prefix)query_", x), projected("\(prefix)key_", memory),
          projected("\(prefix)value_", memory), heads: heads, mask: mask))
    }

    func feedForward(_ x: Tensor) -> Tensor {
      residual(x, "feed_forward") {
        RanvierFunctions.feedForward(
          $0, hiddenKernel: v["feed_forward.hidden_kernel"],
          hiddenBias: v["feed_forward.hidden_bias"],
          outputKernel: v["feed_forward.output_kernel"],
          outputBias: v["feed_forward.output_bias"], activation: activation(options))
      }
    }
  }
}
