internal import RanvierTensors

/// The numbers `0 ..< count` in an order drawn from a key; every order is equally likely up to
/// 2^-64 a step.
///
/// Written out instead of `shuffled(using:)`, whose algorithm may change with Swift's library: the
/// order is part of what makes a training run repeatable.
///
/// - Source: Fisher & Yates, in the form of Knuth, "The Art of Computer Programming" 2, algorithm
///   3.4.2P.
func permutation(of count: Int, key: RandomKey) -> [Int] {
  var order = Array(0 ..< count)
  let words = key.bits([count, 2]).scalars(as: UInt32.self)
  order.withUnsafeMutableBufferPointer { order in
    words.withUnsafeBufferPointer { words in
      var last = count - 1
      while last > 0 {
        let word = UInt64(words[2 * last]) << 32 | UInt64(words[2 * last + 1])
        // The upper half of the product is a number of 0 ... last, without a slow remainder.
        let chosen = Int(word.multipliedFullWidth(by: UInt64(last + 1)).high)
        order.swapAt(last, chosen)
        last -= 1
      }
    }
  }
  return order
}
