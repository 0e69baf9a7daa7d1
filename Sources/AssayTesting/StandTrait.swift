public import Assay
public import Testing

extension Trait where Self == StandTrait {
    /// Gives tests the stand of a project file, reached through ``stand``.
    ///
    /// ```swift
    /// @Suite(.stand("assay.yml"))
    /// struct Checkout { … }
    /// ```
    /// The stand comes up when the suite's first test begins and goes down when its last has ended. Suites that run at
    /// the same time and name the same file and isolation share it. Every test has its own layer on it. When the stand
    /// does not come up, each test fails with the same text: the member, what is wrong with it, and the end of its log.
    /// - Parameters:
    ///   - path: of the project file, or a folder with an `assay.yml`; a relative one is looked for in the folder of
    ///     the test's source file and those above it, then in the current folder, or where `ASSAY_ROOT` is set, there.
    ///   - isolation: what each test finds.
    ///   - file: leave as it is.
    public static func stand(
        _ path: String = "assay.yml", isolation: LiveStand.Isolation = .databasePerTest,
        file: String = #filePath
    ) -> Self {
        StandTrait(path: path, isolation: isolation, file: file)
    }
}

/// The stand of a suite or a test; see ``Testing/Trait/stand(_:isolation:file:)``.
///
/// Where one is inside another, the innermost is what a test gets.
public struct StandTrait: SuiteTrait, TestTrait, TestScoping, Equatable {
    let path: String
    let isolation: LiveStand.Isolation
    let file: String

    /// Suites inside the suite have the stand too.
    public var isRecursive: Bool { true }

    /// A scope around each suite and function keeps the stand up; one around each case gives it a layer.
    public func scopeProvider(for test: Test, testCase: Test.Case?) -> StandTrait? { self }

    @concurrent public func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase == nil || isInnermost(of: test) else { return try await function() }
        let key: SharedStands.Key
        do throws(StandError) {
            key = SharedStands.Key(
                project: try LiveStand.projectFile(path, from: file), isolation: isolation)
        } catch {
            // Told by each test once.
            if testCase == nil { try await function() } else { fail(test, "\(error)") }
            return
        }
        let shared = SharedStands.ofProcess
        shared.keep(key)
        do {
            if testCase == nil || TestStand.current?.isOf(test, key) == true {
                try await function()
            } else {
                try await runCase(of: test, on: key, function)
            }
        } catch {
            await shared.release(key)
            throw error
        }
        await shared.release(key)
    }

    private func isInnermost(of test: Test) -> Bool {
        let innermost = test.traits.lazy.compactMap { $0 as? StandTrait }.last
        return innermost == nil || innermost == self
    }

    private func runCase(
        of test: Test, on key: SharedStands.Key, _ function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let layer: LiveStand.Layer
        do throws(StandError) {
            let stand = try await SharedStands.ofProcess.stand(key).get()
            layer = try await stand.layer(for: test.displayName ?? test.name)
        } catch {
            return fail(test, "\(error)")
        }
        var thrown: (any Error)?
        do {
            try await TestStand.$current.withValue(TestStand(layer, of: test, key)) { try await function() }
        } catch {
            thrown = error
        }
        for death in await layer.stop() { fail(test, death) }
        if let thrown { throw thrown }
    }

    private func fail(_ test: Test, _ text: String) {
        Issue.record(Comment(rawValue: text), sourceLocation: test.sourceLocation)
    }
}
