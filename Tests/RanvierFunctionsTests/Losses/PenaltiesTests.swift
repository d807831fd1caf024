import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct PenaltiesTests {
  let parameters: Parameters = [
    "dense/kernel": Tensor([[1, -2], [0, 3]] as [[Float]]), "dense/bias": Tensor([-1] as [Float]),
    "steps": Tensor([7]),
  ]

  @Test func `add up sizes and squares`() {
    #expect(l1Penalty(parameters, rate: 0.5) == Tensor(Float(3.5)))
    #expect(l2Penalty(parameters, rate: 0.5) == Tensor(Float(7.5)))
    #expect(elasticPenalty(parameters, l1: 2, l2: 1) == Tensor(Float(29)))
    let kernels = parameters.filter { $0.hasSuffix("kernel") }
    #expect(l1Penalty(kernels, rate: 1) == Tensor(Float(6)))
    #expect(l2Penalty(Parameters(), rate: 1) == Tensor(Float(0)))
  }

  @Test func `have derivatives of each tensor's type`() {
    let slopes = gradient(at: [Tensor([2.0, -3]), Tensor([0, 1] as [Float])]) {
      elasticPenalty($0, l1: 1, l2: 0.5)
    }
    #expect(slopes == [Tensor([3.0, -4]), Tensor([0, 2] as [Float])])
  }

  @Test func `pass errors on`() {
    let wrong = Tensor([1.0, 2]) + Tensor([1.0, 2, 3])
    #expect(elasticPenalty([wrong], l1: 1, l2: 1).error == wrong.error)
  }
}
