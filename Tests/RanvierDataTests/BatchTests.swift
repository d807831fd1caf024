import RanvierData
import RanvierTensors
import Testing

struct BatchTests {
  @Test func `a single input has a name nobody needs to know`() {
    let batch = Batch(inputs: Tensor.ones([2, 3]), targets: Tensor.zeros([2]))
    #expect(batch.inputs.paths == [Batch.unnamedInput])
    #expect(batch.input == Tensor.ones([2, 3]))
    #expect(batch.count == 2)
    let pair = Batch(
      inputs: ["left": Tensor.ones([2]), "right": Tensor.ones([2])], targets: Tensor.zeros([2]))
    #expect(
      pair.input.error?.message
        == #"batch.input needs exactly one input, got ["left", "right"]; use batch.inputs[name]"#)
  }

  @Test func `is a tree of inputs, targets and weights`() {
    let batch = Batch(
      inputs: ["a": Tensor.ones([2]), "b": Tensor.ones([2])], targets: Tensor.zeros([2]),
      weights: Tensor.ones([2]))
    #expect(batch.tensors.count == 4)
    #expect(batch.replacingTensors(with: batch.tensors) == batch)
    #expect(batch.mapTensors { $0 * 2 }.weights == Tensor.ones([2]) * 2)
    #expect(Batch(inputs: batch.inputs, targets: batch.targets).tensors.count == 3)
  }

  @Test func `arrays of batches are the same in every epoch`() throws {
    let batches = (0 ..< 3).map {
      Batch(inputs: Tensor([Float($0)]), targets: Tensor([Float($0)]))
    }
    let source: any BatchSource = batches
    #expect(source.batchCount == 3)
    #expect(try source.batch(2, epoch: 5) == batches[2])
    let error = #expect(throws: OperationError.self) { try source.batch(3, epoch: 0) }
    #expect(
      error?.message
        == "batch(_:epoch:) needs a batch of 0 ..< 3 and an epoch from 0, got batch 3 of epoch 0")
  }
}
