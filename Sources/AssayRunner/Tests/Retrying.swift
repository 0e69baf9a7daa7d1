internal import AssayCore
internal import AssayPolicy

extension TestRun {
    /// Whether and how often a failed test is tried again.
    public struct Retries: Sendable {
        public var limit: Int
        /// Nothing of the stand has died: on a dead one every try would fail.
        public var isStandUp: @Sendable () -> Bool

        public init(limit: Int, isStandUp: @escaping @Sendable () -> Bool) {
            self.limit = limit
            self.isStandUp = isStandUp
        }

        public static let none = Retries(limit: 0) { true }
    }
}

extension TestRun.Retries {
    /// Runs a test, and again as long as it fails and may be tried again; each try is a whole new test.
    ///
    /// - Parameter once: one try, given its number from 0.
    func judge(_ once: (Int) async -> TestResult) async -> TestResult {
        var tries = [await once(0)]
        while isTriedAgain(after: tries, retries: limit, isStandUp: isStandUp()) {
            tries.append(await once(tries.count))
        }
        return judgeTries(tries)
    }
}
