import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// Numbers that Axon's own tests expect of layers, of inputs with four digits.
@Suite struct LayerFactTests {
  let kernel = Tensor([[0.4994787, -0.22126544, -0.21329808, 0.87104976]])
  let bias = Tensor.zeros([4], elementType: .float64)

  @Test func `dense of rank 2, 3 and 4`() {
    expectClose(
      dense(Tensor([[0.5818032]]), kernel, bias),
      Tensor([[0.2905983, -0.12873293, -0.1240975, 0.50677955]]))
    let x = Tensor([[[0.7022208], [0.17015481]], [[0.13636208], [0.05458272]]])
    let y = Tensor([
      [
        [0.35074434, -0.1553772, -0.14978234, 0.61166924],
        [0.08498871, -0.03764938, -0.03629369, 0.14821331],
      ],
      [
        [0.06810995, -0.03017221, -0.02908577, 0.11877815],
        [0.0272629, -0.01207727, -0.01164239, 0.04754426],
      ],
    ])
    expectClose(dense(x, kernel, bias), y)
    let images = Tensor([0.8079568, 0.61292243, 0.07109654, 0.29420567], shape: [2, 1, 2, 1])
    let expected = Tensor(
      [
        0.4035572, -0.17877291, -0.17233564, 0.7037706, 0.3061417, -0.13561855, -0.13073517,
        0.53388596, 0.03551121, -0.01573121, -0.01516476, 0.06192862, 0.14694947, -0.06509755,
        -0.06275351, 0.2562678,
      ], shape: [2, 1, 2, 4])
    expectClose(dense(images, kernel, bias), expected)
  }

  @Test func `gradients of dense`() {
    let cases: [(Tensor, Double, Double)] = [
      (Tensor([[0.0335058]]), 0.0335058, 1),
      (Tensor([0.29668367, 0.7820021, 0.75896287, 0.651641], shape: [2, 2, 1]), 2.4892898, 4),
      (
        Tensor([0.5623027, 0.41169107, 0.86306655, 0.14902902], shape: [2, 1, 2, 1]), 1.9860893, 4
      ),
    ]
    for (x, slope, count) in cases {
      let slopes = gradient(at: [kernel, bias]) { dense(x, $0[0], $0[1]).sum() }
      expectClose(slopes[0], Tensor(repeating: slope, shape: [1, 4]))
      expectClose(slopes[1], Tensor(repeating: count, shape: [4]))
    }
  }

  @Test func `rms norm`() {
    let x = Tensor([
      [1.9269, 1.4873, 0.9007, -2.1055, 0.6784, -1.2345, -0.0431, -1.6047],
      [-0.7521, 1.6487, -0.3925, -1.4036, -0.7279, -0.5594, -0.7688, 0.7624],
    ])
    let scale = Tensor([0.4617, 0.2674, 0.5349, 0.8094, 1.1103, -1.6898, -0.9890, 0.9580])
    let y = Tensor([
      [0.6344, 0.2836, 0.3436, -1.2153, 0.5372, 1.4877, 0.0304, -1.0962],
      [-0.3605, 0.4576, -0.2179, -1.1793, -0.8390, 0.9814, 0.7893, 0.7582],
    ])
    expectClose(rmsNorm(x, scale: scale), y, relative: 0, absolute: 3e-4)
    let rows = Tensor([[[-1.3847, -0.8712, -0.2234, 1.7174, 0.3189, -0.4245]]])
    let weights = Tensor([0.4679, -0.2049, -0.7409, 0.3618, 1.9199, -0.2254])
    expectClose(
      rmsNorm(rows, scale: weights), Tensor([[[-0.6502, 0.1792, 0.1661, 0.6236, 0.6144, 0.0960]]]),
      relative: 0, absolute: 3e-4)
    expectClose(
      rmsNorm(
        Tensor([[0.6127, -1.1754, -0.7646, -0.6666], [0.7444, -0.6453, -1.3890, -0.2730]])),
      Tensor([[0.7342, -1.4084, -0.9163, -0.7987], [0.8632, -0.7483, -1.6108, -0.3165]]),
      relative: 0, absolute: 3e-4)
  }

  @Test func `group norm`() {
    let x = Tensor([
      [
        0.8423, 1.9226, -1.1295, -1.3154, 1.2963, -0.6821, -0.0519, 0.6875, -0.0313, -0.3328,
        -0.2821, -2.3289, -1.7641, -1.3184, -0.0890, 0.0625,
      ],
      [
        -1.0853, 0.8060, -0.1397, -0.2169, 0.9605, 0.3947, 0.4760, 0.8097, 0.0380, -0.6314,
        0.5761, 1.9309, 0.5038, -0.1892, 1.8476, 0.0517,
      ],
    ])
    let scale = Tensor([
      -0.3101, -1.5896, -1.4963, 0.1278, -1.4580, 1.3832, 0.5709, 0.5531, -0.0588, 1.0411, 1.3503,
      -1.2166, 0.7133, 0.0694, 0.3150, -0.1306,
    ])
    let offset = Tensor([
      1.6585, 2.3515, -1.3456, 0.2376, -0.1333, 0.5068, 0.2441, 1.0382, 0.6879, -0.5402, -1.8304,
      -0.8906, -0.5329, -0.3390, -0.1877, 0.1405,
    ])
    let y = Tensor([
      [
        1.4768, -0.1375, 0.4536, 0.0623, -1.5881, -0.5951, 0.1157, 1.2847, 0.6378, -0.0194,
        -1.0751, 1.3407, -1.3700, -0.3844, 0.0597, 0.0149,
      ],
      [
        2.2986, 0.9877, -0.4434, 0.1453, -1.7321, 0.8146, 0.4430, 1.5159, 0.7202, -1.9153, -1.7368,
        -2.8723, -0.5429, -0.3954, 0.2952, 0.2103,
      ],
    ])
    expectClose(
      groupNorm(x, groups: 2, scale: scale, offset: offset), y, relative: 0, absolute: 1e-3)
  }

  @Test func `batch norm in prediction, of a variance below epsilon`() {
    let y = batchNorm(
      Tensor([[-0.002805]]), scale: Tensor([1.0]), offset: Tensor([-0.144881]),
      mean: Tensor([-0.008561]), variance: Tensor([0.000412]), epsilon: 0.001)
    expectClose(y, Tensor([[0.0083]]), relative: 0, absolute: 1e-4)
  }
}
