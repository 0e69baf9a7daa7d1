import AssayCore
import Testing

@testable import AssayDoubles

@Suite("HyperLogLog")
struct HyperLogLogTests {
    @Test("Estimates are within six standard errors, and the same for both forms")
    func estimates() throws {
        var (sparse, dense) = (HyperLogLog(), HyperLogLog())
        #expect(try dense.makeDense())
        for start in stride(from: 0, to: 20_000, by: 500) {
            let elements = (start..<start + 500).map { Array("element \($0)".utf8) }
            _ = try sparse.add(elements, limitBytes: 3000)
            _ = try dense.add(elements, limitBytes: 3000)
            #expect(try sparse.estimate() == dense.estimate())
        }
        let error = abs(Double(try dense.estimate()) - 20_000) / 20_000
        #expect(error < 6 * 1.04 / 128)
    }

    @Test("Registers read back as they were set, in both forms")
    func registers() throws {
        var random = SeededRandom(seed: 3)
        for density in [0.001, 0.05, 0.9] {
            let registers = (0..<HyperLogLog.registerCount).map { _ in
                random.chance(density) ? UInt8(random.integer(in: 1...30)) : 0
            }
            var (sparse, dense) = (HyperLogLog(), HyperLogLog())
            sparse.replaceRegisters(registers, limitBytes: .max, dense: false)
            dense.replaceRegisters(registers, limitBytes: 0, dense: true)
            #expect(!sparse.isDense && dense.isDense)
            #expect(try sparse.registers() == registers && dense.registers() == registers)
        }
    }

    @Test("A string of another kind and one with runs that do not add up are told apart")
    func broken() throws {
        #expect(throws: HyperLogLog.Failure.other) { try HyperLogLog(Array("not one at all".utf8)) }
        let whole = HyperLogLog().bytes
        #expect(throws: HyperLogLog.Failure.corrupted) { try HyperLogLog(whole + [0]).registers() }
        #expect(throws: HyperLogLog.Failure.corrupted) { try HyperLogLog(whole.dropLast(2)).registers() }
    }
}
