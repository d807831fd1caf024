// Formulas as users write them, which the compiler must check at once:
// `Scripts/check-diagnostics` measures each.
import Foundation
import Ranvier

func warmUp(_ x: Tensor) -> Tensor { (2.0 * x - x / 3 + exp(x) * sqrt(x + 1)) / 2 }

func gelu(_ x: Tensor) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * x * x)))
}

func adam(_ x: Tensor, _ m: Tensor, _ v: Tensor, _ b: Double, _ c: Double, _ n: Int) -> Tensor {
  x - 0.001 * (m / (1 - pow(b, Double(n)))) / (sqrt(v / (1 - pow(c, Double(n)))) + 1e-8)
}

func twelveOperators(_ x: Tensor, _ w: Tensor, _ b: Tensor) -> Tensor {
  x * w + b - 2.0 * exp(-x) / (1 + exp(x)) * matmul(x, w) - sqrt(b + 1e-5) / 3 + x * 2 - 1
}

func chain(_ x: Tensor, _ w: Tensor, _ b: Tensor) -> Tensor {
  1 + x * 2.0 - 3 * w + 4.0 * b / 5 - 6.0 + x * 7 - 8.0 * w / 9 + 10 * x - 11.0 + b * 12 - 13 * x
}

func numbersAndTensors(_ x: Tensor, _ n: Int, _ f: Float, _ d: Double) -> Tensor {
  x * n / (n + 1) + (n - 1) * x * 2 - x / Double(n * n - 1) + f * x / sqrt(2) - -d / x
}

func slope() -> Double { gradient(at: 3.14) { sin($0 * $0) + cos($0 * $0) } }

func assignments(_ x: inout Tensor, _ y: Tensor, _ n: Int) {
  x += y
  x -= 0.5
  x *= 2 * y - 1
  x /= Double(n) + 1
}

func plainNumbers(_ a: Double, _ b: Double, _ n: Int) -> Double {
  a * 2 + b / 3 - Double(n) * 0.5 + sqrt(a * a + b * b) - pow(a, 2) / (1 + exp(-b)) + abs(a - b)
}

func plainArrays(_ xs: [Double]) -> Double {
  xs.map { $0 * 2 + 1 }.reduce(0, +) / Double(xs.count) + xs.reduce(0) { $0 + $1 * $1 }
}

func plainText(_ s: String, _ n: Int) -> String { s + "abc" + String(n) + ["a", "b"].joined() }

func plainVectors(_ x: SIMD4<Float>, _ y: SIMD4<Float>) -> SIMD4<Float> {
  x * y + 2 * x - y / 3
}
