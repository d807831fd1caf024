import RanvierTensors
import TestSupport
import Testing

@Suite struct ParametersTests {
  let map: Parameters = [
    "encoder/dense_0/kernel": Tensor([[1.0, 2]]), "encoder/dense_0/bias": Tensor([3.0]),
    "encoder2/kernel": Tensor([4.0]), "head": Tensor([Float(5)]),
  ]

  @Test func `keeps the order in which tensors were added`() {
    #expect(
      map.paths == ["encoder/dense_0/kernel", "encoder/dense_0/bias", "encoder2/kernel", "head"])
    var changed = map
    changed["encoder/dense_0/bias"] = Tensor([7.0])
    changed["tail"] = Tensor([8.0])
    #expect(changed.paths == map.paths + ["tail"])
    #expect(changed["encoder/dense_0/bias"] == Tensor([7.0]))
    #expect(map["encoder/dense_0/bias"] == Tensor([3.0]))
    #expect(map.map(\.0) == map.paths)
  }

  @Test func `counts tensors, elements and bytes`() {
    #expect(map.count == 4 && !map.isEmpty && Parameters().isEmpty)
    #expect(map.elementCount == 5 && map.byteCount == 36)
  }

  @Test func `a scope is what lies below a name`() {
    #expect(map.scope("encoder").paths == ["dense_0/kernel", "dense_0/bias"])
    #expect(map.scope("encoder/dense_0").paths == ["kernel", "bias"])
    #expect(map.scope("head").isEmpty && map.scope("enc").isEmpty)
    #expect(map.scope("encoder").prefixed(by: "encoder").paths == Array(map.paths.prefix(2)))
  }

  @Test func `merging replaces and appends`() {
    var merged = map
    merged.merge(["new": Tensor(1.0), "head": Tensor(2.0)])
    #expect(merged.paths == map.paths + ["new"])
    #expect(merged["head"] == Tensor(2.0))
  }

  @Test func `filters, maps and combines`() {
    #expect(
      map.filter { $0.hasSuffix("kernel") }.paths == ["encoder/dense_0/kernel", "encoder2/kernel"])
    #expect(map.mapValues { $0 * 2 }["encoder2/kernel"] == Tensor([8.0]))
    let sums = map.combined(with: map.mapValues { $0 * 10 }) { $0 + $1 }
    #expect(sums["encoder2/kernel"] == Tensor([44.0]))
    let missing = map.combined(with: ["head": Tensor(1.0)]) { $0 + $1 }
    #expect(missing["head"].error == nil)
    #expect(missing["encoder2/kernel"].error?.operation == "parameters[\"encoder2/kernel\"]")
  }

  @Test func `equality ignores the order`() {
    #expect(
      ["a": Tensor(1.0), "b": Tensor(2.0)] as Parameters == ["b": Tensor(2.0), "a": Tensor(1.0)])
    #expect(["a": Tensor(1.0)] as Parameters != ["b": Tensor(1.0)])
    #expect(["a": Tensor(1.0)] as Parameters != ["a": Tensor(1.0), "b": Tensor(1.0)])
  }

  @Test func `a missing path lists what is there`() {
    let error = map["decoder"].error
    #expect(
      error?.message
        == "parameters[\"decoder\"] needs a path that is there, got a map of `encoder/dense_0/kernel`, `encoder/dense_0/bias`, `encoder2/kernel`, `head`"
    )
    var many = Parameters()
    for index in 0 ..< 20 { many["p\(index)"] = Tensor(0.0) }
    #expect(many["x"].error?.got.hasSuffix("`p7` and 12 more") == true)
    #expect(!map.contains("decoder") && map.contains("head"))
  }

  @Test func `similar paths come first`() {
    var many = Parameters()
    for index in 0 ..< 20 { many["block_\(index)/kernel"] = Tensor(0.0) }
    #expect(many["block_13/kernl"].error?.got.contains("`block_13/kernel`") == true)
  }

  @Test func `prints one line a tensor`() {
    #expect(map.scope("encoder").description == "dense_0/kernel: f64[1, 2]\ndense_0/bias: f64[1]")
  }
}
