import AssayCore
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

@Suite("Which stub answers")
struct StubMatchingTests {
    private func stub(_ name: String, _ url: URLMatcher, priority: Int = 5, method: String? = nil) -> Stub {
        let methods: RequestPattern.Methods = method.map { .oneOf([$0]) } ?? .any
        var stub = Stub(
            id: name, name: name, request: RequestPattern(methods: methods, url: url),
            answer: .response(StubResponse()))
        stub.priority = priority
        return stub
    }

    private func store(_ stubs: [Stub]) -> StubStore { StubStore(stubs, random: SeededRandom(seed: 1)) }

    private func match(_ store: StubStore, _ method: String, _ target: String) -> String? {
        store.match(StubRequest(HTTPRequest(method: method, target: target)))?.name
    }

    @Test("Priority 1 wins, then the newest, whichever kind of address they have")
    func order() throws {
        let store = store([
            stub("path", .path("/a/b")), stub("pattern", .pathPattern(try Pattern("/a/.*"))),
            stub("template", .template(try PathTemplate("/a/{x}"))), stub("any", .any, priority: 9),
        ])
        #expect(match(store, "GET", "/a/b") == "template")
        store.put(stub("first", .any, priority: 1))
        #expect(match(store, "GET", "/a/b") == "first")
        store.remove("first")
        store.remove("template")
        #expect(match(store, "GET", "/a/b") == "pattern")
        store.put(stub("path", .path("/a/b")))
        // What is replaced keeps its place.
        #expect(match(store, "GET", "/a/b") == "pattern")
        store.put(stub("newest", .url("/a/b")))
        #expect(match(store, "GET", "/a/b") == "newest")
        #expect(match(store, "GET", "/a/b?x=1") == "pattern")
        #expect(match(store, "GET", "/other") == "any")
    }

    @Test("The index finds what asking every stub would find")
    func index() throws {
        var random = SeededRandom(seed: 7)
        let words = ["a", "b", "users", "v1", "x-y"]
        func path() -> String {
            "/" + (0..<random.integer(in: 1...3)).map { _ in random.pick(words) ?? "" }.joined(separator: "/")
        }
        var stubs: [Stub] = []
        for number in 0..<300 {
            let text = path()
            let url: URLMatcher =
                switch random.integer(in: 0...6) {
                case 0: .path(text)
                case 1: .url(text + "?q=1")
                case 2: .pathPattern(try Pattern(text + "/?.*"))
                case 3: .urlPattern(try Pattern("^" + text + "(\\?.*)?$"))
                case 4: .template(try PathTemplate(text + "/{id}"))
                case 5: .template(try PathTemplate("/{any}" + text))
                default: .pathPattern(try Pattern("/(a|users)" + text + "*"))
                }
            stubs.append(
                stub(
                    "\(number)", url, priority: random.integer(in: 1...4),
                    method: random.pick([nil, "GET", "POST"]) ?? nil))
        }
        let store = store(stubs)
        for _ in 0..<2000 {
            let target = path() + (random.pick(["", "?q=1", "/", "?"]) ?? "")
            let method = random.pick(["GET", "POST", "PUT"]) ?? ""
            let request = StubRequest(HTTPRequest(method: method, target: target))
            let all = store.stubs.first { $0.request.matches(request) }
            #expect(match(store, method, target) == all?.name, "\(method) \(target)")
        }
    }

    @Test(
        "An expression is only put on a shelf when its beginning is sure",
        arguments: [
            ("/users/[0-9]+", StubIndex.Key.segment(Array("/users".utf8))), ("/users.*", .any),
            ("/users/?x", .any),
            ("^/users/", .segment(Array("/users".utf8))), ("/a/b|/c/d", .any), (".*", .any), ("/u/{2}", .any),
            ("(?i)/users/x", .any), ("\\/users/x", .any),
        ])
    func shelf(_ source: String, _ key: StubIndex.Key) throws {
        #expect(StubIndex.Key(.pathPattern(try Pattern(source))) == key)
    }

    @Test("A request in absolute form is matched by its path, and its host by the target")
    func absolute() {
        let request = StubRequest(
            HTTPRequest(
                method: "GET", target: "http://Pay.test:8080/a/b?c=d", headers: HTTPHeaders([("Host", "x")])))
        #expect(request.path == "/a/b" && request.url == "/a/b?c=d")
        #expect(request.authority.host == "pay.test" && request.authority.port == 8080)
        #expect(request.query("c") == ["d"])
        #expect(URLMatcher.path("/a/b").matches(request) && URLMatcher.url("/a/b?c=d").matches(request))
        #expect(StubRequest(HTTPRequest(method: "OPTIONS", target: "*")).path == "*")
    }

    @Test("Names of a path template are taken out, decoded")
    func templates() throws {
        let template = try PathTemplate("/v{version}/users/{id}.json")
        let pattern = RequestPattern(url: .template(template))
        let request = StubRequest(HTTPRequest(method: "GET", target: "/v2/users/a%20b.json"))
        #expect(pattern.matches(request))
        let values = pattern.url.parameters(of: request)
        #expect(values.map(\.name) == ["version", "id"] && values.map(\.value) == ["2", "a b"])
        for target in [
            "/v/users/a.json", "/v2/users/.json", "/v2/users/a.json/", "/v2/users/a.xml", "/v2/users",
        ] {
            #expect(!pattern.matches(StubRequest(HTTPRequest(method: "GET", target: target))), "\(target)")
        }
        #expect(throws: PathTemplateError.self) { try PathTemplate("users/{id}") }
        #expect(throws: PathTemplateError.self) { try PathTemplate("/{}") }
        #expect(throws: PathTemplateError.self) { try PathTemplate("/{a}-{b}") }
    }

    @Test("Each value of a list is paired with a matcher of its own")
    func lists() {
        let exactly = ValuesMatcher.exactly([Contains("a"), EqualTo("a")])
        // 'a' suits both, so it has to go to the second.
        #expect(exactly.matches(["a", "ab"]))
        #expect(!exactly.matches(["ab", "ac"]))
        #expect(!exactly.matches(["a", "ab", "c"]))
        #expect(ValuesMatcher.including([EqualTo("a")]).matches(["b", "a"]))
        #expect(!ValuesMatcher.including([EqualTo("a"), EqualTo("c")]).matches(["b", "a"]))
        #expect(!ValuesMatcher.one(EqualTo("a")).matches([]))
        #expect(ValuesMatcher.one(IsAbsent()).matches([]))
    }

    @Test("A pattern that would take forever gives up, and matches nothing")
    func hostile() throws {
        let text = String(repeating: "a", count: 40) + "!"
        let pattern = try Pattern("(a+)+(b+)*\\1$(*NO_AUTO_POSSESS)")
        let matcher = MatchesPattern(try Pattern("((a|aa)+)+\\1b"))
        #expect(!matcher.matches(.text(text)))
        #expect(
            !MatchesPattern(matcher.pattern, negated: true).matches(.text(text))
                || !matcher.matches(.text(text)))
        _ = pattern
    }

    @Test("Ten megabytes of body are looked at without being copied for each matcher")
    func large() {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 10 << 20) + Array("needle".utf8)
        let body = MatchValue.body(MatchedBody(bytes))
        #expect(Contains("needle").matches(body))
        #expect(!Contains("needles").matches(body))
        #expect(!EqualTo("x").matches(body))
        #expect(EqualTo("x").distance(to: body) > 0.9)
    }
}
