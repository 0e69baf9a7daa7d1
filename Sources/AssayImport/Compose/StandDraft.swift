/// A stand as it will be written.
struct StandDraft {
    var project: String
    /// The other tool's file, for the first comment.
    var source: String
    var dependencies: [Dependency] = []
    var services: [Service] = []
    /// What has no place in the stand, one line each.
    var leftOut: [String] = []

    struct Dependency {
        var name: String
        var keyword: String
        var remarks: [String] = []
        var settings: [(name: String, value: Value)] = []
    }

    enum Value {
        case text(String)
        case number(Int)
        case yes
        case list([String])
        case settings([(name: String, value: String)])
    }

    struct Service {
        var name: String
        var remarks: [String] = []
        var start: Start
        /// Where the program itself listens, when nothing tells it another port.
        var port: Int?
        /// Ports besides the first; without a number a free one is told to the program.
        var ports: [(name: String, number: Int?)] = []
        var folder: String?
        /// Values are templates.
        var environment: [(name: String, value: String)] = []
        var ready: Ready?
        var needs: [String] = []
        /// It is told the address of another member.
        var readsOthers = false
    }

    enum Start {
        /// Words that are templates.
        case words([String])
        /// A line for a shell.
        case line(String)
        /// To be filled in by a person: what the compose file builds.
        case unknown(String)
        case image(String, command: [String], volumes: [String])
    }

    struct Ready {
        enum Kind {
            /// A path that is a template.
            case http(String)
            case tcp
            case run(String)
        }
        var kind: Kind
        var within: Duration?
    }
}
