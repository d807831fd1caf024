import RanvierTensors
import TestSupport
import Testing

@Suite struct HistogramTests {
  @Test func `bins are open on the right, the last is closed`() {
    let x = Tensor([0.0, 1, 1.5, 2, 3, 4, -1, 4.5, .nan, .infinity])
    let edges = Tensor([0.0, 1, 2, 4])
    #expect(histogram(x, edges: edges) == Tensor([Int32(1), 2, 3]))
    #expect(histogram(x, edges: Tensor([0.0])).shape == [0])
    #expect(histogram(Tensor([1, 2, 2]), edges: Tensor([1, 2, 2])) == Tensor([Int32(1), 2]))
  }

  @Test func `bins of equal width`() {
    let x = Tensor([[1.0, 2], [1, 4]])
    let result = histogram(x, bins: 3)
    #expect(result.counts == Tensor([Int32(2), 1, 1]) && result.edges == Tensor([1.0, 2, 3, 4]))
    let inRange = histogram(x, bins: 2, in: 0 ... 2)
    #expect(inRange.counts == Tensor([Int32(0), 3]) && inRange.edges == Tensor([0.0, 1, 2]))
    let constant = histogram(Tensor([Float(3), 3]), bins: 2)
    #expect(constant.edges == Tensor([Float(2.5), 3, 3.5]))
    #expect(constant.counts == Tensor([Int32(0), 2]))
    #expect(histogram(Tensor.zeros([0]), bins: 2).edges == Tensor([Float(0), 0.5, 1]))
    let integers = histogram(Tensor([1, 2, 3, 9]), bins: 4)
    #expect(integers.edges == Tensor([1.0, 3, 5, 7, 9]))
    #expect(integers.counts == Tensor([Int32(2), 1, 0, 1]))
  }

  @Test func `every number of the range is counted once`() {
    var generator = TestGenerator(salt: "histogram")
    for type in [ElementType.float32, .float64, .float16] {
      let x = Tensor.random([1000], from: -0.1, to: 0.7, using: &generator).cast(to: type)
      for bins in [1, 3, 7, 100] {
        let (counts, edges) = histogram(x, bins: bins)
        #expect(counts.sum() == Tensor(Int32(1000)))
        #expect(counts.shape == [bins] && edges.shape == [bins + 1])
        #expect(edges[-1] == x.max().cast(to: edges.elementType))
      }
    }
  }

  @Test func `weights are summed up`() {
    let x = Tensor([0.5, 1.5, 1.6])
    let weights = Tensor([Float(2), 3, 4])
    #expect(
      histogram(x, edges: Tensor([0.0, 1, 2]), weights: weights) == Tensor([Float(2), 7]))
    #expect(histogram(x, bins: 1, weights: weights).counts == Tensor([Float(9)]))
    expectGradientsMatch(at: [Tensor([1.0, 2, 3])], "weights") { p in
      histogram(x, bins: 2, in: 0 ... 2, weights: p[0] * p[0]).counts
    }
  }

  @Test func `numbers are counted`() {
    #expect(bincount(Tensor([1, 3, 1, 0])) == Tensor([Int32(1), 2, 0, 1]))
    #expect(bincount(Tensor([1, 3, -1]), bins: 3) == Tensor([Int32(0), 1, 0]))
    #expect(bincount(Tensor([Int]())).shape == [0])
    #expect(
      bincount(Tensor([[1], [1]]), bins: 2, weights: Tensor([[0.5], [1]])) == Tensor([0, 1.5]))
    #expect(bincount(Tensor([1]), weights: Tensor([true])) == Tensor([Int32(0), 1]))
    #expect(bincount(Tensor([-1])).error?.got == "i64[1] from -1 to -1")
    #expect(bincount(Tensor([Int.max])).error != nil)
    #expect(bincount(Tensor([1.0])).error?.operation == "bincount")
    #expect(bincount(Tensor([1]), bins: 2, weights: Tensor([1.0, 2])).error != nil)
    #expect(bincount(Tensor([1]), bins: -2).error != nil)
  }

  @Test func `what has no bins is an error`() {
    #expect(histogram(Tensor([1.0]), bins: 0).counts.error?.got == "0 bins for f64[1]")
    let unbounded = histogram(Tensor([1.0, .nan]), bins: 2).edges
    #expect(unbounded.error?.got == "2 bins from nan to nan for f64[2]")
    #expect(histogram(Tensor([1.0]), bins: 2, in: 0 ... .infinity).counts.error != nil)
    #expect(histogram(Tensor([1.0]), edges: Tensor([[1.0]])).error?.operation == "histogram")
    #expect(histogram(Tensor([1.0]), edges: Tensor([Double]())).error != nil)
    #expect(histogram(Tensor([1.0]), bins: 1, weights: Tensor([1.0, 2])).counts.error != nil)
  }

  @Test func `histograms are recorded`() {
    let x = Trace(computes: false).input(TensorType(.float32, [5, 2]))
    let (counts, edges) = histogram(x, bins: 4)
    #expect(counts.type == TensorType(.int32, [4]) && edges.type == TensorType(.float32, [5]))
  }
}
