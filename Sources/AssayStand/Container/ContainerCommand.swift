/// The command line that runs one container in the foreground; pure.
///
/// Source: `docker run`'s reference; podman takes the same words.
struct ContainerCommand {
    /// Full path of `docker` or `podman`.
    var engine: String
    var name: ContainerName
    var host: String
    var service: String
    var image: String
    var command: [String] = []
    var environment: [(name: String, value: String)] = []
    /// `SOURCE:TARGET[:ro]`, sources absolute or names of volumes.
    var volumes: [String] = []
    var network = ContainerSpec.Network.bridge
    /// Ports of the loopback and of the container.
    var ports: [(outside: UInt16, inside: UInt16)] = []

    var words: [String] {
        var words = [engine, "run", "--rm", "--name", name.text]
        words += ["--label", "\(Self.label)=\(host)", "--label", "\(Self.label).service=\(service)"]
        switch network {
        case .host: words += ["--network", "host"]
        case .bridge:
            for (outside, inside) in ports { words += ["--publish", "127.0.0.1:\(outside):\(inside)"] }
            words += ["--add-host", "host.docker.internal:host-gateway"]
        }
        for (name, value) in environment {
            // Without a value it is taken from the engine's environment: command lines are there for all to read.
            words += ["--env", isTaken(name) ? "\(name)=\(value)" : name]
        }
        for volume in volumes { words += ["--volume", volume] }
        // What follows is the image and its words, whatever they begin with.
        return words + [image] + command
    }

    /// What the engine's program needs in its environment for ``words``.
    var passedEnvironment: [(name: String, value: String)] { environment.filter { !isTaken($0.name) } }

    /// Names that mean something to the engine's own program, so that it cannot be given the container's values.
    private func isTaken(_ name: String) -> Bool {
        let upper = name.uppercased()
        return ["PATH", "HOME", "USER", "SHELL", "TMPDIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"].contains(
            upper)
            || ["DOCKER_", "CONTAINER", "BUILDKIT_", "LD_", "XDG_", "GODEBUG"].contains(
                where: upper.hasPrefix)
    }

    /// Every container of Assay's wears it; the value is the machine's name.
    static let label = "assay.host"

    // MARK: the other commands

    static func list(_ engine: String, host: String) -> [String] {
        [engine, "ps", "--all", "--filter", "label=\(label)=\(host)", "--format", "{{.Names}}"]
    }

    static func remove(_ engine: String, _ names: [String]) -> [String] { [engine, "rm", "--force"] + names }
    static func inspect(_ engine: String, image: String) -> [String] {
        [engine, "image", "inspect", "--format", "{{.Id}}", image]
    }
    static func pull(_ engine: String, image: String) -> [String] { [engine, "pull", "--quiet", image] }
}

/// The name of a container: whose it is, so that those of the dead can be removed.
struct ContainerName: Equatable {
    /// The Assay process, and when it began in ticks since boot.
    var process: Int32
    var began: UInt64
    var number: Int
    var service: String

    /// `assay.4711.8812345.1.auth`: letters, digits, `_`, `.` and `-` are what engines allow.
    var text: String {
        let plain = service.map {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "_"
        }
        return "assay.\(process).\(began).\(number).\(String(plain))"
    }

    init(process: Int32, began: UInt64, number: Int, service: String) {
        self.process = process
        self.began = began
        self.number = number
        self.service = service
    }

    /// - Returns: `nil` for a name that is not Assay's.
    init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: ".", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == "assay", let process = Int32(parts[1]),
            let began = UInt64(parts[2]),
            let number = Int(parts[3])
        else { return nil }
        self.init(process: process, began: began, number: number, service: String(parts[4]))
    }

    /// Names in what ``ContainerCommand/list(_:host:)`` prints: one a line, or several with commas.
    static func names(in output: String) -> [ContainerName] {
        output.split { $0.isNewline || $0 == "," }.compactMap {
            ContainerName(parsing: $0.filter { !$0.isWhitespace })
        }
    }
}
