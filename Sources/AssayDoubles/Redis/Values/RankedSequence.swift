/// Elements in ascending order, found by value and by rank.
///
/// Sorted runs of up to 128 elements, side by side, with the sums of their lengths in a Fenwick tree: a
/// look-up by value or by rank takes O(log n) steps, an insertion or removal as well, and besides moves up to
/// a run's elements. Every 64th insertion at least splits a run and counts the runs anew, n/64 steps that
/// each of the 64 has a part in.
///
/// No two elements are equal.
struct RankedSequence<Element: Comparable> {
    private var runs: [[Element]] = []
    /// Sums of run lengths, one-based as Fenwick trees are.
    private var sums: [Int] = [0]
    private(set) var count = 0

    private static var capacity: Int { 128 }

    var isEmpty: Bool { count == 0 }
    var first: Element? { runs.first?.first }
    var last: Element? { runs.last?.last }

    init() {}

    /// - Parameter sorted: ascending, without duplicates.
    init(sorted: [Element]) {
        var start = 0
        while start < sorted.count {
            let end = min(start + Self.capacity / 2, sorted.count)
            runs.append(Array(sorted[start..<end]))
            start = end
        }
        count = sorted.count
        recount()
    }

    subscript(rank: Int) -> Element {
        let (run, offset) = position(ofRank: rank)
        return runs[run][offset]
    }

    /// How many elements at the start satisfy a predicate that holds for a prefix of the elements.
    func prefixCount(where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low &+ high) >> 1
            if holds(runs[middle][0]) { low = middle &+ 1 } else { high = middle }
        }
        guard low > 0 else { return 0 }
        let run = low - 1
        var (from, to) = (1, runs[run].count)
        while from < to {
            let middle = (from &+ to) >> 1
            if holds(runs[run][middle]) { from = middle &+ 1 } else { to = middle }
        }
        return prefix(run) + from
    }

    func rank(of element: Element) -> Int? {
        guard let (run, offset, found) = locate(element), found else { return nil }
        return prefix(run) + offset
    }

    func contains(_ element: Element) -> Bool { locate(element)?.found ?? false }

    /// The element that equals the given one, which may have more to say.
    func find(_ element: Element) -> Element? {
        guard let (run, offset, found) = locate(element), found else { return nil }
        return runs[run][offset]
    }

    /// - Returns: false, and nothing is changed, when an equal element is there.
    @discardableResult
    mutating func insert(_ element: Element) -> Bool {
        guard let (run, offset, found) = locate(element) else {
            runs.append([element])
            count = 1
            recount()
            return true
        }
        guard !found else { return false }
        count &+= 1
        if runs[run].count < Self.capacity {
            runs[run].insert(element, at: offset)
            add(1, run)
            return true
        }
        // Appending leaves full runs behind; in the middle halves have room for more.
        let middle = run == runs.count - 1 && offset == Self.capacity ? offset : Self.capacity / 2
        var upper: [Element] = []
        upper.reserveCapacity(Self.capacity)
        upper.append(contentsOf: runs[run][middle...])
        runs[run].removeSubrange(middle...)
        if offset > middle || middle == Self.capacity {
            upper.insert(element, at: offset - middle)
        } else {
            runs[run].insert(element, at: offset)
        }
        runs.insert(upper, at: run + 1)
        recount()
        return true
    }

    @discardableResult
    mutating func remove(_ element: Element) -> Bool {
        guard let (run, offset, found) = locate(element), found else { return false }
        removeOne(run, offset)
        return true
    }

    @discardableResult
    mutating func remove(atRank rank: Int) -> Element {
        let (run, offset) = position(ofRank: rank)
        let removed = runs[run][offset]
        removeOne(run, offset)
        return removed
    }

    /// Takes out the elements of a range of ranks.
    mutating func removeSubrange(_ ranks: Range<Int>) {
        guard !ranks.isEmpty else { return }
        var (run, offset) = position(ofRank: ranks.lowerBound)
        var left = ranks.count
        let firstRun = run
        while left > 0 {
            let here = min(left, runs[run].count - offset)
            runs[run].removeSubrange(offset..<offset + here)
            left -= here
            offset = 0
            run += 1
        }
        let kept = runs[firstRun..<run].filter { !$0.isEmpty }
        runs.replaceSubrange(firstRun..<run, with: kept)
        count -= ranks.count
        recount()
    }

    /// Gives the elements of a range of ranks in their order.
    func forEach(in ranks: Range<Int>, _ body: (Element) -> Void) {
        guard !ranks.isEmpty else { return }
        var (run, offset) = position(ofRank: ranks.lowerBound)
        var left = ranks.count
        while left > 0 {
            let end = min(runs[run].count, offset + left)
            for index in offset..<end { body(runs[run][index]) }
            left -= end - offset
            offset = 0
            run += 1
        }
    }

    /// Gives the elements of a range of ranks from the highest to the lowest.
    func forEachReversed(in ranks: Range<Int>, _ body: (Element) -> Void) {
        guard !ranks.isEmpty else { return }
        var (run, offset) = position(ofRank: ranks.upperBound - 1)
        var left = ranks.count
        while left > 0 {
            let start = max(0, offset + 1 - left)
            for index in stride(from: offset, through: start, by: -1) { body(runs[run][index]) }
            left -= offset - start + 1
            run -= 1
            if run >= 0 { offset = runs[run].count - 1 }
        }
    }

    // MARK: Runs

    /// Where an element is or would be; `nil` when there is no run.
    @inline(__always)
    private func locate(_ element: Element) -> (run: Int, offset: Int, found: Bool)? {
        guard !runs.isEmpty else { return nil }
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low &+ high) >> 1
            if element < runs[middle][0] { high = middle } else { low = middle &+ 1 }
        }
        let run = max(0, low - 1)
        var (from, to) = (0, runs[run].count)
        while from < to {
            let middle = (from &+ to) >> 1
            if runs[run][middle] < element { from = middle &+ 1 } else { to = middle }
        }
        return (run, from, from < runs[run].count && !(element < runs[run][from]))
    }

    private mutating func removeOne(_ run: Int, _ offset: Int) {
        runs[run].remove(at: offset)
        count &-= 1
        if runs[run].isEmpty {
            runs.remove(at: run)
            recount()
        } else {
            add(-1, run)
        }
    }

    private func position(ofRank rank: Int) -> (run: Int, offset: Int) {
        precondition(rank >= 0 && rank < count)
        var (position, left) = (0, rank)
        var step = 1
        while step * 2 < sums.count { step *= 2 }
        while step > 0 {
            let next = position + step
            if next < sums.count, sums[next] <= left {
                position = next
                left -= sums[next]
            }
            step >>= 1
        }
        return (position, left)
    }

    /// The elements before a run.
    private func prefix(_ run: Int) -> Int {
        var (sum, index) = (0, run)
        while index > 0 {
            sum &+= sums[index]
            index &= index &- 1
        }
        return sum
    }

    private mutating func add(_ change: Int, _ run: Int) {
        var index = run &+ 1
        while index < sums.count {
            sums[index] &+= change
            index &+= index & -index
        }
    }

    private mutating func recount() {
        sums.removeAll(keepingCapacity: true)
        sums.append(0)
        for run in runs { sums.append(run.count) }
        var index = 1
        while index < sums.count {
            let parent = index + (index & -index)
            if parent < sums.count { sums[parent] += sums[index] }
            index += 1
        }
    }
}
