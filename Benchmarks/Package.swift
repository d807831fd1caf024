// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "Ranvier", path: "..")],
  targets: [
    .target(name: "CAllocationCount"),
    .executableTarget(
      name: "allocations",
      dependencies: ["CAllocationCount", .product(name: "Ranvier", package: "Ranvier")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "bench", dependencies: [.product(name: "Ranvier", package: "Ranvier")],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .treatAllWarnings(as: .error),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
