internal import AssayFormats
internal import AssayNet
internal import FleetCore

/// What the worker answers over HTTP.
///
/// Used on its reactor's thread only.
final class Service {
    let orchestrator: Orchestrator
    private(set) var isPulling: Bool
    private var requests = Metrics(prefix: "fleet_worker")
    /// Told when pulling begins.
    var pullingBegan: () -> Void = {}

    static let router: Router<Service> = {
        var router = Router<Service>()
        for operation in Operation.all { router.on(operation.method, operation.path, operation.answer) }
        return router
    }()

    init(_ orchestrator: Orchestrator, isPulling: Bool) {
        self.orchestrator = orchestrator
        self.isPulling = isPulling
    }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let match = Self.router.match(request.method, request.path)
        var reply: Reply
        var route = "other"
        switch match {
        case .none: reply = .error(404, "not_found")
        case .methods(let methods):
            reply = .error(405, "method_not_allowed")
            reply.headers.append(("Allow", methods.joined(separator: ", ")))
        case .found(let found, let parameters):
            route = found.path
            let call = Call(request: request, parameters: parameters, version: .v1)
            do throws(Refused) { reply = try await found.answer(self, call) } catch { reply = error.reply }
        }
        requests.count(
            "requests_total",
            [("method", request.method), ("route", route), ("status", String(reply.status))])
        return reply.response
    }

    var health: Reply {
        Reply(
            200,
            [
                "status": "ok", "worker_id": .string(orchestrator.ui.worker),
                "contract": .string(orchestrator.ui.version.rawValue), "pid": .int(Int64(Host.processID)),
            ])
    }

    var renderedMetrics: String {
        let jobs = orchestrator.jobs
        return requests.rendered(gauges: [])
            + orchestrator.metrics.rendered(gauges: [
                (name: "jobs_queued", labels: [], value: jobs.queued),
                (name: "jobs_running", labels: [], value: jobs.running),
                (name: "pulling", labels: [], value: isPulling ? 1 : 0),
            ])
    }

    var pull: Reply { Reply(200, ["pulling": .bool(isPulling)]) }

    func setPulling(_ isPulling: Bool) -> Reply {
        self.isPulling = isPulling
        if isPulling { pullingBegan() }
        return pull
    }

    func start(_ call: Call) throws(Refused) -> Reply {
        let body = try call.body()
        do throws(Orchestrator.StartRefusal) { return Reply(202, try orchestrator.start(body).json) } catch {
            switch error {
            case .faults(let faults): throw Refused(.faults(faults))
            case .full(let queued):
                var reply = Reply.error(429, "too_many_jobs", [("reason", .string("\(queued) jobs wait"))])
                reply.headers.append(("Retry-After", "1"))
                throw Refused(reply)
            }
        }
    }

    func list(_ call: Call) throws(Refused) -> Reply {
        let word = call.query("status")
        let state = word.flatMap(JobState.init)
        if word != nil, state == nil {
            let known = JobState.allCases.map(\.rawValue).joined(separator: ", ")
            throw Refused(.faults(["status": .string("is one of \(known)")]))
        }
        return Reply(200, ["jobs": .array(orchestrator.jobs.list(state).map(\.json))])
    }

    func job(_ call: Call) throws(Refused) -> Reply {
        guard let job = orchestrator.jobs[call["id"]] else { throw Refused(.error(404, "no_such_job")) }
        return Reply(200, job.json)
    }

    func stop(_ call: Call) throws(Refused) -> Reply {
        do throws(JobManager.Refusal) { return Reply(200, try orchestrator.stop(call["id"]).json) } catch {
            if case .ended(let state) = error {
                throw Refused(.error(409, "job_ended", [("reason", .string("it has \(state.rawValue)"))]))
            }
            throw Refused(.error(404, "no_such_job"))
        }
    }
}
