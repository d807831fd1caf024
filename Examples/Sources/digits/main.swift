// Trains two networks on handwritten digits, saves them, and checks that the saved ones predict the same.
import Foundation
import Ranvier

/// Reads the digits and holds out a fifth of each class for testing.
func loadDigits() throws -> (training: Dataset, test: Dataset) {
  let digits = try Digits.load()
  print("\(digits.count) digits of 8 x 8 pixels; four fifths for training, one fifth for testing\n")
  let parts = try digits.split(fraction: 0.8, isStratified: true, key: RandomKey(seed: 7))
  return (parts.first, parts.second)
}

let perceptron = Model.input("pixels", shape: [nil, 8, 8, 1])
  .flatten()
  .dense(512, activation: .relu)
  .dropout(rate: 0.5)
  .dense(256, activation: .relu)
  .dropout(rate: 0.5)
  .dense(10, activation: .softmax)

let convolutional = Model.input("pixels", shape: [nil, 8, 8, 1])
  .conv(32, kernelSize: 3, padding: .same).batchNorm().relu()
  .conv(64, kernelSize: 3, padding: .same).batchNorm().relu()
  .maxPool(2)
  .dropout(rate: 0.25)
  .conv(128, kernelSize: 3, padding: .same).batchNorm().relu()
  .globalAveragePool()
  .dropout(rate: 0.25)
  .dense(10, activation: .softmax)

/// Trains a model, tests it, saves it, and compares the predictions of what was saved.
func trainAndSave(
  _ model: Model, named name: String, epochs: Int, optimizer: Optimizer, _ training: Dataset,
  _ test: Dataset
) throws -> String {
  print("== \(name) ==\n\(try model.summary())\n")
  let start = Date()
  let trained = try Loop.trainer(model, loss: .categoricalCrossEntropy, optimizer: optimizer)
    .metric(.accuracy)
    .run(
      over: try training.batches(of: 64, shuffledBy: RandomKey(seed: 1)), epochs: epochs, seed: 42)
  let seconds = Date().timeIntervalSince(start)

  let tested = try Loop.evaluator(model).metric(.accuracy).progress(.silent)
    .run(over: try test.batches(of: 256), from: trained.modelState)
  let accuracy = tested.metrics["accuracy"] ?? .nan
  print(
    String(
      format: "trained in %.1f s; accuracy on the %d test digits: %.2f %%", seconds, test.count,
      100 * accuracy))

  let path = "\(name).safetensors"
  try trained.modelState.save(to: path)
  let (_, predict) = try model.build()
  let before = try predict(trained.modelState, test.inputs)
  let after = try predict(try ModelState(contentsOf: path), test.inputs)
  guard before == after else { throw LoopError("the saved model predicts something else") }
  print("saved, loaded again: all \(test.count) predictions are equal\n")
  return path
}

let (training, test) = try loadDigits()
var written: [String] = []
written.append(
  try trainAndSave(
    perceptron, named: "digits-mlp", epochs: 60,
    optimizer: .adam(learningRate: .cosineDecay(initial: 3e-3, steps: 60 * 23)), training, test))
written.append(
  try trainAndSave(
    convolutional, named: "digits-cnn", epochs: 30,
    optimizer: .adam(learningRate: .cosineDecay(initial: 3e-3, steps: 30 * 23)), training, test))
print("wrote \(written.joined(separator: " and "))")
