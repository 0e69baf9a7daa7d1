internal import AssayCore
public import AssayFormats
internal import AssayNet

/// How many copies of a service run side by side.
public enum ReplicaCount: Sendable {
    case count(Int)
    /// Known when the stand starts: `${env.WORKERS || 20}`.
    case told(Template)

    /// More would ask for more ports and processes than a machine gives at once.
    public static let bounds = 1...200
}

extension ServiceSpec {
    /// One copy of a service with `replicas`, named `worker-3`.
    func replica(_ number: Int) -> ServiceSpec {
        var copy = self
        copy.name = Self.name(of: name, replica: number)
        copy.replicas = nil
        copy.replica = number
        return copy
    }

    static func name(of service: String, replica: Int) -> String { "\(service)-\(replica)" }
}

extension Stand {
    /// Starts the copies of a service, some at a time: each is to be ready within its own time, however many there are.
    ///
    /// - Returns: what `${name.…}` gives, and what reports say of them.
    func startReplicas(
        of spec: ServiceSpec, _ replicas: ReplicaCount, _ scope: CancelScope
    ) async throws(StandFailure) -> (binding: JSON, detail: String) {
        let count = try count(replicas, of: spec)
        let all = LogBook(path: nil, mask: surroundings.mask)
        keep(all, of: spec.name)
        for number in 0..<count {
            let name = ServiceSpec.name(of: spec.name, replica: number)
            let path = surroundings.logFolder.map { "\($0)/\(name).log" }
            keep(LogBook(path: path, mask: surroundings.mask, all: all), of: name)
        }
        let branch = CancelScope(on: reactor, within: scope)
        let own = ReactorBound((self, ReplicaRow(count), branch), on: reactor)
        let lanes = (0..<min(count, max(4, Host.cores * 2))).map { _ in
            Task(executorPreference: reactor) {
                let (stand, row, branch) = own.value
                while row.failure == nil, let number = row.next() {
                    do throws(StandFailure) {
                        row.services[number] = try await Service.start(
                            spec.replica(number), in: stand, branch)
                    } catch {
                        if row.failure == nil { row.failure = error }
                        branch.cancel()
                    }
                }
            }
        }
        for lane in lanes { await lane.value }
        branch.leave()
        let row = own.value.1
        if let failure = row.failure { throw failure }
        let services = row.services.sorted { $0.key < $1.key }.map(\.value)
        guard let first = services.first else {
            throw StandFailure(member: spec.name, message: "no replica was started", location: spec.location)
        }
        return (Self.binding(of: services), "\(count) × \(first.detail)")
    }

    private func keep(_ log: LogBook, of name: String) {
        ownLogs.insert(name)
        logs[name] = log
    }

    /// `${worker.urls}`, `${worker.count}`, `${worker[3].url}`; without a number the first one is meant.
    private static func binding(of services: [Service]) -> JSON {
        var members = services.first?.binding.objectValue ?? JSONObject()
        members["urls"] = .array(services.map { .string($0.url) })
        members["count"] = .int(Int64(services.count))
        for (number, service) in services.enumerated() { members[String(number)] = service.binding }
        return .object(members)
    }

    private func count(_ replicas: ReplicaCount, of spec: ServiceSpec) throws(StandFailure) -> Int {
        switch replicas {
        case .count(let count): return count
        case .told(let template):
            let text = try render(template, for: spec.name, [:])
            guard let count = Int(text), ReplicaCount.bounds.contains(count) else {
                let (least, most) = (ReplicaCount.bounds.lowerBound, ReplicaCount.bounds.upperBound)
                throw StandFailure(
                    member: spec.name,
                    message:
                        "service '\(spec.name)' has from \(least) to \(most) replicas, and `replicas` gives '\(text)'",
                    location: template.location)
            }
            return count
        }
    }
}

/// The copies of one service while they start. Used on its reactor's thread only.
private final class ReplicaRow {
    private let count: Int
    private var begun = 0
    var services: [Int: Service] = [:]
    var failure: StandFailure?

    init(_ count: Int) { self.count = count }

    /// The number of the copy to be started next; `nil` when all have begun.
    func next() -> Int? {
        guard begun < count else { return nil }
        begun += 1
        return begun - 1
    }
}
