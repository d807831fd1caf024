import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// A function of one tensor that must be recorded without knowing elements, as compilation does.
struct RecordedCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  var shape: Shape = [4, 6, 6, 2]
  let function: @Sendable (Tensor) -> Tensor

  static let key = RandomKey(seed: 1)

  static var all: [RecordedCase] {
    let activations = Activation.catalog.map { activation in
      RecordedCase(testDescription: activation.name) { activation($0) }
    }
    let losses = Loss.catalog.map { loss in
      RecordedCase(testDescription: loss.name, shape: [4, 3]) { loss(Tensor.ones([4, 3]), $0) }
    }
    let metrics = Metric.catalog.map { metric in
      RecordedCase(testDescription: metric.name, shape: [4, 3]) { metric(Tensor.ones([4, 3]), $0) }
    }
    let initializers = Initializer.catalog.map { initializer in
      RecordedCase(testDescription: initializer.name, shape: [2]) {
        initializer([3, 4], key: RandomKey(words: $0.cast(to: .uint32)))
      }
    }
    return activations + losses + metrics + initializers + layers
  }

  private static let layers = [
    RecordedCase(testDescription: "dense") { dense($0, Tensor.ones([2, 3]), Tensor.ones([3])) },
    RecordedCase(testDescription: "convolution") {
      convolution($0, Tensor.ones([3, 3, 2, 5]), padding: .same, inputDilation: [2])
    },
    RecordedCase(testDescription: "prelu") { prelu($0, slope: Tensor.ones([6]), alongAxis: 1) },
    RecordedCase(testDescription: "swiglu") { swiglu($0, alongAxis: 1) },
    RecordedCase(testDescription: "maxPool") { maxPool($0, windowSize: [2]) },
    RecordedCase(testDescription: "averagePool") {
      averagePool($0, windowSize: [3], padding: .same)
    },
    RecordedCase(testDescription: "globalAveragePool") { globalAveragePool($0) },
    RecordedCase(testDescription: "globalMaxPool") { globalMaxPool($0) },
    RecordedCase(testDescription: "flatten") { flatten($0) },
    RecordedCase(testDescription: "batchNorm") { batchNormTraining($0).output },
    RecordedCase(testDescription: "layerNorm") { layerNorm($0, scale: Tensor.ones([2])) },
    RecordedCase(testDescription: "rmsNorm") { rmsNorm($0, axes: [1, 2]) },
    RecordedCase(testDescription: "groupNorm") { groupNorm($0, groups: 2) },
    RecordedCase(testDescription: "embedding", shape: [4, 3]) {
      positionEmbedding(
        embedding($0.cast(to: .int32), table: Tensor.ones([5, 2])), table: Tensor.ones([3, 2]))
    },
    RecordedCase(testDescription: "scaledDotProductAttention", shape: [2, 3, 4]) {
      scaledDotProductAttention($0, $0, $0, mask: Tensor([true, false, true]), isCausal: true)
    },
    RecordedCase(testDescription: "multiHeadAttention", shape: [2, 3, 12]) {
      multiHeadAttention(projections: $0, heads: 2)
    },
    RecordedCase(testDescription: "simpleRNN", shape: [2, 3, 4]) {
      simpleRNN($0, kernel: Tensor.ones([4, 2]), recurrentKernel: Tensor.ones([2, 2])).states
    },
    RecordedCase(testDescription: "convLSTM", shape: [2, 3, 4, 5, 1]) {
      convLSTM(
        $0, kernel: Tensor.ones([3, 1, 1, 8]), recurrentKernel: Tensor.ones([1, 3, 2, 8])
      ).last.cell
    },
    RecordedCase(testDescription: "lstm", shape: [2, 3, 4]) {
      lstm($0, kernel: Tensor.ones([4, 8]), recurrentKernel: Tensor.ones([2, 8])).states
    },
    RecordedCase(testDescription: "gru", shape: [2, 3, 4]) {
      gru($0, kernel: Tensor.ones([4, 6]), recurrentKernel: Tensor.ones([2, 6])).last
    },
    RecordedCase(testDescription: "dropout") { dropout($0, rate: 0.5, key: key) },
    RecordedCase(testDescription: "classes", shape: [4]) {
      categoricalCrossEntropy($0.cast(to: .int32), Tensor.ones([4, 3]))
    },
  ]
}

@Test(arguments: RecordedCase.all)
func `is recorded without knowing elements`(row: RecordedCase) {
  let type = TensorType(.float32, row.shape)
  let trace = Trace(computes: false)
  let recorded = row.function(trace.input(type))
  let eager = row.function(Tensor.ones(row.shape))
  #expect(recorded.error == nil)
  #expect(recorded.type == eager.type)
  _ = trace.close()
}
