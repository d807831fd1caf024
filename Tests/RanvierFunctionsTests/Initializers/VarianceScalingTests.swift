import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct VarianceScalingTests {
  static let key = RandomKey(seed: 4)

  @Test func `is what the named initializers are`() {
    let pairs: [(Initializer, Initializer)] = [
      (.heNormal, .varianceScaling(scale: 2)),
      (.heUniform, .varianceScaling(scale: 2, distribution: .uniform)),
      (.glorotNormal, .varianceScaling(scale: 1, fan: .average)),
      (.glorotUniform, .varianceScaling(scale: 1, fan: .average, distribution: .uniform)),
      (.lecunNormal, .varianceScaling),
      (.lecunUniform, .varianceScaling(scale: 1, distribution: .uniform)),
      (.heNormal(gain: 0.5), .varianceScaling(scale: 0.5)),
    ]
    for (named, general) in pairs {
      for layout in [KernelLayout.dense, .transposedConvolution(groups: 2), .bilinear] {
        #expect(
          named([3, 4, 6], key: Self.key, layout: layout)
            == general([3, 4, 6], key: Self.key, layout: layout), "\(named)")
      }
    }
  }

  @Test func `signals keep their variance through layers`() {
    // A layer of 256 changes the logarithm of one row's variance by sqrt(2 / 256), so that after 40
    // of them it is off by about 0.6; the mean over 64 rows is off by less. A fan that is wrong by a
    // factor of 2 would make it 28.
    var x = Self.key.normal([64, 256], elementType: .float64)
    for layer in 0 ..< 40 {
      let kernel = Initializer.lecunNormal(
        [256, 256], key: RandomKey(seed: UInt64(layer)), elementType: .float64)
      x = matmul(x, kernel)
    }
    let variance = x.variance().scalar(as: Double.self)
    #expect(variance > 0.3 && variance < 3)
  }

  @Test func `is saved as numbers`() throws {
    let initializer = Initializer.varianceScaling(
      scale: 3, fan: .average, distribution: .uniform)
    #expect(
      initializer.options == ["scale": 3, "inputs": 0.5, "outputs": 0.5, "distribution": 0])
    let found = try Initializer(named: "variance_scaling", options: initializer.options)
    #expect(found([4, 5], key: Self.key) == initializer([4, 5], key: Self.key))
    #expect(found([4, 5], key: Self.key) != Initializer.varianceScaling([4, 5], key: Self.key))
  }
}
