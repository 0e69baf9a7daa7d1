internal import AssayCore
internal import AssayNet
public import AssayScript

/// Several requests at once, no more than the options allow, over all hosts and to each.
final class ScriptBatch {
    private let requests: [ScriptRequest]
    private let perHost: Int
    /// Places of those that nobody has taken yet.
    private var waiting: [Int]
    private var underWay: [HTTPOrigin: Int] = [:]
    private(set) var responses: [ScriptResponse?]

    init(_ requests: [ScriptRequest], perHost: Int) {
        self.requests = requests
        self.perHost = perHost > 0 ? perHost : .max
        waiting = Array(requests.indices)
        responses = Array(repeating: nil, count: requests.count)
    }

    /// One of several that work side by side: takes what its host has room for, until there is nothing. What then is left
    /// belongs to hosts that others are busy with, who take it up as they get done.
    func work(_ exchange: (ScriptRequest) async -> ScriptResponse) async {
        while let place = take() {
            responses[place] = await exchange(requests[place])
            underWay[requests[place].address.origin, default: 1] -= 1
        }
    }

    private func take() -> Int? {
        let free = waiting.firstIndex { underWay[requests[$0].address.origin, default: 0] < perHost }
        guard let free else { return nil }
        let place = waiting.remove(at: free)
        underWay[requests[place].address.origin, default: 0] += 1
        return place
    }
}

extension SessionHost {
    public func exchange(_ requests: [ScriptRequest]) async -> [ScriptResponse] {
        let settings = self.requests.settings
        let batch = ScriptBatch(requests, perHost: settings.batchPerHost)
        let workers = min(requests.count, max(1, settings.batch))
        if workers == 1 {
            await batch.work { await self.exchange($0, isAlone: true) }
        } else {
            let reactor = reactor
            let bound = ReactorBound((host: self, batch: batch), on: reactor)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<workers {
                    group.addTask(executorPreference: reactor) {
                        let (host, batch) = bound.value
                        await batch.work { await host.exchange($0, isAlone: false) }
                    }
                }
            }
        }
        return zip(requests, batch.responses).map { request, response in
            response ?? ScriptResponse(request, fault: .cancelled)
        }
    }
}
