import AssayNet
import FleetCore
import Testing

@testable import fleet_ui
@testable import fleet_worker

@Suite("Settings of both services")
struct SettingsTests {
    private static func ui(_ arguments: [String] = [], _ more: [String: String] = [:]) throws(Misfit)
        -> fleet_ui.Settings
    {
        let all = ["FLEET_TOKEN": "t"].merging(more) { $1 }
        return try fleet_ui.Settings(
            Variables(arguments, options: fleet_ui.Settings.options) { all[$0] })
    }

    private static func worker(
        _ arguments: [String] = [], _ more: [String: String] = [:]
    ) throws(Misfit) -> fleet_worker.Settings {
        let all = ["FLEET_TOKEN": "t", "UI_URL": "http://127.0.0.1:9"].merging(more) { $1 }
        return try fleet_worker.Settings(
            Variables(arguments, options: fleet_worker.Settings.options) { all[$0] })
    }

    @Test("An option wins over a variable, a variable over what is usual")
    func order() throws {
        #expect(try Self.ui().address.port == 8080)
        #expect(try Self.ui([], ["PORT": "81"]).address.port == 81)
        #expect(try Self.ui(["--port", "82"], ["PORT": "81"]).address.port == 82)
        #expect(try Self.worker(["--contract-version", "v1", "--pull", "1"]).version == .v1)
        #expect(try Self.worker(["--pull", "1"]).isPulling)
        #expect(try Self.worker([], ["FLEET_JOBS": "7"]).limits.running == 7)
        #expect(try Self.ui([], ["REDIS_URL": "redis://127.0.0.1:6390/2"]).redis?.database == 2)
    }

    @Test(
        "What is wrong with the UI's is told by name",
        arguments: [
            ("PORT", "x", "PORT is a number from 0 to 65535, found 'x'"),
            ("CONTRACT_VERSION", "v3", "CONTRACT_VERSION is one of v1, v2, found 'v3'"),
            ("FLEET_TOKEN", "", "FLEET_TOKEN is not set"),
            ("FLEET_ALLOW", "10.0.0.0/99", "10.0.0.0/99 is no address or network like 10.0.0.0/8"),
            ("HOST", "example.org", "HOST is a numeric address, found 'example.org'"),
            ("FLEET_LEASE_MS", "1", "FLEET_LEASE_MS is a number from 10 to 3600000, found '1'"),
        ])
    func wrongUI(name: String, value: String, message: String) {
        let error = #expect(throws: Misfit.self) { try Self.ui([], [name: value]) }
        #expect(error?.description == message)
    }

    @Test(
        "What is wrong with the worker's is told by name",
        arguments: [
            ("UI_URL", "ftp://x", "UI_URL is an address like http://127.0.0.1:8080, found 'ftp://x'"),
            ("UI_URL", "", "UI_URL is not set"),
            ("WORKER_ID", "a b", "WORKER_ID is 1 to 64 letters, digits, '-', '_', '.' or ':', found 'a b'"),
            ("FLEET_TOKEN", "a b", "FLEET_TOKEN holds a character that no token has"),
            ("FLEET_PULL", "yes", "FLEET_PULL is 0 or 1, found 'yes'"),
        ])
    func wrongWorker(name: String, value: String, message: String) {
        let error = #expect(throws: Misfit.self) { try Self.worker([], [name: value]) }
        #expect(error?.description == message)
    }

    @Test("Options that there are not, and those without a value")
    func options() {
        #expect(throws: Misfit.self) { try Self.ui(["--porr", "1"]) }
        #expect(throws: Misfit.self) { try Self.ui(["--port"]) }
        #expect((try? Variables(["--help"], options: [:]) { _ in nil })?.wantsHelp == true)
    }

    @Test("Both know every planted mistake by name", arguments: Defect.allCases)
    func defects(defect: Defect) throws {
        #expect(try Self.ui([], ["FLEET_DEFECT": defect.rawValue]).defect == defect)
        #expect(try Self.worker([], ["FLEET_DEFECT": defect.rawValue]).defect == defect)
        #expect(fleet_ui.Settings.usage.contains(defect.rawValue))
        #expect(throws: Misfit.self) { try Self.ui([], ["FLEET_DEFECT": "no-such"]) }
    }
}
