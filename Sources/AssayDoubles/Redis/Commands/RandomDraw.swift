/// Random elements of collections, from the double's seeded stream.
enum RandomDraw {
    /// Elements with repetition that one command may ask for; a real server ends such a client by its output.
    static let most = 1 << 24

    /// How many elements SRANDMEMBER, HRANDFIELD and ZRANDMEMBER are asked for.
    struct Request {
        var count: Int
        /// Whether an element may come more than once.
        var repeats: Bool

        /// - Parameter halves: whether twice the number must fit, as for pairs.
        init(_ call: RedisCall, _ place: Int, halves: Bool = false) throws(RedisFailure) {
            let bound = halves ? Int64.max / 2 : Int64.max
            let number = try call.integer(place)
            guard (-bound...bound).contains(number) else {
                throw halves
                    ? .err("value is out of range")
                    : .err("value is out of range, value must between \(-bound) and \(bound)")
            }
            repeats = number < 0
            guard !repeats || number.magnitude <= RandomDraw.most else {
                throw .err("value is out of range, this double answers up to \(RandomDraw.most) elements")
            }
            count = Int(clamping: number.magnitude)
        }

        /// Places below `bound`; those without repetition are as many as there are at most.
        func places(below bound: Int, _ random: inout some RandomNumberGenerator) -> [Int] {
            if repeats { return (0..<count).map { _ in Int.random(in: 0..<bound, using: &random) } }
            return distinct(count, below: bound, &random)
        }
    }

    /// Different numbers from 0 to below `bound`, each choice of them equally likely.
    static func distinct(
        _ count: Int, below bound: Int, _ random: inout some RandomNumberGenerator
    ) -> [Int] {
        guard count < bound else { return Array(0..<bound) }
        if count > bound / 3 {
            var all = Array(0..<bound)
            for index in 0..<count { all.swapAt(index, Int.random(in: index..<bound, using: &random)) }
            return Array(all.prefix(count))
        }
        var seen: Set<Int> = []
        var drawn: [Int] = []
        drawn.reserveCapacity(count)
        while drawn.count < count {
            let next = Int.random(in: 0..<bound, using: &random)
            if seen.insert(next).inserted { drawn.append(next) }
        }
        return drawn
    }
}
