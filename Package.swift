// swift-tools-version: 6.3
import PackageDescription

/// Settings of every Swift target.
let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .treatAllWarnings(as: .error),
  .treatWarning("DeprecatedDeclaration", as: .warning),
]

/// C kernels are optimized in debug builds too: a debug test run would otherwise take minutes.
let fastInDebug = ["-O3"]

func target(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: swiftSettings)
}

let package = Package(
  name: "Ranvier",
  products: [
    .library(name: "Ranvier", targets: ["Ranvier"])
  ],
  traits: [
    .trait(name: "OneDNN", description: "Matrix products and convolutions by oneDNN (libdnnl-dev)"),
    .default(enabledTraits: ["OneDNN"]),
  ],
  targets: [
    .target(
      name: "CKernels",
      cSettings: [
        .unsafeFlags(fastInDebug, .when(configuration: .debug))
      ],
      linkerSettings: [.linkedLibrary("gomp"), .linkedLibrary("m")]
    ),
    .target(
      name: "COneDNN",
      cxxSettings: [
        .define("RANVIER_ONEDNN", .when(traits: ["OneDNN"]))
      ],
      linkerSettings: [.linkedLibrary("dnnl", .when(traits: ["OneDNN"]))]
    ),
    .target(
      name: "COpenBLAS", dependencies: ["CKernels"],
      cSettings: [
        .unsafeFlags(fastInDebug, .when(configuration: .debug))
      ],
      linkerSettings: [.linkedLibrary("openblas")]
    ),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    target(
      "RanvierTensors",
      [
        "CKernels", "COpenBLAS",
        .target(name: "COneDNN", condition: .when(traits: ["OneDNN"])),
      ]),
    target("RanvierCompilation", ["RanvierTensors", "CKernels"]),
    target("RanvierFiles", ["RanvierTensors", "CZlib"]),
    .target(
      name: "RanvierData", dependencies: ["RanvierTensors", "RanvierFiles"],
      exclude: ["Digits/Resources/README.md"],
      resources: [.copy("Digits/Resources/digits.csv")], swiftSettings: swiftSettings),
    target("RanvierFunctions", ["RanvierTensors"]),
    target("RanvierOptimizers", ["RanvierTensors"]),
    target(
      "RanvierModels",
      [
        "RanvierTensors", "RanvierCompilation", "RanvierFunctions", "RanvierFiles",
      ]),
    target(
      "RanvierLoop",
      [
        "RanvierTensors", "RanvierCompilation", "RanvierFunctions", "RanvierFiles", "RanvierData",
        "RanvierOptimizers", "RanvierModels",
      ]),
    target(
      "Ranvier",
      [
        "RanvierTensors", "RanvierCompilation", "RanvierFunctions", "RanvierFiles", "RanvierData",
        "RanvierOptimizers", "RanvierModels", "RanvierLoop",
      ]),
    .target(
      name: "TestSupport", dependencies: ["RanvierTensors", "RanvierCompilation", "RanvierFiles"],
      path: "Tests/TestSupport", swiftSettings: swiftSettings),
    tests("RanvierTests", ["Ranvier"]),
    tests("RanvierCompilationTests", ["RanvierTensors", "RanvierCompilation", "CKernels"]),
    tests("RanvierTensorsTests", ["RanvierTensors", "CKernels"]),
    tests("RanvierDataTests", ["RanvierTensors", "RanvierFiles", "RanvierData"]),
    tests("RanvierOptimizersTests", ["RanvierTensors", "RanvierOptimizers"]),
    tests(
      "RanvierFunctionsTests", ["RanvierFunctions", "RanvierTensors", "RanvierCompilation"]),
    tests("RanvierFilesTests", ["RanvierFiles", "RanvierTensors"]),
    tests(
      "RanvierModelsTests",
      [
        "RanvierTensors", "RanvierCompilation", "RanvierFunctions", "RanvierFiles", "RanvierModels",
      ]),
    tests(
      "RanvierLoopTests",
      [
        "CKernels", "RanvierTensors", "RanvierCompilation", "RanvierFunctions", "RanvierFiles",
        "RanvierData", "RanvierOptimizers", "RanvierModels", "RanvierLoop",
      ]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
