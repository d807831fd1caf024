import RanvierFunctions
import RanvierTensors
import Testing

@Test(arguments: Loss.catalog)
func `losses of no examples are not a number`(loss: Loss) {
  let none = Tensor.zeros([0, 3])
  #expect(loss(none, none).scalar(as: Double.self).isNaN)
  #expect(loss(none, none, reduction: .sum) == Tensor(Float(0)))
  #expect(loss.perExample(none, none).shape == [0])
}

@Test func `cross-entropy over no classes knows none`() {
  let predictions = Tensor.zeros([2, 0])
  #expect(categoricalCrossEntropy(predictions, predictions) == Tensor(Float(0)))
  #expect(categoricalCrossEntropy(Tensor([0, 0]), predictions).scalar(as: Double.self).isNaN)
}

@Test func `layers take empty batches`() {
  let x = Tensor.zeros([0, 4, 4, 3])
  let kernel = Tensor.ones([3, 3, 3, 2])
  #expect(convolution(x, kernel).shape == [0, 2, 2, 2])
  #expect(maxPool(x, windowSize: [2]).shape == [0, 2, 2, 3])
  #expect(averagePool(x, windowSize: [2], strides: [1], padding: .same).shape == [0, 4, 4, 3])
  #expect(globalAveragePool(x).shape == [0, 3])
  #expect(globalMaxPool(x).shape == [0, 3])
  #expect(batchNormTraining(x).output.shape == [0, 4, 4, 3])
  #expect(dropout(x, rate: 0.5, key: RandomKey(seed: 1)).shape == [0, 4, 4, 3])
  let slope = gradient(at: kernel) { convolution(x, $0).sum() }
  #expect(slope == Tensor.zeros([3, 3, 3, 2]))
  let inputSlope = gradient(at: x) { maxPool($0, windowSize: [2]).sum() }
  #expect(inputSlope.shape == x.shape)
}

@Test func `layers of sequences take empty batches and no steps`() {
  for x in [Tensor.zeros([0, 3, 4]), Tensor.zeros([2, 0, 4])] {
    let (batch, steps) = (x.shape[0], x.shape[1])
    #expect(layerNorm(x) == x && rmsNorm(x) == x && groupNorm(x, groups: 2) == x)
    #expect(positionEmbedding(x, table: Tensor.ones([3, 4])) == x)
    #expect(
      embedding(x.cast(to: .int32), table: Tensor.ones([3, 2])).shape == [batch, steps, 4, 2])
    #expect(scaledDotProductAttention(x, x, x, isCausal: true) == x)
    #expect(multiHeadAttention(x, x, x, heads: 2) == x)
    let (states, last) = lstm(
      x, kernel: Tensor.ones([4, 8]), recurrentKernel: Tensor.ones([2, 8]))
    #expect(states.shape == [batch, steps, 2] && last.cell == Tensor.zeros([batch, 2]))
    #expect(
      gru(x, kernel: Tensor.ones([4, 6]), recurrentKernel: Tensor.ones([2, 6])).states.shape
        == [batch, steps, 2])
    let kernel = Tensor.ones([4, 8])
    let slope = gradient(at: kernel) {
      lstm(x, kernel: $0, recurrentKernel: Tensor.ones([2, 8])).last.hidden.sum()
    }
    #expect(slope == Tensor.zeros([4, 8]))
  }
  // Queries without features fit every key equally.
  let none = Tensor.zeros([1, 2, 0])
  #expect(
    scaledDotProductAttention(none, none, Tensor([[[1.0], [3.0]]])) == Tensor([[[2.0], [2.0]]]))
}
