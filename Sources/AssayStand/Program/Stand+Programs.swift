internal import AssayCore
internal import AssayFormats
internal import AssayNet

extension Stand {
    /// Starts a program on free ports until it is ready. A port that was free may be taken before it is bound: then all
    /// is tried again with others.
    ///
    /// - Parameters:
    ///   - fixed: the first port, when the project file names it.
    ///   - make: gives the launch for the ports.
    func start(
        _ name: String, ports count: Int, fixed: UInt16? = nil, at location: SourceLocation,
        _ scope: CancelScope,
        _ make: ([UInt16]) async throws(StandFailure) -> Launch
    ) async throws(StandFailure) -> Program {
        let log = log(of: name)
        var attempt = 1
        while true {
            var ports: [UInt16]
            do throws(SystemError) {
                ports = try Ports.free(count, on: reactor)
            } catch {
                throw StandFailure(member: name, message: "\(error)", location: location)
            }
            if let fixed { ports[0] = fixed }
            let program = try await Program.start(try await make(ports), log: log, on: reactor)
            programs.append(program)
            do throws(StandFailure) {
                try await program.awaitReadiness(in: scope)
                watch(program)
                return program
            } catch {
                guard program.lostItsPort else { throw error }
                if let fixed {
                    var told = error
                    told.message += "; port \(fixed) is taken: leave `port` out and a free one is chosen"
                    throw told
                }
                attempt += 1
                if attempt > 3 { throw error }
                await program.stop()
                programs.removeAll { $0 === program }
            }
        }
    }

    /// The log of a member; a layer's members have logs of their own.
    private func log(of name: String) -> LogBook {
        let path = surroundings.logFolder.map { "\($0)/\(name).log" }
        if ownLogs.contains(name), let known = logs[name] { return known }
        ownLogs.insert(name)
        let fresh = LogBook(path: path, mask: surroundings.mask)
        logs[name] = fresh
        return fresh
    }

    private func watch(_ program: Program) {
        let own = ReactorBound((self, program), on: reactor)
        Task(executorPreference: reactor) {
            let (stand, program) = own.value
            guard let status = await program.process.ended(), !stand.isStopping, !program.isStopping else {
                return
            }
            // What it wrote last may still be in the pipe.
            _ = await program.process.gone(until: Reactor.monotonicNow() &+ 200_000_000)
            stand.deaths.append(
                MemberDeath(
                    name: program.launch.name, title: program.launch.title, status: status,
                    lastLines: program.log.last(20)))
            stand.changed.notifyAll()
        }
    }

    /// Runs a project's own migration tool against a database that is up.
    func migrate(
        _ name: String, with template: Template, environment: [(String, String)], at location: SourceLocation,
        _ scope: CancelScope
    ) async throws(StandFailure) {
        let line = try render(template, for: name, [:])
        let own = Set(environment.map(\.0))
        let inherited = surroundings.inherited.filter { !own.contains($0.name) }
        var lines: [String] = []
        do throws(SystemError) {
            let result = try await ChildProcess.runToEnd(
                ProcessSpec(
                    command: ["sh", "-c", line], environment: inherited + environment,
                    folder: surroundings.projectFolder),
                on: reactor, until: Reactor.monotonicNow() &+ 300_000_000_000, in: scope)
            lines = String(decoding: result.output + result.errors, as: UTF8.self).split(separator: "\n").map(
                String.init)
            if result.status.isSuccess { return }
            throw SystemError(call: "the migration `\(line)` \(result.status)", errno: 0)
        } catch {
            throw StandFailure(
                member: name, message: error.errno == 0 ? error.call : "\(error)", location: location,
                lastLines: lines.suffix(20))
        }
    }

    // MARK: texts

    func inProject(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(surroundings.projectFolder)/\(path)"
    }

    func render(_ template: Template, for member: String, _ own: [String: JSON]) throws(StandFailure)
        -> String
    {
        var names = JSONObject(bindings.map { ($0.key, $0.value) })
        names["env"] = .object(JSONObject(Host.environment.map { ($0.name, JSON.string($0.value)) }))
        names["folder"] = .string(folder)
        for (name, value) in own { names[name] = value }
        var context = TemplateScope(
            names: names, environment: surroundings.environment, random: SystemRandomNumberGenerator())
        do throws(TemplateError) {
            return try template.text(in: &context)
        } catch {
            throw StandFailure(
                member: member, message: error.message, location: error.location ?? template.location)
        }
    }
}
