import Foundation
import RanvierFiles
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct ModelStateTests {
  private func state() throws -> ModelState {
    try Model.input("x", shape: [nil, 4]).dense(3).batchNorm().scope("head") { $0.dense(2) }
      .build().initialize(seed: 1)
  }

  private func withFile<R>(_ body: (String) throws -> R) throws -> R {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID()).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  @Test func `freezing adds up`() throws {
    var state = try state()
    #expect(state.trainableParameters.paths == state.parameters.paths)
    state.freeze { $0.hasPrefix("dense_0/") }
    state.freeze { $0.hasSuffix("scale") }
    #expect(state.frozen == ["dense_0/kernel", "dense_0/bias", "batch_norm_0/scale"])
    #expect(
      state.trainableParameters.paths == [
        "batch_norm_0/offset", "head/dense_0/kernel", "head/dense_0/bias",
      ])
    state.unfreeze { $0.hasSuffix("bias") }
    #expect(state.frozen == ["dense_0/kernel", "batch_norm_0/scale"])
    state.freeze()
    #expect(state.frozen.count == 6)
    #expect(state.trainableParameters.isEmpty)
    state.unfreeze()
    #expect(state.frozen.isEmpty)
  }

  @Test func `what is saved is what is read`() throws {
    var state = try state()
    state.freeze { $0.hasPrefix("head/") }
    try withFile { path in
      try state.save(to: path)
      let read = try ModelState(contentsOf: path)
      #expect(read == state)
      #expect(read.parameters.paths == state.parameters.paths)
      #expect(read.layerState.paths == state.layerState.paths)
      #expect(read.frozen == state.frozen)
      state.unfreeze()
      try state.save(to: path)
      #expect(try ModelState(contentsOf: path) == state)
      try ModelState(parameters: [:]).save(to: path)
      #expect(try ModelState(contentsOf: path) == ModelState(parameters: [:]))
    }
  }

  @Test func `paths may have any characters`() throws {
    let state = ModelState(
      parameters: ["line\nbreak": Tensor.ones([1]), "\"quoted\"": Tensor.ones([2])],
      layerState: ["état": Tensor.ones([3])], frozen: ["line\nbreak"])
    try withFile { path in
      try state.save(to: path)
      #expect(try ModelState(contentsOf: path) == state)
    }
  }

  @Test func `a foreign file's tensors are parameters`() throws {
    try withFile { path in
      let tensors: Parameters = ["a.weight": randomInput([2, 3]), "a.bias": Tensor.zeros([3])]
      try SafeTensors(tensors: tensors, metadata: ["format": "pt"]).write(to: path)
      let state = try ModelState(contentsOf: path)
      #expect(state == ModelState(parameters: tensors))
    }
  }

  @Test func `wrong metadata is an error`() throws {
    try withFile { path in
      try SafeTensors(tensors: ["a": Tensor.ones([1])], metadata: ["ranvier.frozen": "a"])
        .write(to: path)
      let error = #expect(throws: ModelError.self) { try ModelState(contentsOf: path) }
      #expect(error?.description.contains("the metadata `ranvier.frozen`, got \"a\"") == true)
    }
  }

  @Test func `a path used twice is not saved`() throws {
    try withFile { path in
      let twice = ModelState(
        parameters: ["a": Tensor.ones([1])], layerState: ["a": Tensor.zeros([1])])
      let error = #expect(throws: ModelError.self) { try twice.save(to: path) }
      #expect(error?.path == "a")
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func `missing and broken files are errors`() throws {
    try withFile { path in
      #expect(throws: (any Error).self) { try ModelState(contentsOf: path) }
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
      #expect(throws: (any Error).self) { try ModelState(contentsOf: path) }
    }
  }

  @Test func `prints its size`() throws {
    var state = try state()
    state.freeze { $0 == "dense_0/bias" }
    #expect(
      "\(state)"
        == "6 parameter tensors (29 numbers, 116 bytes), 2 state tensors, 1 frozen")
  }

  @Test func `trees keep structure and marks`() throws {
    var state = try state()
    state.freeze()
    let doubled = state.mapTensors { $0 * 2 }
    #expect(doubled.frozen == state.frozen)
    #expect(doubled.layerState["batch_norm_0/variance"] == Tensor.ones([3]) * 2)
  }
}
