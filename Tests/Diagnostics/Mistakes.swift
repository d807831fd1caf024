// Mistakes that the compiler must reject at once and where they are: `Scripts/check-diagnostics`
// compiles each line, and finds the operand that is called `wrong`.
import Ranvier

struct Settings { var rate = 0.1 }
final class Session {}

let (x, y, z) = (Tensor(1.0), Tensor(2.0), Tensor(3.0))
let (b, n) = (0.5, 3)

func warmUp(_ x: Tensor) -> Tensor { (2.0 * x - x / 3 + exp(x) * sqrt(x + 1)) / 2 }

func string0(_ wrong: String) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func string1(_ wrong: String) -> Tensor {
  x * 2 - wrong / 3 + 4 * x
}
func string2(_ wrong: String) -> Tensor {
  1 + x * 2 - wrong / 3 + 4 * x - 5 + exp(x) * 6 / 7 - y
}
func string3(_ wrong: String) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func string4(_ wrong: String) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func string5(_ wrong: String) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func string6(_ wrong: String) -> Tensor {
  3 * wrong + x
}
func string7(_ wrong: String) -> Tensor {
  (x - y) * (x - y) / (2 * wrong * 3) + 1
}
func string8(_ wrong: String) -> Tensor {
  x * y + z * (1 - wrong) - x / 2 + exp(y)
}
func string9(_ wrong: String) -> Tensor {
  2 * x + 3 * (y - 4 * (z + 5 * (x - 6 * (y + wrong))))
}
func string10(_ wrong: String) -> Tensor {
  wrong / (x + y) * 2 - 1
}

func array0(_ wrong: [Float]) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func array1(_ wrong: [Float]) -> Tensor {
  x * 2 - wrong / 3 + 4 * x
}
func array2(_ wrong: [Float]) -> Tensor {
  1 + x * 2 - wrong / 3 + 4 * x - 5 + exp(x) * 6 / 7 - y
}
func array3(_ wrong: [Float]) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func array4(_ wrong: [Float]) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func array5(_ wrong: [Float]) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func array6(_ wrong: [Float]) -> Tensor {
  3 * wrong + x
}
func array7(_ wrong: [Float]) -> Tensor {
  (x - y) * (x - y) / (2 * wrong * 3) + 1
}
func array8(_ wrong: [Float]) -> Tensor {
  x * y + z * (1 - wrong) - x / 2 + exp(y)
}
func array9(_ wrong: [Float]) -> Tensor {
  2 * x + 3 * (y - 4 * (z + 5 * (x - 6 * (y + wrong))))
}
func array10(_ wrong: [Float]) -> Tensor {
  wrong / (x + y) * 2 - 1
}

func optionalTensor0(_ wrong: Tensor?) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func optionalTensor1(_ wrong: Tensor?) -> Tensor {
  x * 2 - wrong / 3 + 4 * x
}
func optionalTensor2(_ wrong: Tensor?) -> Tensor {
  1 + x * 2 - wrong / 3 + 4 * x - 5 + exp(x) * 6 / 7 - y
}
func optionalTensor3(_ wrong: Tensor?) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func optionalTensor4(_ wrong: Tensor?) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func optionalTensor5(_ wrong: Tensor?) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func optionalTensor6(_ wrong: Tensor?) -> Tensor {
  3 * wrong + x
}
func optionalTensor7(_ wrong: Tensor?) -> Tensor {
  (x - y) * (x - y) / (2 * wrong * 3) + 1
}
func optionalTensor8(_ wrong: Tensor?) -> Tensor {
  x * y + z * (1 - wrong) - x / 2 + exp(y)
}
func optionalTensor9(_ wrong: Tensor?) -> Tensor {
  2 * x + 3 * (y - 4 * (z + 5 * (x - 6 * (y + wrong))))
}
func optionalTensor10(_ wrong: Tensor?) -> Tensor {
  wrong / (x + y) * 2 - 1
}

func optionalNumber0(_ wrong: Double?) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func optionalNumber1(_ wrong: Double?) -> Tensor {
  x * 2 - wrong / 3 + 4 * x
}
func optionalNumber2(_ wrong: Double?) -> Tensor {
  1 + x * 2 - wrong / 3 + 4 * x - 5 + exp(x) * 6 / 7 - y
}
func optionalNumber3(_ wrong: Double?) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func optionalNumber4(_ wrong: Double?) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func optionalNumber5(_ wrong: Double?) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func optionalNumber6(_ wrong: Double?) -> Tensor {
  3 * wrong + x
}
func optionalNumber7(_ wrong: Double?) -> Tensor {
  (x - y) * (x - y) / (2 * wrong * 3) + 1
}
func optionalNumber8(_ wrong: Double?) -> Tensor {
  x * y + z * (1 - wrong) - x / 2 + exp(y)
}
func optionalNumber9(_ wrong: Double?) -> Tensor {
  2 * x + 3 * (y - 4 * (z + 5 * (x - 6 * (y + wrong))))
}
func optionalNumber10(_ wrong: Double?) -> Tensor {
  wrong / (x + y) * 2 - 1
}

func bool0(_ wrong: Bool) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func bool1(_ wrong: Bool) -> Tensor {
  x * 2 - wrong / 3 + 4 * x
}
func bool2(_ wrong: Bool) -> Tensor {
  1 + x * 2 - wrong / 3 + 4 * x - 5 + exp(x) * 6 / 7 - y
}
func bool3(_ wrong: Bool) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func bool4(_ wrong: Bool) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func bool5(_ wrong: Bool) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func bool6(_ wrong: Bool) -> Tensor {
  3 * wrong + x
}
func bool7(_ wrong: Bool) -> Tensor {
  (x - y) * (x - y) / (2 * wrong * 3) + 1
}
func bool8(_ wrong: Bool) -> Tensor {
  x * y + z * (1 - wrong) - x / 2 + exp(y)
}
func bool9(_ wrong: Bool) -> Tensor {
  2 * x + 3 * (y - 4 * (z + 5 * (x - 6 * (y + wrong))))
}
func bool10(_ wrong: Bool) -> Tensor {
  wrong / (x + y) * 2 - 1
}

func byte0(_ wrong: UInt8) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func byte1(_ wrong: UInt8) -> Tensor {
  x * 2 - wrong / 3 + 4 * x
}
func byte2(_ wrong: UInt8) -> Tensor {
  1 + x * 2 - wrong / 3 + 4 * x - 5 + exp(x) * 6 / 7 - y
}
func byte3(_ wrong: UInt8) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func byte4(_ wrong: UInt8) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func byte5(_ wrong: UInt8) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func byte6(_ wrong: UInt8) -> Tensor {
  3 * wrong + x
}
func byte7(_ wrong: UInt8) -> Tensor {
  (x - y) * (x - y) / (2 * wrong * 3) + 1
}
func byte8(_ wrong: UInt8) -> Tensor {
  x * y + z * (1 - wrong) - x / 2 + exp(y)
}
func byte9(_ wrong: UInt8) -> Tensor {
  2 * x + 3 * (y - 4 * (z + 5 * (x - 6 * (y + wrong))))
}
func byte10(_ wrong: UInt8) -> Tensor {
  wrong / (x + y) * 2 - 1
}

func int320(_ wrong: Int32) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func int321(_ wrong: Int32) -> Tensor {
  x * 2 - wrong / 3 + 4 * x
}
func int322(_ wrong: Int32) -> Tensor {
  1 + x * 2 - wrong / 3 + 4 * x - 5 + exp(x) * 6 / 7 - y
}
func int323(_ wrong: Int32) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func int324(_ wrong: Int32) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func int325(_ wrong: Int32) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func int326(_ wrong: Int32) -> Tensor {
  3 * wrong + x
}
func int327(_ wrong: Int32) -> Tensor {
  (x - y) * (x - y) / (2 * wrong * 3) + 1
}
func int328(_ wrong: Int32) -> Tensor {
  x * y + z * (1 - wrong) - x / 2 + exp(y)
}
func int329(_ wrong: Int32) -> Tensor {
  2 * x + 3 * (y - 4 * (z + 5 * (x - 6 * (y + wrong))))
}
func int3210(_ wrong: Int32) -> Tensor {
  wrong / (x + y) * 2 - 1
}

func int640(_ wrong: Int64) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func int641(_ wrong: Int64) -> Tensor {
  x * 2 - wrong / 3 + 4 * x
}
func int642(_ wrong: Int64) -> Tensor {
  1 + x * 2 - wrong / 3 + 4 * x - 5 + exp(x) * 6 / 7 - y
}
func int643(_ wrong: Int64) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func int644(_ wrong: Int64) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func int645(_ wrong: Int64) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func int646(_ wrong: Int64) -> Tensor {
  3 * wrong + x
}
func int647(_ wrong: Int64) -> Tensor {
  (x - y) * (x - y) / (2 * wrong * 3) + 1
}
func int648(_ wrong: Int64) -> Tensor {
  x * y + z * (1 - wrong) - x / 2 + exp(y)
}
func int649(_ wrong: Int64) -> Tensor {
  2 * x + 3 * (y - 4 * (z + 5 * (x - 6 * (y + wrong))))
}
func int6410(_ wrong: Int64) -> Tensor {
  wrong / (x + y) * 2 - 1
}

func range0(_ wrong: Range<Int>) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func range1(_ wrong: Range<Int>) -> Tensor {
  x * 2 - wrong / 3 + 4 * x
}
func range2(_ wrong: Range<Int>) -> Tensor {
  1 + x * 2 - wrong / 3 + 4 * x - 5 + exp(x) * 6 / 7 - y
}
func range3(_ wrong: Range<Int>) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func range4(_ wrong: Range<Int>) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func range5(_ wrong: Range<Int>) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func range6(_ wrong: Range<Int>) -> Tensor {
  3 * wrong + x
}
func range7(_ wrong: Range<Int>) -> Tensor {
  (x - y) * (x - y) / (2 * wrong * 3) + 1
}
func range8(_ wrong: Range<Int>) -> Tensor {
  x * y + z * (1 - wrong) - x / 2 + exp(y)
}
func range9(_ wrong: Range<Int>) -> Tensor {
  2 * x + 3 * (y - 4 * (z + 5 * (x - 6 * (y + wrong))))
}
func range10(_ wrong: Range<Int>) -> Tensor {
  wrong / (x + y) * 2 - 1
}

func dictionary0(_ wrong: [String: Tensor]) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func dictionary1(_ wrong: [String: Tensor]) -> Tensor {
  x * 2 - wrong / 3 + 4 * x
}
func dictionary2(_ wrong: [String: Tensor]) -> Tensor {
  1 + x * 2 - wrong / 3 + 4 * x - 5 + exp(x) * 6 / 7 - y
}
func dictionary3(_ wrong: [String: Tensor]) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func dictionary4(_ wrong: [String: Tensor]) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func dictionary5(_ wrong: [String: Tensor]) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func dictionary6(_ wrong: [String: Tensor]) -> Tensor {
  3 * wrong + x
}
func dictionary7(_ wrong: [String: Tensor]) -> Tensor {
  (x - y) * (x - y) / (2 * wrong * 3) + 1
}
func dictionary8(_ wrong: [String: Tensor]) -> Tensor {
  x * y + z * (1 - wrong) - x / 2 + exp(y)
}
func dictionary9(_ wrong: [String: Tensor]) -> Tensor {
  2 * x + 3 * (y - 4 * (z + 5 * (x - 6 * (y + wrong))))
}
func dictionary10(_ wrong: [String: Tensor]) -> Tensor {
  wrong / (x + y) * 2 - 1
}

func substring0(_ wrong: Substring) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func substring1(_ wrong: Substring) -> Tensor {
  x * 2 - wrong / 3 + 4 * x
}
func substring2(_ wrong: Substring) -> Tensor {
  1 + x * 2 - wrong / 3 + 4 * x - 5 + exp(x) * 6 / 7 - y
}
func substring3(_ wrong: Substring) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func substring4(_ wrong: Substring) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func substring5(_ wrong: Substring) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func substring6(_ wrong: Substring) -> Tensor {
  3 * wrong + x
}
func substring7(_ wrong: Substring) -> Tensor {
  (x - y) * (x - y) / (2 * wrong * 3) + 1
}
func substring8(_ wrong: Substring) -> Tensor {
  x * y + z * (1 - wrong) - x / 2 + exp(y)
}
func substring9(_ wrong: Substring) -> Tensor {
  2 * x + 3 * (y - 4 * (z + 5 * (x - 6 * (y + wrong))))
}
func substring10(_ wrong: Substring) -> Tensor {
  wrong / (x + y) * 2 - 1
}

func tensors0(_ wrong: [Tensor]) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func tensors1(_ wrong: [Tensor]) -> Tensor {
  x * 2 - wrong / 3 + 4 * x
}
func tensors2(_ wrong: [Tensor]) -> Tensor {
  1 + x * 2 - wrong / 3 + 4 * x - 5 + exp(x) * 6 / 7 - y
}
func tensors3(_ wrong: [Tensor]) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func tensors4(_ wrong: [Tensor]) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func tensors5(_ wrong: [Tensor]) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func tensors6(_ wrong: [Tensor]) -> Tensor {
  3 * wrong + x
}
func tensors7(_ wrong: [Tensor]) -> Tensor {
  (x - y) * (x - y) / (2 * wrong * 3) + 1
}
func tensors8(_ wrong: [Tensor]) -> Tensor {
  x * y + z * (1 - wrong) - x / 2 + exp(y)
}
func tensors9(_ wrong: [Tensor]) -> Tensor {
  2 * x + 3 * (y - 4 * (z + 5 * (x - 6 * (y + wrong))))
}
func tensors10(_ wrong: [Tensor]) -> Tensor {
  wrong / (x + y) * 2 - 1
}

func structure0(_ wrong: Settings) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func structure1(_ wrong: Settings) -> Tensor {
  x + wrong * y
}
func structure2(_ wrong: Settings) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func structure3(_ wrong: Settings) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func structure4(_ wrong: Settings) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func structure5(_ wrong: Settings) -> Tensor {
  matmul(x, y) + z * 2 - exp(x - 1) / wrong
}

func function0(_ wrong: @escaping (Tensor) -> Tensor) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func function1(_ wrong: @escaping (Tensor) -> Tensor) -> Tensor {
  x + wrong * y
}
func function2(_ wrong: @escaping (Tensor) -> Tensor) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func function3(_ wrong: @escaping (Tensor) -> Tensor) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func function4(_ wrong: @escaping (Tensor) -> Tensor) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func function5(_ wrong: @escaping (Tensor) -> Tensor) -> Tensor {
  matmul(x, y) + z * 2 - exp(x - 1) / wrong
}

func tuple0(_ wrong: (Tensor, Tensor)) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func tuple1(_ wrong: (Tensor, Tensor)) -> Tensor {
  x + wrong * y
}
func tuple2(_ wrong: (Tensor, Tensor)) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func tuple3(_ wrong: (Tensor, Tensor)) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func tuple4(_ wrong: (Tensor, Tensor)) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func tuple5(_ wrong: (Tensor, Tensor)) -> Tensor {
  matmul(x, y) + z * 2 - exp(x - 1) / wrong
}

func object0(_ wrong: Session) -> Tensor {
  wrong * x + y * 2 - 1 / z
}
func object1(_ wrong: Session) -> Tensor {
  x + wrong * y
}
func object2(_ wrong: Session) -> Tensor {
  0.5 * x * (1 + tanh(0.7978845608 * (x + 0.044715 * x * wrong * x)))
}
func object3(_ wrong: Session) -> Tensor {
  3.0 * (x - 4.0) / (1.0 + wrong * y)
}
func object4(_ wrong: Session) -> Tensor {
  x - n * (b * y + (1 - b) * z) / (sqrt(y) + wrong)
}
func object5(_ wrong: Session) -> Tensor {
  matmul(x, y) + z * 2 - exp(x - 1) / wrong
}

func member0(_ other: Tensor) -> Tensor {
  x * 2 - other.wrong / 3 + 4 * x
}
func unknown0(_ other: Tensor) -> Tensor {
  x * 2 - wrong / 3 + 4 * x
}
