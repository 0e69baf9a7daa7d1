/// A list: runs of up to 128 elements, the runs in a double-ended array.
///
/// Both ends are O(1); an index is found by the lengths of the runs from the nearer end, and a change in the
/// middle moves the elements of one run.
final class RedisList: RedisCollection {
    override class var type: RedisType { .list }

    /// Runs before `start` are empty room for pushes at the front.
    private var runs: [[[UInt8]]] = []
    private var start = 0
    private var length = 0

    private static var capacity: Int { 128 }

    override var count: Int { length }
    override func encoding(_ limits: EncodingLimits) -> String { "quicklist" }
    override var digestParts: [[UInt8]] { runs[start...].flatMap { $0 } }
    /// How many runs there are.
    var runCount: Int { runs.count - start }

    override func copied() -> RedisCollection {
        let copy = RedisList()
        copy.runs = runs
        copy.start = start
        copy.length = length
        return copy
    }

    // MARK: Ends

    func pushBack(_ element: [UInt8]) {
        length &+= 1
        let last = runs.count - 1
        if last >= start, runs[last].count < Self.capacity {
            runs[last].append(element)
        } else {
            runs.append([element])
        }
    }

    func pushFront(_ element: [UInt8]) {
        length &+= 1
        if start < runs.count, runs[start].count < Self.capacity {
            runs[start].insert(element, at: 0)
            return
        }
        if start == 0 {
            let room = max(4, runs.count)
            runs.insert(contentsOf: repeatElement([], count: room), at: 0)
            start = room
        }
        start -= 1
        runs[start] = [element]
    }

    func popBack() -> [UInt8]? {
        guard count > 0 else { return nil }
        length &-= 1
        let last = runs.count - 1
        let element = runs[last].removeLast()
        if runs[last].isEmpty { dropRun(last) }
        return element
    }

    func popFront() -> [UInt8]? {
        guard count > 0 else { return nil }
        length &-= 1
        let element = runs[start].removeFirst()
        if runs[start].isEmpty { dropRun(start) }
        return element
    }

    // MARK: Anywhere

    subscript(index: Int) -> [UInt8] {
        get {
            let (run, offset) = position(index)
            return runs[run][offset]
        }
        set {
            let (run, offset) = position(index)
            runs[run][offset] = newValue
        }
    }

    /// Puts an element where `index` is; `count` is the end.
    func insert(_ element: [UInt8], at index: Int) {
        if index == 0 { return pushFront(element) }
        if index == count { return pushBack(element) }
        var (run, offset) = position(index)
        length += 1
        if runs[run].count >= Self.capacity {
            let middle = Self.capacity / 2
            let upper = Array(runs[run][middle...])
            runs[run].removeSubrange(middle...)
            runs.insert(upper, at: run + 1)
            if offset > middle { (run, offset) = (run + 1, offset - middle) }
        }
        runs[run].insert(element, at: offset)
    }

    /// Takes out the elements of a range of indices.
    func removeSubrange(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        var (run, offset) = position(range.lowerBound)
        var left = range.count
        let firstRun = run
        while left > 0 {
            let here = min(left, runs[run].count - offset)
            runs[run].removeSubrange(offset..<offset + here)
            left -= here
            offset = 0
            run += 1
        }
        length -= range.count
        let kept = runs[firstRun..<run].filter { !$0.isEmpty }
        runs.replaceSubrange(firstRun..<run, with: kept)
        tidy()
    }

    /// Gives elements with their indices from `index` on, until the body says false.
    func forEach(from index: Int = 0, _ body: (Int, [UInt8]) -> Bool) {
        guard index < count else { return }
        var (run, offset) = position(index)
        var index = index
        while run < runs.count {
            while offset < runs[run].count {
                guard body(index, runs[run][offset]) else { return }
                offset += 1
                index += 1
            }
            offset = 0
            run += 1
        }
    }

    /// Gives elements with their indices from the end on, until the body says false.
    func forEachReversed(_ body: (Int, [UInt8]) -> Bool) {
        var index = count
        for run in stride(from: runs.count - 1, through: start, by: -1) {
            for offset in stride(from: runs[run].count - 1, through: 0, by: -1) {
                index -= 1
                guard body(index, runs[run][offset]) else { return }
            }
        }
    }

    /// Takes out elements that equal one.
    ///
    /// - Parameters:
    ///   - limit: how many at most; all for 0.
    ///   - fromEnd: the last ones instead of the first ones.
    /// - Returns: how many there were.
    func removeAll(equalTo element: ByteSlice, limit: Int, fromEnd: Bool) -> Int {
        var left = limit == 0 ? Int.max : limit
        var removed = 0
        let order = fromEnd ? Array((start..<runs.count).reversed()) : Array(start..<runs.count)
        for run in order where left > 0 {
            guard runs[run].contains(where: { element.equals($0) }) else { continue }
            let before = runs[run].count
            if fromEnd { runs[run].reverse() }
            runs[run].removeAll {
                guard left > 0, element.equals($0) else { return false }
                left -= 1
                return true
            }
            if fromEnd { runs[run].reverse() }
            removed += before - runs[run].count
        }
        guard removed > 0 else { return 0 }
        length -= removed
        runs = runs[start...].filter { !$0.isEmpty }
        start = 0
        return removed
    }

    // MARK: Runs

    private func position(_ index: Int) -> (run: Int, offset: Int) {
        precondition(index >= 0 && index < count)
        if index <= count / 2 {
            var (run, left) = (start, index)
            while left >= runs[run].count {
                left -= runs[run].count
                run += 1
            }
            return (run, left)
        }
        var (run, left) = (runs.count - 1, count - index)
        while left > runs[run].count {
            left -= runs[run].count
            run -= 1
        }
        return (run, runs[run].count - left)
    }

    private func dropRun(_ run: Int) {
        if run == start {
            runs[start] = []
            start += 1
        } else {
            runs.remove(at: run)
        }
        tidy()
    }

    /// Gives back room at the front once it is most of the array.
    private func tidy() {
        if count == 0 {
            runs = []
            start = 0
        } else if start > 16, start > runs.count / 2 {
            let kept = runs.count - start
            runs.removeFirst(start - kept)
            start = kept
        }
    }
}
