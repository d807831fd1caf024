// Counts what a training step asks of the allocator, and watches the process's memory over many.
//
// Exits with 1 if a step allocates more often than the number below, or if memory grows.
import CAllocationCount
import Foundation
import Ranvier

/// The allocations of a step that are accepted.
///
/// None where our own kernels compute everything, which they do on processors with AVX-512. Elsewhere
/// oneDNN builds a table of arguments for each primitive that it runs; how many those are depends on
/// its version.
let mostCallsPerStep = hasOwnKernels ? 0.0 : 160.0

/// Whether the processor has what our own products and convolutions need.
let hasOwnKernels =
  (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))
  .map { text in ["avx512bw", "avx512dq", "avx512vl"].allSatisfy { text.contains($0) } } ?? false

/// How many steps memory is watched over.
let stepCount = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000

/// A line of /proc/self/status in KB.
func status(_ name: String) throws -> Int {
  let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
  return line.flatMap { $0.split(separator: " ").dropFirst(0).compactMap { Int($0) }.first } ?? 0
}

/// What a training step changes.
struct TrainingState: TensorTree {
  var model: ModelState
  var optimizer: Parameters

  func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> TrainingState {
    TrainingState(
      model: try model.mapTensors(transform), optimizer: try optimizer.mapTensors(transform))
  }

  func forEachTensor(_ body: (Tensor) throws -> Void) rethrows {
    try model.forEachTensor(body)
    try optimizer.forEachTensor(body)
  }

  mutating func updateTensors(_ update: (inout Tensor) throws -> Void) rethrows {
    try model.updateTensors(update)
    try optimizer.updateTensors(update)
  }

  func appendStructure(to structure: inout [TreeStructure]) {
    model.appendStructure(to: &structure)
    optimizer.appendStructure(to: &structure)
  }
}

/// The network of the digits example.
let model = Model.input("pixels", shape: [nil, 8, 8, 1])
  .conv(32, kernelSize: 3, padding: .same).batchNorm().relu()
  .conv(64, kernelSize: 3, padding: .same).batchNorm().relu()
  .maxPool(2)
  .dropout(rate: 0.25)
  .conv(128, kernelSize: 3, padding: .same).batchNorm().relu()
  .globalAveragePool()
  .dropout(rate: 0.25)
  .dense(10)

let optimizer = Optimizer.adam(learningRate: 1e-3)
let (initialize, predict) = try model.build(mode: .training)
let update = compileUpdate { (state: inout TrainingState, x: Tensor, y: Tensor, key: RandomKey) in
  let layerState = state.model.layerState
  let result = try valueWithGradient(at: state.model.parameters) { parameters in
    let outcome = try predict(
      ModelState(parameters: parameters, layerState: layerState), x, key: key)
    return (categoricalCrossEntropy(y, outcome.output, fromLogits: true), outcome.layerState)
  }
  let updated = optimizer.update(
    parameters: state.model.parameters, gradients: result.gradient, state: state.optimizer)
  state = TrainingState(
    model: ModelState(parameters: updated.parameters, layerState: result.auxiliary),
    optimizer: updated.state)
  return result.value
}

let digits = try Digits.load()
let x = digits.inputs.tensors[0][0 ..< 64]
let y = digits.targets[0 ..< 64]
let key = RandomKey(seed: 2)
let start = try initialize(seed: 0)
var state = TrainingState(
  model: start, optimizer: optimizer.initialize(start.parameters))

@MainActor func step() throws { _ = try update(&state, x, y, key) }

for _ in 0 ..< 100 { try step() }
let resident = try status("VmRSS")

if let text = ProcessInfo.processInfo.environment["TRACE_ALLOCATIONS"] {
  allocation_trace(Int32(text) ?? 100)
  try step()
  allocation_trace(0)
}

let counted = 100
let before = (allocation_calls(), allocation_bytes(), allocation_maps())
for _ in 0 ..< counted { try step() }
let after = (allocation_calls(), allocation_bytes(), allocation_maps())
let callsPerStep = Double(after.0 - before.0) / Double(counted)
print(
  String(
    format: "%.2f allocations, %.0f bytes, %.2f mappings per training step", callsPerStep,
    Double(after.1 - before.1) / Double(counted), Double(after.2 - before.2) / Double(counted)))

for _ in 0 ..< max(0, stepCount - 200) { try step() }
let growth = try status("VmRSS") - resident
print(
  "\(try status("VmRSS")) KB resident after \(stepCount) steps, \(growth) KB more than after 100; "
    + "\(try status("VmHWM")) KB at most")

var problems: [String] = []
if callsPerStep > mostCallsPerStep {
  problems.append("a step allocates \(callsPerStep) times; \(mostCallsPerStep) are known")
}
if growth > 3072 { problems.append("memory grows by \(growth) KB") }
for problem in problems { print("check-allocations: \(problem)") }
exit(problems.isEmpty ? 0 : 1)
