import Foundation
import RanvierOptimizers
import RanvierTensors
import TestSupport
import Testing

/// A schedule with its values at some steps.
struct ScheduleCase: Sendable, CustomTestStringConvertible {
  var schedule: Schedule
  var steps: [Int]
  var values: [Double]

  init(_ schedule: Schedule, _ steps: [Int], _ values: [Double]) {
    self.schedule = schedule
    self.steps = steps
    self.values = values
  }

  var testDescription: String { schedule.description }
}

struct ScheduleTests {
  static let cases: [ScheduleCase] = [
    ScheduleCase(.constant(0.3), [0, 7, 100_000], [0.3, 0.3, 0.3]),
    ScheduleCase(
      .linearDecay(initial: 1, steps: 100, warmupSteps: 10),
      [0, 5, 10, 55, 100, 200], [0, 0.5, 1, 0.5, 0, 0]),
    ScheduleCase(.linearDecay(initial: 2, steps: 4), [0, 1, 4, 5], [2, 1.5, 0, 0]),
    ScheduleCase(
      .exponentialDecay(initial: 0.1), [0, 10, 15, 100],
      [0.1, 0.095, 0.1 * pow(0.95, 1.5), 0.1 * pow(0.95, 10)]),
    ScheduleCase(
      .exponentialDecay(initial: 0.1, isStaircase: true), [9, 10, 15, 20],
      [0.1, 0.095, 0.095, 0.1 * 0.95 * 0.95]),
    ScheduleCase(
      .exponentialDecay(initial: 1, rate: 0.5, steps: 2, delay: 5), [0, 5, 7, 8],
      [1, 1, 0.5, pow(0.5, 1.5)]),
    ScheduleCase(.cosineDecay(initial: 1, steps: 4), [0, 2, 4, 9], [1, 0.5, 0, 0]),
    ScheduleCase(
      .cosineDecay(initial: 2, steps: 3, finalFraction: 0.1), [0, 1, 3, 100],
      [2, 2 * (0.9 * 0.75 + 0.1), 0.2, 0.2]),
    ScheduleCase(
      .polynomialDecay(initial: 1, final: 0.2, steps: 4), [0, 2, 4, 9], [1, 0.4, 0.2, 0.2]),
    ScheduleCase(
      .polynomialDecay(initial: 1, final: 0, power: 1, steps: 4, delay: 2), [0, 2, 3, 6],
      [1, 1, 0.75, 0]),
  ]

  @Test(arguments: cases)
  func `has known values`(row: ScheduleCase) {
    let actual = row.steps.map { row.schedule.value(at: $0) }
    expectClose(Tensor(actual), Tensor(row.values), absolute: 1e-7, row.testDescription)
  }

  @Test func `each formula has a file, is in the catalog, and has cases here`() throws {
    let names = Schedule.catalog.map(\.name)
    #expect(try sourceNames(of: "Schedules", without: "Schedule", "ScheduleCatalog") == Set(names))
    #expect(Set(ScheduleTests.cases.map(\.schedule.name)) == Set(names))
  }

  @Test(arguments: Schedule.catalog)
  func `values are finite f32 scalars, from the initial value down`(schedule: Schedule) {
    for step in [0, 1, 50, 1000, 100_000] {
      let value = schedule(Tensor(Int32(step)))
      #expect(value.type == TensorType(.float32, []))
      #expect((0 ... 0.1001).contains(schedule.value(at: step)))
    }
  }

  @Test func `literals are constants`() {
    let schedules: [Schedule] = [0.25, 3]
    #expect(schedules.map { $0.value(at: 9) } == [0.25, 3])
    #expect(schedules[0].description == "0.25")
    #expect(
      Schedule.cosineDecay(initial: 0.1).description
        == "cosineDecay(initial: 0.1, steps: 10, finalFraction: 0.0)")
  }

  @Test func `a formula that gives a vector is an error`() {
    let wrong = Schedule("mine") { step in step + Tensor([Float(1), 2]) }
    #expect(
      wrong(Tensor(Int32(0))).error?.message
        == "schedule mine() needs a formula whose result is a scalar, got f32[2]")
    #expect(wrong.value(at: 0).isNaN)
  }
}

/// The names of the files in a folder of the target, with a small first letter.
func sourceNames(of folder: String, without others: String...) throws -> Set<String> {
  let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Sources/RanvierOptimizers/\(folder)").path
  let files = try FileManager.default.contentsOfDirectory(atPath: path)
    .filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(6)) }
  return Set(files.filter { !others.contains($0) }.map(lowerCamel))
}

/// `CosineDecay` as `cosineDecay`, `SGD` as `sgd`.
private func lowerCamel(_ name: String) -> String {
  name == name.uppercased() ? name.lowercased() : name.prefix(1).lowercased() + name.dropFirst()
}
