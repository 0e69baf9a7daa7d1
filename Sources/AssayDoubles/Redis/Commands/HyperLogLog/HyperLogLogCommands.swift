/// The commands that estimate how many distinct elements there were.
enum HyperLogLogCommands {
    static func pfadd(_ call: RedisCall) throws(RedisFailure) {
        let found = try counter(call, 1)
        var counter = found ?? HyperLogLog()
        let elements = (2..<call.count).map { [UInt8](call[$0]) }
        let changed: Bool
        do throws(HyperLogLog.Failure) {
            changed = try counter.add(elements, limitBytes: call.limits.hyperLogLogSparseMaxBytes)
        } catch {
            throw failure(error)
        }
        guard changed || found == nil else {
            call.reply.integer(0)
            return
        }
        keep(call, counter)
        call.changed(call[1], .string, "pfadd")
        call.reply.integer(1)
    }

    static func pfcount(_ call: RedisCall) throws(RedisFailure) {
        guard call.count == 2 else {
            let (registers, _) = try merged(call)
            call.reply.integer(HyperLogLog.estimate(registers))
            return
        }
        guard var counter = try counter(call, 1) else {
            call.reply.integer(0)
            return
        }
        if let known = counter.knownEstimate {
            call.reply.integer(known)
            return
        }
        let estimate: Int64
        do throws(HyperLogLog.Failure) {
            estimate = try counter.estimate()
        } catch {
            throw failure(error)
        }
        keep(call, counter)
        call.database.changed(call[1])
        call.reply.integer(estimate)
    }

    static func pfmerge(_ call: RedisCall) throws(RedisFailure) {
        let (registers, isDense) = try merged(call)
        var counter = try counter(call, 1) ?? HyperLogLog()
        counter.replaceRegisters(
            registers, limitBytes: call.limits.hyperLogLogSparseMaxBytes, dense: isDense)
        keep(call, counter)
        call.changed(call[1], .string, "pfadd")
        call.reply.ok()
    }

    /// The highest of each register of all keys, and whether one of them was dense.
    private static func merged(_ call: RedisCall) throws(RedisFailure) -> ([UInt8], Bool) {
        var highest = [UInt8](repeating: 0, count: HyperLogLog.registerCount)
        var isDense = false
        for place in 1..<call.count {
            guard let counter = try counter(call, place) else { continue }
            isDense = isDense || counter.isDense
            do throws(HyperLogLog.Failure) {
                let registers = try counter.registers()
                for index in highest.indices where registers[index] > highest[index] {
                    highest[index] = registers[index]
                }
            } catch {
                throw failure(error)
            }
        }
        return (highest, isDense)
    }

    private static func counter(_ call: RedisCall, _ place: Int) throws(RedisFailure) -> HyperLogLog? {
        guard let slot = call.database.find(call[place]) else { return nil }
        guard let bytes = call.database[slot].value.bytes else { throw .wrongType }
        do throws(HyperLogLog.Failure) {
            return try HyperLogLog(bytes)
        } catch {
            throw failure(error)
        }
    }

    private static func keep(_ call: RedisCall, _ counter: HyperLogLog, at place: Int = 1) {
        if let slot = call.database.find(call[place]) {
            call.database[slot].value = .raw(counter.bytes)
        } else {
            call.database.add([UInt8](call[place]), .raw(counter.bytes))
        }
    }

    private static func failure(_ failure: HyperLogLog.Failure) -> RedisFailure {
        switch failure {
        case .other: RedisFailure("WRONGTYPE Key is not a valid HyperLogLog string value.")
        case .corrupted: RedisFailure("INVALIDOBJ Corrupted HLL object detected")
        }
    }

    // MARK: Looking inside

    static func pfdebug(_ call: RedisCall) throws(RedisFailure) {
        guard var counter = try counter(call, 2) else { throw .err("The specified key does not exist") }
        do throws(HyperLogLog.Failure) {
            if call.isWord(1, "getreg") {
                let registers = try counter.registers()
                if try counter.makeDense() { keep(call, counter, at: 2) }
                call.reply.array(registers.count)
                for register in registers { call.reply.integer(Int(register)) }
                return
            }
            if call.isWord(1, "todense") {
                let changed = try counter.makeDense()
                if changed { keep(call, counter, at: 2) }
                call.reply.integer(changed ? 1 : 0)
                return
            }
            if call.isWord(1, "decode"), !counter.isDense {
                let runs = try counter.runs().map { run in
                    run.value > 0 ? "v:\(run.value),\(run.length)" : "\(run.isLong ? "Z" : "z"):\(run.length)"
                }
                call.reply.bulk(runs.joined(separator: " "))
                return
            }
        } catch {
            throw failure(error)
        }
        if call.isWord(1, "decode") { throw .err("HLL encoding is not sparse") }
        guard call.isWord(1, "encoding") else {
            throw .err("Unknown PFDEBUG subcommand '\(call[1].text)'")
        }
        call.reply.simple(counter.isDense ? "dense" : "sparse")
    }

    /// Counts elements of a seed in both forms, which must agree and be near the truth.
    static func pfselftest(_ call: RedisCall) throws(RedisFailure) {
        var (sparse, dense) = (HyperLogLog(), HyperLogLog())
        do throws(HyperLogLog.Failure) {
            _ = try dense.makeDense()
            var next = 0
            for checkpoint in [1, 10, 100, 1000, 10_000, 100_000] {
                var elements: [[UInt8]] = []
                while next < checkpoint {
                    next += 1
                    elements.append(Array("element \(next)".utf8))
                }
                _ = try sparse.add(elements, limitBytes: call.limits.hyperLogLogSparseMaxBytes)
                _ = try dense.add(elements, limitBytes: 0)
                let (first, second) = (try sparse.estimate(), try dense.estimate())
                guard first == second else { throw .corrupted }
                let error = abs(Double(first) - Double(checkpoint)) / Double(checkpoint)
                // Six times the standard error of 1.04 / √16384.
                guard error <= 6 * 1.04 / 128 || checkpoint == 10 && abs(first - 10) <= 1 else {
                    throw .corrupted
                }
            }
        } catch {
            throw RedisFailure("ERR TESTFAILED estimates are not what they should be")
        }
        call.reply.ok()
    }
}
