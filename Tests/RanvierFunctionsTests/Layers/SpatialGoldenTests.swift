import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct SpatialGoldenTests {
  /// The names of all cases, each after its family.
  static let cases = ["convolutions", "pools", "resizing"].flatMap { family in
    ((try? Golden("spatial_\(family)").cases) ?? []).map { "\(family)/\($0)" }
  }

  private func load(
    _ path: String
  ) throws -> (tensors: Parameters, case: GoldenSpatial, samples: Tensor?) {
    let parts = path.split(separator: "/").map(String.init)
    let golden = try Golden("spatial_\(parts[0])")
    let tensors = golden.tensors(parts[1])
    return (
      tensors, try golden.options(parts[1], as: GoldenSpatial.self),
      tensors.contains("samples") ? tensors["samples"] : nil
    )
  }

  @Test(.tags(.golden), arguments: cases)
  func `values and all gradients equal PyTorch's and JAX's`(path: String) throws {
    let (tensors, options, samples) = try load(path)
    try #require(
      options(options.inputs.map { tensors[$0] }, samples: samples) != nil, "\(options.function)")
    func check(_ tensors: Parameters, relative: Double, absolute: Double, _ comment: String) {
      expectGolden(
        tensors, inputs: options.inputs, relative: relative, absolute: absolute, comment
      ) { options($0, samples: samples) ?? Tensor(0) }
    }
    check(tensors, relative: 1e-10, absolute: 1e-12, "\(path), f64")
    check(
      tensors.mapValues { $0.cast(to: .float32) }, relative: 1e-5, absolute: 5e-6, "\(path), f32")
  }

  @Test(arguments: cases)
  func `derivatives match differences, and compiled programs give the same`(path: String) throws {
    let (tensors, options, samples) = try load(path)
    let point = options.inputs.map { tensors[$0] }
    let function: @Sendable ([Tensor]) -> Tensor = {
      options($0, samples: samples) ?? Tensor(0)
    }
    expectGradientsMatch(at: point, relative: 1e-4, absolute: 1e-6, path, of: function)
    try expectCompiledMatches(at: point, path, of: function)
  }

  @Test func `there are three configurations of every function`() throws {
    let functions = try Self.cases.map { try load($0).case.function }
    let counts = functions.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    #expect(counts.count == 23)
    #expect(counts.values.allSatisfy { $0 >= 3 }, "\(counts)")
  }
}
