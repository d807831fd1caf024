import Foundation
import RanvierData
import RanvierTensors
import Testing

struct DigitsTests {
  @Test func `has 1,797 images of 8 x 8 pixels between 0 and 1`() throws {
    let digits = try Digits.load()
    #expect(digits.count == 1797)
    #expect(digits.inputs[Batch.unnamedInput].type == TensorType(.float32, [1797, 8, 8, 1]))
    #expect(digits.targets.type == TensorType(.int32, [1797]))
    let pixels = digits.inputs[Batch.unnamedInput].scalars()
    #expect(pixels.min() == 0)
    #expect(pixels.max() == 1)
  }

  @Test func `has the known numbers of each digit`() throws {
    let labels = try Digits.load().targets.scalars(as: Int.self)
    let counts = (0 ..< 10).map { digit in labels.count { $0 == digit } }
    #expect(counts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
  }

  @Test func `the first image is a zero, pixel for pixel`() throws {
    let digits = try Digits.load()
    let image = (digits.inputs[Batch.unnamedInput][0] * 16).scalars(as: Int.self)
    #expect(Array(image[0 ..< 16]) == [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0])
    #expect(digits.targets.scalars(as: Int.self)[0 ..< 3] == [0, 1, 2])
  }

  @Test func `flattened images have the same pixels`() throws {
    let (images, flat) = (try Digits.load(), try Digits.load(isFlattened: true))
    #expect(flat.inputs[Batch.unnamedInput].shape == [1797, 64])
    #expect(
      flat.inputs[Batch.unnamedInput]
        == images.inputs[Batch.unnamedInput].reshaped(to: [1797, 64]))
  }

  @Test func `can be split with every digit in its share`() throws {
    let (training, test) = try Digits.load().split(isStratified: true, key: RandomKey(seed: 0))
    #expect((training.count, test.count) == (1438, 359))
    let labels = test.targets.scalars(as: Int.self)
    for (digit, total) in [178, 182, 177, 183, 181, 182, 181, 179, 174, 180].enumerated() {
      #expect(abs(Double(labels.count { $0 == digit }) - 0.2 * Double(total)) < 1)
    }
  }
}
