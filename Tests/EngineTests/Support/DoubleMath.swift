import Foundation

/// The C library's functions, for references: independent of the engine's own.
enum DoubleMath {
    static func exp(_ x: Double) -> Double { Foundation.exp(x) }
    static func log(_ x: Double) -> Double { Foundation.log(x) }
    static func power(_ x: Double, _ y: Double) -> Double { Foundation.pow(x, y) }
}
