extension StringCommands {
    static func lcs(_ call: RedisCall) throws(RedisFailure) {
        guard let first = try? call.database.readString(call[1]) ?? [],
            let second = try? call.database.readString(call[2]) ?? []
        else { throw .err("The specified keys must contain string values") }
        var (givesLength, givesIndexes, givesMatchLength) = (false, false, false)
        var shortest: Int64 = 0
        var place = 3
        while place < call.count {
            if call.isWord(place, "idx") {
                givesIndexes = true
            } else if call.isWord(place, "len") {
                givesLength = true
            } else if call.isWord(place, "withmatchlen") {
                givesMatchLength = true
            } else if call.isWord(place, "minmatchlen"), place + 1 < call.count {
                shortest = max(0, try call.integer(place + 1))
                place += 1
            } else {
                throw .syntax
            }
            place += 1
        }
        if givesLength, givesIndexes {
            throw .err("If you want both the length and indexes, please just use IDX.")
        }
        guard
            (first.count + 1).multipliedReportingOverflow(by: second.count + 1).partialValue * 4
                <= call.server.config.limits.bulkBytes
        else {
            throw .err(
                "Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len")
        }
        let found = LongestCommonSubsequence(first, second)
        if givesLength {
            call.reply.integer(found.bytes.count)
        } else if !givesIndexes {
            call.reply.bulk(found.bytes)
        } else {
            let ranges = found.ranges.filter { $0.count >= shortest }
            call.reply.map(2)
            call.reply.bulk("matches")
            call.reply.array(ranges.count)
            for range in ranges {
                call.reply.array(givesMatchLength ? 3 : 2)
                for start in [range.first, range.second] {
                    call.reply.array(2)
                    call.reply.integer(start)
                    call.reply.integer(start + range.count - 1)
                }
                if givesMatchLength { call.reply.integer(range.count) }
            }
            call.reply.bulk("len")
            call.reply.integer(found.bytes.count)
        }
    }
}

/// The longest bytes that two texts both have in the same order, gaps allowed.
struct LongestCommonSubsequence {
    struct Range: Equatable {
        var first: Int
        var second: Int
        var count: Int
    }

    private(set) var bytes: [UInt8] = []
    /// Where they lie in both, from the end to the beginning.
    private(set) var ranges: [Range] = []

    init(_ first: [UInt8], _ second: [UInt8]) {
        let width = second.count + 1
        var lengths = [UInt32](repeating: 0, count: (first.count + 1) * width)
        for i in first.indices {
            for j in second.indices {
                lengths[(i + 1) * width + j + 1] =
                    first[i] == second[j]
                    ? lengths[i * width + j] + 1
                    : max(lengths[i * width + j + 1], lengths[(i + 1) * width + j])
            }
        }
        var (i, j) = (first.count, second.count)
        var open: Range?
        while i > 0, j > 0 {
            if first[i - 1] == second[j - 1] {
                bytes.append(first[i - 1])
                if let range = open, range.first == i, range.second == j {
                    open = Range(first: i - 1, second: j - 1, count: range.count + 1)
                } else {
                    if let range = open { ranges.append(range) }
                    open = Range(first: i - 1, second: j - 1, count: 1)
                }
                (i, j) = (i - 1, j - 1)
            } else if lengths[(i - 1) * width + j] > lengths[i * width + j - 1] {
                i -= 1
            } else {
                j -= 1
            }
        }
        if let range = open { ranges.append(range) }
        bytes.reverse()
    }
}
