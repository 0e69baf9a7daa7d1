internal import AssayCore

/// What a compose file says, with `${…}` filled in where a value decides something.
///
/// Source: the Compose Specification, as users write it.
struct ComposeFile {
    var name: String?
    var services: [ComposeService] = []
}

struct ComposeService {
    var name: String
    var location: SourceLocation
    var image: Placed<String>?
    var build: Build?
    var command: Placed<[String]>?
    var entrypoint: Placed<[String]>?
    var environment: [Variable] = []
    var ports: [Port] = []
    /// Ports that only other containers see.
    var exposed: [Int] = []
    var needs: [Need] = []
    var healthcheck: Healthcheck?
    var mounts: [Mount] = []
    var profiles: [String] = []
    /// Other names it answers to: of container, host and networks.
    var aliases: [String] = []

    /// A value with its place in the file.
    struct Placed<Value> {
        var value: Value
        var location: SourceLocation
    }

    struct Build {
        /// Folder, as written.
        var context: String
        /// Path within the context.
        var dockerfile = "Dockerfile"
        /// The Dockerfile itself, when the compose file holds it.
        var inline: String?
        var stage: String?
        var location: SourceLocation
    }

    struct Variable {
        var name: String
        /// `nil` takes the value of the surroundings.
        var value: ComposeText?
        var location: SourceLocation
        /// The file that it was read from; its values may be secrets.
        var file: String?
    }

    struct Port {
        /// Where the program listens in its container.
        var target: Int
        /// The port of this machine; `nil` when any will do.
        var published: Int?
        var name: String?
        var isUDP = false
        var location: SourceLocation
    }

    struct Need {
        var service: String
        /// `service_started`, `service_healthy` or `service_completed_successfully`.
        var condition: String
        var location: SourceLocation
    }

    struct Healthcheck {
        /// `nil` when it is switched off.
        var test: Test?
        var interval: Duration = .seconds(30)
        var retries = 3
        var startPeriod: Duration = .zero
        var location: SourceLocation

        enum Test {
            case words([String])
            case shell(String)
        }

        /// How long a container may take until it counts as unhealthy.
        var patience: Duration { startPeriod + interval * retries }
    }

    struct Mount {
        /// A path of this machine as written, or the name of a volume; `nil` for a nameless one.
        var source: String?
        var target: String
        var isReadOnly = false
        var location: SourceLocation

        /// Whether the source is a file or folder of this machine.
        var isBind: Bool {
            guard let source else { return false }
            return source.hasPrefix(".") || source.hasPrefix("/") || source.hasPrefix("~")
        }
    }
}
