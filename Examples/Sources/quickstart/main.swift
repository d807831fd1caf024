import Ranvier

let (training, test) = try Digits.load()
  .split(fraction: 0.8, isStratified: true, key: RandomKey(seed: 7))

let model = Model.input("pixels", shape: [nil, 8, 8, 1])
  .flatten()
  .dense(128, activation: .relu)
  .dropout(rate: 0.2)
  .dense(10, activation: .softmax)
print(try model.summary())

let result = try Loop.trainer(model, loss: .categoricalCrossEntropy, optimizer: .adam())
  .metric(.accuracy)
  .validate(on: test.batches(of: 359))
  .run(over: training.batches(of: 64, shuffledBy: RandomKey(seed: 1)), epochs: 12, seed: 42)

let (_, predict) = try model.build()
let digits = try test.subset(Array(0 ..< 10))
print("predicted", try predict(result.modelState, digits.inputs).argmax(), "true", digits.targets)
