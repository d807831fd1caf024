import RanvierFunctions
import RanvierTensors
import TestSupport

extension WrongOperation {
  /// Layers.
  static let layerErrors: [WrongOperation] = [
    WrongOperation(
      #line, { dense(scalar, matrix) },
      "dense needs x [..., inputs] and a kernel [inputs, outputs], got x [], kernel [2, 3]"),
    WrongOperation(
      #line, { dense(matrix, matrix) },
      "dense needs x [..., inputs] and a kernel [inputs, outputs], got x [2, 3], kernel [2, 3]"),
    WrongOperation(
      #line, { dense(matrix, tall, vector) },
      "dense needs a bias of shape [2], got [4]"),
    WrongOperation(
      #line, { dense(notEqual(matrix, 0), notEqual(tall, 0)) },
      "dense needs operands of one type of numbers, got bool[2, 3] and bool[3, 2]"),
    WrongOperation(
      #line, { convolution(signal, Tensor.zeros([3, 2, 2]), strides: [0]) },
      "convolution needs strides of at least 1, one for each of the 1 spatial axes or one for all, got [0] for spatial sizes [4]"
    ),
    WrongOperation(
      #line, { convolution(signal, Tensor.zeros([3, 2, 2]), strides: [1, 2]) },
      "convolution needs strides of at least 1, one for each of the 1 spatial axes or one for all, got [1, 2] for spatial sizes [4]"
    ),
    WrongOperation(
      #line, { convolution(signal, Tensor.zeros([3, 2, 2]), dilation: [.max]) },
      "convolution needs dilations of at most 2^31, one for each of the 1 spatial axes or one for all, got [9223372036854775807] for spatial sizes [4]"
    ),
    WrongOperation(
      #line, { convolution(signal, Tensor.zeros([3, 2, 2]), padding: .explicit(-1)) },
      "convolution needs padding of at least 0, one for each of the 1 spatial axes or one for all, got [-1] for spatial sizes [4]"
    ),
    WrongOperation(
      #line, { convolution(signal, Tensor.zeros([3, 2, 2]), inputDilation: [0]) },
      "convolution needs dilations of at least 1, one for each of the 1 spatial axes or one for all, got [0] for spatial sizes [4]"
    ),
    WrongOperation(
      #line, { convolution(signal, Tensor.zeros([3, 2, 2]), groups: 0) },
      "convolution needs 1 to 3 spatial axes with positive strides, dilations and groups, got input f32[1, 4, 2], kernel f32[3, 2, 2], strides [1] padding [0] [0] dilation [1] groups 0"
    ),
    WrongOperation(
      #line, { convolution(signal, Tensor.zeros([3, 3, 2])) },
      "convolution needs as many input channels as groups times the kernel's, and outputs that groups divide, got input f32[1, 4, 2], kernel f32[3, 3, 2], strides [1] padding [0] [0] dilation [1] groups 1; channels are the last axis"
    ),
    WrongOperation(
      #line, { convolution(signal, Tensor.zeros([9, 2, 2])) },
      "convolution needs an input (with padding) at least as large as the kernel, got input f32[1, 4, 2], kernel f32[9, 2, 2], strides [1] padding [0] [0] dilation [1] groups 1"
    ),
    WrongOperation(
      #line, { convolution(signal, Tensor.zeros([3, 2, 2]), vector) },
      "convolution needs a bias of shape [2], got [4]"),
    WrongOperation(
      #line, { convolution(image, Tensor.zeros([3, 2, 2])) },
      "convolution needs a kernel [2 sizes, channels / groups, outputs], got x [1, 4, 4, 2], kernel [3, 2, 2]"
    ),
    WrongOperation(
      #line, { convolution(matrix, tall) },
      "convolution needs an input [batch, 1 to 3 spatial axes, channels], got f32[2, 3]; reshape rows into images first"
    ),
    WrongOperation(
      #line, { convolution(signal.cast(to: .int32), Tensor.range(4).reshaped(to: [1, 2, 2])) },
      "convolution needs input and kernel of one floating-point type, got input i32[1, 4, 2], kernel i32[1, 2, 2], strides [1] padding [0] [0] dilation [1] groups 1"
    ),
    WrongOperation(
      #line, { transposedConvolution(signal, Tensor.zeros([3, 2, 3])) },
      "transposedConvolution needs spatial axes that are not empty, and a kernel [1 sizes, outputs / groups, channels] whose channels groups divide, got x [1, 4, 2], kernel [3, 2, 3], groups 1"
    ),
    WrongOperation(
      #line, { transposedConvolution(signal, Tensor.zeros([3, 2, 2]), groups: 0) },
      "transposedConvolution needs spatial axes that are not empty, and a kernel [1 sizes, outputs / groups, channels] whose channels groups divide, got x [1, 4, 2], kernel [3, 2, 2], groups 0"
    ),
    WrongOperation(
      #line, { transposedConvolution(signal, Tensor.zeros([3, 2, 2]), outputPadding: [1]) },
      "transposedConvolution needs output padding below the stride for each axis, none with padding .same, got [1] with strides [1]"
    ),
    WrongOperation(
      #line, { transposedConvolution(signal, Tensor.zeros([3, 2, 2]), padding: .explicit(9)) },
      "transposedConvolution needs padding that leaves some of the output, and an output that is possible, got x [1, 4, 2], kernel [3, 2, 2], strides [1] padding [9] [9] dilation [1] groups 1"
    ),
    WrongOperation(
      #line, { transposedConvolution(signal, Tensor.zeros([3, 2, 2]), strides: [0]) },
      "transposedConvolution needs strides of at least 1, one for each of the 1 spatial axes or one for all, got [0] for spatial sizes [4]"
    ),
    WrongOperation(
      #line, { transposedConvolution(matrix, tall) },
      "transposedConvolution needs an input [batch, 1 to 3 spatial axes, channels], got f32[2, 3]; reshape rows into images first"
    ),
    WrongOperation(
      #line, { maxPool(image, windowSize: []) },
      "maxPool needs window sizes of at least 1, one for each of the 2 spatial axes or one for all, got [] for spatial sizes [4, 4]"
    ),
    WrongOperation(
      #line, { maxPool(image, windowSize: [0]) },
      "maxPool needs window sizes of at least 1, one for each of the 2 spatial axes or one for all, got [0] for spatial sizes [4, 4]"
    ),
    WrongOperation(
      #line, { maxPool(signal, windowSize: [5]) },
      "maxPool needs an input (with padding) at least as large as the window, got f32[1, 4, 2], size [5] strides [5] padding [0] [0] dilation [1]"
    ),
    WrongOperation(
      #line, { maxPool(matrix, windowSize: [2]) },
      "maxPool needs an input [batch, 1 to 3 spatial axes, channels], got f32[2, 3]; reshape rows into images first"
    ),
    WrongOperation(
      #line, { sumPool(signal, windowSize: [5]) },
      "sumPool needs an input (with padding) at least as large as the window, got f32[1, 4, 2], size [5] strides [5] padding [0] [0] dilation [1]"
    ),
    WrongOperation(
      #line, { sumPool(scalar, windowSize: [5]) },
      "sumPool needs an input [batch, 1 to 3 spatial axes, channels], got f32[]; channels are the last axis"
    ),
    WrongOperation(
      #line, { averagePool(signal, windowSize: [5]) },
      "averagePool needs an input (with padding) at least as large as the window, got f32[1, 4, 2], size [5] strides [5] padding [0] [0] dilation [1]"
    ),
    WrongOperation(
      #line, { averagePool(image, windowSize: [2], strides: [0]) },
      "averagePool needs strides of at least 1, one for each of the 2 spatial axes or one for all, got [0] for spatial sizes [4, 4]"
    ),
    WrongOperation(
      #line, { globalAveragePool(matrix) },
      "globalAveragePool needs an input [batch, 1 to 3 spatial axes, channels], got f32[2, 3]; reshape rows into images first"
    ),
    WrongOperation(
      #line, { globalMaxPool(matrix) },
      "globalMaxPool needs an input [batch, 1 to 3 spatial axes, channels], got f32[2, 3]; reshape rows into images first"
    ),
    WrongOperation(
      #line, { globalMaxPool(notEqual(image, 0)) },
      "globalMaxPool needs elements that are numbers, got bool[1, 4, 4, 2]; convert with cast(to:)"),
    WrongOperation(
      #line, { batchNorm(matrix, mean: vector, variance: vector) },
      "batchNorm needs a mean of shape [3], got [4] for x [2, 3]; channels are the last axis"),
    WrongOperation(
      #line, { batchNorm(matrix, scale: vector, mean: row, variance: row) },
      "batchNorm needs a scale of shape [3], got [4] for x [2, 3]; channels are the last axis"),
    WrongOperation(
      #line, { batchNormTraining(vector).output },
      "batchNorm needs floating-point numbers [batch, ..., channels], got f32[4]"),
    WrongOperation(
      #line, { batchNormTraining(whole).output },
      "batchNorm needs floating-point numbers [batch, ..., channels], got i32[2, 3]"),
    WrongOperation(
      #line, { layerNorm(matrix, scale: vector) },
      "layerNorm needs a scale of shape [3], got [4] for x [2, 3] and axes [-1]"),
    WrongOperation(
      #line, { rmsNorm(matrix, axes: [3]) },
      "rmsNorm needs an axis in -2 ..< 2, got [3] for shape [2, 3]"),
    WrongOperation(
      #line, { groupNorm(matrix, groups: 2) },
      "groupNorm needs x [batch, ..., channels] and a number of groups that divides the channels, got 2 groups of x [2, 3]"
    ),
    WrongOperation(
      #line, { embedding(vector, table: matrix) },
      "embedding needs integers and a table [vocabulary, features], got ids f32[4], table f32[2, 3]; convert with cast(to: .int32)"
    ),
    WrongOperation(
      #line, { positionEmbedding(signal, table: matrix) },
      "positionEmbedding needs x [..., tokens, features] and a table [at least tokens, features], got x [1, 4, 2], table [2, 3]"
    ),
    WrongOperation(
      #line, { scaledDotProductAttention(matrix, tall, tall) },
      "scaledDotProductAttention needs floating-point numbers query [..., queries, features], key [..., keys, features] and value [..., keys, outputs], got query f32[2, 3], key f32[3, 2], value f32[3, 2]"
    ),
    WrongOperation(
      #line, { scaledDotProductAttention(matrix, matrix, matrix, mask: vector) },
      "scaledDotProductAttention needs a mask of truth values or floating-point numbers that broadcasts to [2, 2], got f32[4]"
    ),
    WrongOperation(
      #line, { multiHeadAttention(projections: matrix, heads: 2) },
      "multiHeadAttention needs [..., tokens, 3 * features] and a number of heads that divides the features, got [2, 3] and 2 heads"
    ),
    WrongOperation(
      #line, { lstm(signal, kernel: matrix, recurrentKernel: matrix).states },
      "lstm needs x [batch, steps, features], a kernel [features, 4 * units] and a recurrent kernel [units, 4 * units], got x [1, 4, 2], kernel [2, 3], recurrent kernel [2, 3]"
    ),
    WrongOperation(
      #line, { gruCell(matrix, matrix, kernel: row, recurrentKernel: matrix) },
      "gruCell needs x [batch, features], a kernel [features, 3 * units] and a recurrent kernel [units, 3 * units], got x [2, 3], kernel [3], recurrent kernel [2, 3]"
    ),
    WrongOperation(
      #line, { dropout(matrix, rate: 1, key: key) },
      "dropout needs a rate in 0 ..< 1, got 1.0 for shape [2, 3]"),
    WrongOperation(
      #line, { dropout(matrix, rate: 0.5, key: RandomKey(words: vector)) },
      "dropout needs a random key, u32[2], got f32[4]; make one with RandomKey(seed:)"),
    WrongOperation(
      #line, { flatten(scalar) },
      "flatten needs a batch axis, got a scalar"),
  ]

  /// Activations and initializers.
  static let activationErrors: [WrongOperation] = [
    WrongOperation(
      #line, { softmax(scalar) },
      "softmax needs at least one axis, got [-1] for shape []"),
    WrongOperation(
      #line, { softmax(matrix, alongAxis: 2) },
      "softmax needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { softmax(whole) },
      "softmax needs floating-point numbers, got i32[2, 3]; convert with cast(to:)"),
    WrongOperation(
      #line, { softmax(flags) },
      "softmax needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { logSoftmax(matrix, alongAxis: -3) },
      "logSoftmax needs an axis in -2 ..< 2, got [-3] for shape [2, 3]"),
    WrongOperation(
      #line, { logSoftmax(whole) },
      "logSoftmax needs floating-point numbers, got i32[2, 3]; convert with cast(to:)"),
    WrongOperation(
      #line, { elu(whole) },
      "elu needs floating-point numbers, got i32[2, 3]; convert with cast(to:)"),
    WrongOperation(
      #line, { selu(whole) },
      "selu needs floating-point numbers, got i32[2, 3]; convert with cast(to:)"),
    WrongOperation(
      #line, { silu(whole) },
      "silu needs floating-point numbers, got i32[2, 3]; convert with cast(to:)"),
    WrongOperation(
      #line, { softplus(whole) },
      "softplus needs floating-point numbers, got i32[2, 3]; convert with cast(to:)"),
    WrongOperation(
      #line, { celu(matrix, alpha: 0) },
      "celu needs a finite alpha other than 0, got 0.0; the limit for small alpha is relu"),
    WrongOperation(
      #line, { celu(whole) },
      "celu needs floating-point numbers, got i32[2, 3]; convert with cast(to:)"),
    WrongOperation(
      #line, { geluTanh(whole) },
      "geluTanh needs floating-point numbers, got i32[2, 3]; convert with cast(to:)"),
    WrongOperation(
      #line, { hardSigmoid(matrix, alpha: -1) },
      "hardSigmoid needs a positive alpha, and finite numbers, got alpha -1.0, beta 0.5"),
    WrongOperation(
      #line, { hardSilu(matrix, beta: .infinity) },
      "hardSilu needs a positive alpha, and finite numbers, got alpha 0.16666666666666666, beta inf"
    ),
    WrongOperation(
      #line, { hardTanh(matrix, from: 2, to: 1) },
      "hardTanh needs ends in order, got 2.0 to 1.0"),
    WrongOperation(
      #line, { mish(flags) },
      "mish needs floating-point numbers, got bool[2]; convert with cast(to:)"),
    WrongOperation(
      #line, { logSigmoid(whole) },
      "logSigmoid needs floating-point numbers, got i32[2, 3]; convert with cast(to:)"),
    WrongOperation(
      #line, { softsign(whole) },
      "softsign needs floating-point numbers, got i32[2, 3]; convert with cast(to:)"),
    WrongOperation(
      #line, { softmin(matrix, alongAxis: 2) },
      "softmin needs an axis in -2 ..< 2, got [2] for shape [2, 3]"),
    WrongOperation(
      #line, { glu(matrix) },
      "glu needs an axis of even size, whose halves are values and gates, got axis 1 of shape [2, 3]"
    ),
    WrongOperation(
      #line, { swiglu(matrix, alongAxis: 3) },
      "swiglu needs an axis in -2 ..< 2, got [3] for shape [2, 3]"),
    WrongOperation(
      #line, { geglu(whole, alongAxis: 0) },
      "geglu needs floating-point numbers, got i32[2, 3]; convert with cast(to:)"),
    WrongOperation(
      #line, { prelu(matrix, slope: vector) },
      "prelu needs one slope, or one for each position of the channels' axis, got slopes [4] for axis 1 of x [2, 3]"
    ),
    WrongOperation(
      #line, { prelu(matrix, slope: row, alongAxis: -3) },
      "prelu needs an axis in -2 ..< 2, got [-3] for shape [2, 3]"),
    WrongOperation(
      #line, { Initializer.glorotUniform([2, -1], key: key) },
      "glorot_uniform needs sizes that are not negative, got [2, -1]"),
    WrongOperation(
      #line, { Initializer.heNormal([2, 2], key: key, elementType: .int32) },
      "he_normal needs a floating-point type, got i32[2, 2]; use integers(_:in:) for whole numbers"),
    WrongOperation(
      #line, { Initializer.uniform(scale: -1)([2], key: key) },
      "uniform needs finite ends, the lower one first, got 1.0 to -1.0 for shape [2]"),
    WrongOperation(
      #line, { Initializer.identity([2], key: key) },
      "identity needs a kernel [inputs, outputs] or [size..., inputs, outputs], got [2]"),
    WrongOperation(
      #line, { Initializer.deltaOrthogonal([3, 4, 2], key: key) },
      "delta_orthogonal needs a kernel [size..., inputs, outputs] with at most as many inputs as outputs, got [3, 4, 2]"
    ),
    WrongOperation(
      #line, { Initializer.sparse(1.5)([2, 2], key: key) },
      "sparse needs a kernel [inputs, outputs] or [size..., inputs, outputs], and a share of zeros, got [2, 2], sparsity 1.5"
    ),
    WrongOperation(
      #line, { Initializer.varianceScaling(scale: -1)([2, 2], key: key) },
      "variance_scaling needs a scale that is not negative, and a distribution, got scale -1.0, distribution 2.0; distributions are 0 (uniform), 1 (normal) and 2 (truncated normal)"
    ),
    WrongOperation(
      #line, { Initializer.truncatedNormal(standardDeviation: 1, limit: 0)([2], key: key) },
      "truncated_normal needs a lower end below the upper one, got -0.0 to 0.0 for shape [2]"),
    WrongOperation(
      #line, { Initializer.normal([2], key: RandomKey(words: vector)) },
      "normal needs a random key, u32[2], got f32[4]; make one with RandomKey(seed:)"),
  ]

  /// Losses and metrics.
  static let lossErrors: [WrongOperation] = [
    WrongOperation(
      #line, { meanSquaredError(matrix, vector) },
      "meanSquaredError needs targets of the predictions' shape, got targets f32[2, 3], predictions f32[4]; the batches differ in size"
    ),
    WrongOperation(
      #line, { meanSquaredError(vector, vector, weights: matrix) },
      "meanSquaredError needs weights with the leading axes of the values, got weights [2, 3] for values [4]; give one weight for each example, or for each value"
    ),
    WrongOperation(
      #line, { meanAbsoluteError(vector, matrix) },
      "meanAbsoluteError needs targets of the predictions' shape, got targets f32[4], predictions f32[2, 3]; the batches differ in size"
    ),
    WrongOperation(
      #line, { meanAbsoluteError(vector, vector, weights: matrix) },
      "meanAbsoluteError needs weights with the leading axes of the values, got weights [2, 3] for values [4]; give one weight for each example, or for each value"
    ),
    WrongOperation(
      #line, { binaryCrossEntropy(row, Tensor.zeros([3, 1])) },
      "binaryCrossEntropy needs targets of the predictions' shape, got targets f32[3], predictions f32[3, 1]; add an axis to the targets: targets.expandedDimension(at: -1)"
    ),
    WrongOperation(
      #line, { categoricalCrossEntropy(scalar, scalar) },
      "categoricalCrossEntropy needs predictions with a class axis, got targets f32[], predictions f32[]"
    ),
    WrongOperation(
      #line, { categoricalCrossEntropy(Tensor.zeros([2]), matrix) },
      "categoricalCrossEntropy needs targets of shape [2, 3], or classes as integers of shape [2], got targets f32[2], predictions f32[2, 3]; classes are integers: targets.cast(to: .int32)"
    ),
    WrongOperation(
      #line, { categoricalCrossEntropy(vector, matrix) },
      "categoricalCrossEntropy needs targets of shape [2, 3], or classes as integers of shape [2], got targets f32[4], predictions f32[2, 3]; the batches differ in size"
    ),
    WrongOperation(
      #line, { categoricalCrossEntropy(matrix, matrix, weights: vector) },
      "categoricalCrossEntropy needs weights with the leading axes of the values, got weights [4] for values [2]; give one weight for each example, or for each value"
    ),
    WrongOperation(
      #line, { Reduction.mean(matrix, weights: vector) },
      "Reduction needs weights with the leading axes of the values, got weights [4] for values [2, 3]; give one weight for each example, or for each value"
    ),
    WrongOperation(
      #line, { Metric.accuracy(matrix, vector) },
      "accuracy needs targets of shape [4], got targets f32[2, 3], predictions f32[4]"
    ),
    WrongOperation(
      #line, { Metric.accuracy(vector, vector, weights: matrix) },
      "accuracy needs weights with the leading axes of the values, got weights [2, 3] for values [4]; give one weight for each example, or for each value"
    ),
    WrongOperation(
      #line, { Metric.accuracy(Tensor.zeros([2, 0]), Tensor.zeros([2, 0])) },
      "accuracy needs an axis of the tensor that is not empty, got axis 1 of f32[2, 0]"),
    WrongOperation(
      #line, { Metric.meanSquaredError(matrix, vector) },
      "meanSquaredError needs targets of the predictions' shape, got targets f32[2, 3], predictions f32[4]; the batches differ in size"
    ),
  ]
}
