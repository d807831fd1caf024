import RanvierFunctions
import RanvierTensors
import TestSupport

extension WrongOperation {
  private static let sequence = Tensor.zeros([1, 2, 6])
  private static let cache = KeyValueCache(
    batch: [1], capacity: 1, keyFeatures: 6, valueFeatures: 6)

  /// Attention with options, positions, feed-forward layers and experts.
  static let attentionErrors: [WrongOperation] = [
    WrongOperation(
      #line, { multiHeadAttention(sequence, sequence, sequence, heads: 3, keyValueHeads: 2) },
      "multiHeadAttention needs a number of heads of keys and values that divides the number of heads, got 2 of 3"
    ),
    WrongOperation(
      #line, { scaledDotProductAttention(matrix, matrix, matrix, dropoutRate: 1) },
      "scaledDotProductAttention needs a dropout rate in 0 ..< 1, got 1.0"),
    WrongOperation(
      #line, { multiHeadAttention(sequence, sequence, sequence, cache: cache, heads: 2).output },
      "appending(keys:values:) needs room for all tokens, got 2 more tokens for a cache of 1 with 0; make a cache of a larger capacity"
    ),
    WrongOperation(
      #line, { cache.appending(keys: signal, values: signal).keys },
      "appending(keys:values:) needs keys and values of as many tokens each, with the cache's other sizes, got keys f32[1, 4, 2], values f32[1, 4, 2] for a cache of keys f32[1, 1, 6], values f32[1, 1, 6]"
    ),
    WrongOperation(
      #line, { rotaryPositions(matrix) },
      "rotaryPositions needs floating-point numbers [..., tokens, heads * share] with an even share of each head, got f32[2, 3] and 1 heads"
    ),
    WrongOperation(
      #line, { rotaryPositions(tall, base: 0) },
      "rotaryPositions needs a positive and finite base, got 0.0"),
    WrongOperation(
      #line, { sinusoidalPositions(tokens: 2, features: 0) },
      "sinusoidalPositions needs a number of tokens, at least one feature and a floating-point type, got 2 tokens, 0 features, f32"
    ),
    WrongOperation(
      #line, { sinusoidalPositionEmbedding(whole) },
      "sinusoidalPositionEmbedding needs floating-point numbers [..., tokens, features], got i32[2, 3]"
    ),
    WrongOperation(
      #line, { linearBiasSlopes(heads: -1) },
      "linearBiasSlopes needs at least one head and a floating-point type, got -1 heads, f32"),
    WrongOperation(
      #line, { linearPositionBias(heads: 2, queries: 1, keys: 1, offset: vector) },
      "linearPositionBias needs an offset that is an integer, or a scalar tensor of integers, got f32[4]"
    ),
    WrongOperation(
      #line, { feedForward(matrix, hiddenKernel: tall, outputKernel: tall) },
      "feedForward needs x [..., inputs] and a kernel [inputs, outputs], got x [2, 2], kernel [3, 2]"
    ),
    WrongOperation(
      #line, { expertWeights(matrix, chosen: 4) },
      "expertWeights needs floating-point scores [..., experts], of which one to all are chosen, got f32[2, 3] and 4 chosen"
    ),
    WrongOperation(
      #line, { loadBalancing(scalar, chosen: 1) },
      "loadBalancing needs floating-point scores [..., experts], of which one to all are chosen, got f32[] and 1 chosen"
    ),
    WrongOperation(
      #line, { mixtureOfExperts(matrix, weights: row, hiddenKernels: row, outputKernels: row) },
      "mixtureOfExperts needs floating-point numbers x [..., features], weights [..., experts], hidden kernels [experts, features, hidden] with biases [experts, hidden] and output kernels [experts, hidden, outputs] with biases [experts, outputs], got f32[2, 3], f32[3], f32[3], f32[3]"
    ),
  ]
}
