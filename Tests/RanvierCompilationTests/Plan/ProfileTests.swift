import Foundation
import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

struct ProfileTests {
  private static let key = RandomKey(seed: 11)
  private static let weights = key.derived("w").normal([6, 8])
  private static let x = key.derived("x").normal([3, 6])

  private static func layer(_ name: String, _ body: () -> Tensor) -> Tensor {
    Trace.current?.withScope(name, body) ?? body()
  }

  /// A network in two layers: a product with a bias, and a product with a softmax.
  @Sendable private static func network(_ w: Tensor, _ x: Tensor) -> Tensor {
    let hidden = layer("first") { relu(matmul(x, w) + Tensor.ones([8])) }
    return layer("second") {
      let scores = matmul(hidden, w.transposed())
      return exp(scores) / exp(scores).sum(alongAxes: [1], keepingAxes: true)
    }
  }

  private func profiled(runs: Int) throws -> (plan: Plan, profile: Profile) {
    let function = compile { (w: Tensor, x: Tensor) in Self.network(w, x) }
    let plan = try function.plan(for: Self.weights, Self.x)
    #expect("\(plan.profile)".contains("startProfiling"))
    plan.startProfiling()
    for _ in 0 ..< runs { _ = try function(Self.weights, Self.x) }
    return (plan, plan.profile)
  }

  @Test func `a profile has layer, work and time of each instruction`() throws {
    let (plan, profile) = try profiled(runs: 5)
    #expect(profile.calls == 5)
    #expect(profile.instructions.allSatisfy { $0.calls == 5 && $0.seconds > 0 })
    #expect(profile.instructions.count == "\(plan)".split(separator: "\n").count - 1)
    let sum = profile.instructions.reduce(0) { $0 + $1.seconds }
    #expect(sum <= profile.seconds, "\(sum) of \(profile.seconds)")

    let products = profile.instructions.filter { $0.operation.hasPrefix("matmul") }
    #expect(products.map(\.layer) == ["first", "second"])
    #expect(products.map(\.results) == ["f32[3, 8]", "f32[3, 6]"])
    let operations = [Double?](repeating: 288, count: 2)
    #expect(products.map(\.operations) == operations)
    #expect(products[1].bytesRead == 4 * (24 + 48))
    #expect(products[1].bytesWritten == 4 * 18)
    #expect(products.allSatisfy { !$0.implementation.isEmpty })
    let gigabytes: Double = products[1].gigabytesPerSecond * products[1].secondsPerCall
    let expected: Double = Double(4 * (24 + 48 + 18)) * 1e-9
    #expect(abs(gigabytes - expected) < 1e-15)

    plan.stopProfiling()
    #expect(plan.profile.calls == 0)
  }

  @Test func `a profile prints as a table, the longest first`() throws {
    let profile = try profiled(runs: 3).profile
    let lines = "\(profile)".split(separator: "\n")
    #expect(lines[0].contains("us per run in \(profile.instructions.count) instructions, 3 runs"))
    #expect(lines[1].contains("GB/s") && lines[1].contains("GFLOP/s"))
    #expect(lines.count == 2 + profile.instructions.count)
    let shares = lines.dropFirst(2).compactMap { line in
      line.split(separator: " ").dropFirst().first.flatMap { Double($0) }
    }
    #expect(shares.count == profile.instructions.count)
    #expect(shares == shares.sorted(by: >))
    #expect(abs(shares.reduce(0, +) - 100) < 0.5)
    // Columns stand below each other.
    let column = lines[1].distance(
      from: lines[1].startIndex, to: try #require(lines[1].range(of: "layer")).lowerBound)
    #expect(lines.dropFirst(2).allSatisfy { Array($0)[column - 1] == " " })
    #expect(profile.table(limit: 2).split(separator: "\n").count == 4)
  }

  @Test func `the timeline is JSON whose events follow each other inside the run`() throws {
    let profile = try profiled(runs: 2).profile
    let text = profile.chromeTrace()
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let events = try #require(object["traceEvents"] as? [[String: Any]])
    #expect(events.count == 1 + profile.instructions.count)
    #expect(events.allSatisfy { $0["ph"] as? String == "X" })
    let spans = try events.map { event -> (start: Double, end: Double) in
      let start = try #require(event["ts"] as? NSNumber).doubleValue
      return (start, start + (try #require(event["dur"] as? NSNumber).doubleValue))
    }
    let rounding = 1e-3
    #expect(spans[0].start == 0)
    for (index, span) in spans.enumerated().dropFirst() {
      #expect(span.end > span.start)
      #expect(span.start >= (index == 1 ? 0 : spans[index - 1].end) - rounding)
    }
    #expect((spans.last?.end ?? .infinity) <= spans[0].end + rounding)
    let inside = spans.dropFirst().reduce(0) { $0 + $1.end - $1.start }
    #expect(inside <= spans[0].end + rounding)

    for (event, instruction) in zip(events.dropFirst(), profile.instructions) {
      #expect(event["name"] as? String == instruction.operation)
      let arguments = try #require(event["args"] as? [String: Any])
      #expect(arguments["layer"] as? String == instruction.layer)
      #expect(arguments["kernel"] as? String == instruction.implementation)
      #expect((arguments["bytes read"] as? NSNumber)?.intValue == instruction.bytesRead)
      #expect((arguments["bytes written"] as? NSNumber)?.intValue == instruction.bytesWritten)
    }
  }

  @Test func `a profile without runs is an empty timeline`() throws {
    let plan = try compile { (w: Tensor, x: Tensor) in Self.network(w, x) }
      .plan(for: Self.weights, Self.x)
    #expect(plan.profile.chromeTrace() == #"{"traceEvents":[]}"#)
  }

  @Test func `work is counted from shapes`() {
    func work(_ types: [TensorType], _ function: ([Tensor]) -> Tensor) -> InstructionWork? {
      let graph = Graph(recording: types) { [function($0)] }
      return graph.nodes.last.map { InstructionWork(of: $0, in: graph) }
    }
    let image = TensorType(.float32, [2, 5, 5, 3])
    let geometry = ConvolutionGeometry(
      strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilation: [1, 1])
    let kernel = TensorType(.float32, [3, 3, 3, 4])
    let output = TensorType(.float32, [2, 3, 3, 4])
    // 2 · 9 pixels of 4 channels, each a sum of 27 products.
    let operations = 2.0 * 2 * 9 * 4 * 27
    let forward = work([image, kernel]) { apply(Convolution(geometry), $0) }
    #expect(forward?.operations == operations)
    #expect(forward?.bytesRead == image.byteCount + kernel.byteCount)
    #expect(forward?.bytesWritten == output.byteCount)
    let toInput = work([output, kernel]) {
      apply(ConvolutionInputGradient(geometry, inputShape: image.shape), $0)
    }
    #expect(toInput?.operations == operations)
    let toKernel = work([image, output]) {
      apply(ConvolutionKernelGradient(geometry, kernelShape: kernel.shape), $0)
    }
    #expect(toKernel?.operations == operations)
    let square = work([TensorType(.float32, [10])]) { $0[0] * $0[0] }
    #expect(square?.bytesRead == 40 && square?.bytesWritten == 40 && square?.operations == nil)
    let part = work([TensorType(.float32, [10])]) { $0[0][2 ..< 4] }
    #expect(part?.bytesRead == 8 && part?.bytesWritten == 8)
  }
}
