// swift-tools-version: 6.3
// NormLab: what does normalization do to the training of a deep network?
import PackageDescription

// MARK: How it is built

/// The instruction set of the numerical kernels: what this machine has, or `NORMLAB_ARCH` (x86-64-v3, x86-64-v4, …).
/// It decides speed only: the results are the same bits.
let architecture = Context.environment["NORMLAB_ARCH"] ?? "native"

/// With `NORMLAB_STRICT` set (as in CI) every warning is an error.
let strict: [SwiftSetting] =
    Context.environment["NORMLAB_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// The kernels are optimized in debug builds too, so that tests train at speed: the whole module at once, because lanes
/// and tiles are inlined from file to file. (SwiftPM's debug builds work in batches of files and expect one object for
/// each, hence the flags around it.) Loops are not unrolled: the tile's would need more registers than there are, and the
/// others are written in lanes already.
let kernelSettings: [SwiftSetting] =
    strict + [
        .unsafeFlags([
            "-O", "-disable-batch-mode", "-whole-module-optimization", "-num-threads", "2",
            "-Xcc", "-march=\(architecture)", "-Xllvm", "-unroll-runtime=false",
        ])
    ]

/// So is what touches every pixel: the rasterizer, and the checksums, drawing and normalization of data sets.
let pixelSettings: [SwiftSetting] = strict + [.unsafeFlags(["-O"])]

let package = Package(
    name: "normlab",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "normlab", targets: ["normlab"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        // MARK: The spine: each target sees only what stands here
        .target(name: "Kernels", dependencies: ["CProcessor"], swiftSettings: kernelSettings),
        .target(name: "Vocabulary", swiftSettings: strict),
        .target(name: "Results", dependencies: ["Vocabulary"], swiftSettings: strict),
        .target(name: "Engine", dependencies: ["Kernels", "Vocabulary"], swiftSettings: strict),
        // The probes of the machine's peaks are loops over lanes, like the kernels.
        .target(
            name: "Benchmarks", dependencies: ["Vocabulary", "Results", "Kernels", "Engine"],
            swiftSettings: kernelSettings),
        .target(name: "StrokeFont", swiftSettings: strict),
        .target(
            name: "Datasets", dependencies: ["Vocabulary", "CProcessor", "CZlib", "StrokeFont"],
            swiftSettings: pixelSettings),
        .target(
            name: "Declarations", dependencies: ["Vocabulary", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(name: "Claims", dependencies: ["Vocabulary", "Declarations", "Results"], swiftSettings: strict),
        .target(
            name: "Running",
            dependencies: ["Vocabulary", "Declarations", "Results", "Kernels", "Engine", "Datasets"],
            swiftSettings: strict),
        .target(name: "Plotting", dependencies: ["CPNG", "StrokeFont"], swiftSettings: pixelSettings),
        .target(
            name: "Figures", dependencies: ["Vocabulary", "Declarations", "Results", "Plotting"], swiftSettings: strict),
        .target(
            name: "Experiments",
            dependencies: [
                "Vocabulary", "Declarations", "Results", "Claims", "Engine", "Datasets", "Running", "Figures",
            ], swiftSettings: strict),
        .executableTarget(
            name: "normlab",
            dependencies: [
                "CProcessor", "Vocabulary", "Declarations", "Results", "Claims", "Kernels", "Engine", "Benchmarks",
                "Datasets", "Running", "Experiments", "Plotting", "Figures",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),

        .target(name: "CProcessor", cSettings: [.unsafeFlags(["-march=\(architecture)"])]),

        // MARK: System libraries
        .systemLibrary(name: "CPNGSystem", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .target(name: "CPNG", dependencies: ["CPNGSystem"]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // MARK: Tests
        .testTarget(name: "KernelsTests", dependencies: ["Kernels"], swiftSettings: strict),
        .target(name: "CAllocations", path: "Tests/CAllocations"),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "EngineTests", dependencies: ["Vocabulary", "Engine", "Kernels", "Datasets", "CAllocations"],
            swiftSettings: strict),
        .testTarget(
            name: "BenchmarksTests", dependencies: ["Vocabulary", "Results", "Benchmarks", "Engine", "Kernels"],
            swiftSettings: strict),
        .testTarget(
            name: "DatasetsTests", dependencies: ["Datasets", "Vocabulary", "CAllocations", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ResultsTests", dependencies: ["Vocabulary", "Results", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "DeclarationsTests", dependencies: ["Vocabulary", "Declarations"], swiftSettings: strict),
        .testTarget(
            name: "ClaimsTests", dependencies: ["Vocabulary", "Declarations", "Results", "Claims", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ExperimentsTests",
            dependencies: [
                "Vocabulary", "Declarations", "Results", "Claims", "Running", "Figures", "Experiments", "Kernels",
                "StrokeFont", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(name: "PlottingTests", dependencies: ["Plotting", "StrokeFont"], swiftSettings: strict),
        .testTarget(
            name: "FiguresTests",
            dependencies: ["Vocabulary", "Declarations", "Results", "Figures", "Plotting", "TestSupport"],
            swiftSettings: strict),
        .testTarget(name: "NormlabTests", dependencies: ["Results", "Experiments", "Figures"], swiftSettings: strict),
    ]
)
