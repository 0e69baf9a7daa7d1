import AssayWire
import Testing

@Suite("Headers that are read when they are asked for")
struct UnreadHeadersTests {
    private static let head = Array(
        "POST /a HTTP/1.1\r\nHost: x\r\nX-Tenant:  a \r\nx-tenant: b\r\nEmpty:\r\nÜber: no\r\n\r\n".utf8)

    @Test("answer like those that were read at once", arguments: ["host", "X-TENANT", "empty", "absent", "no name"])
    func alike(name: String) {
        let unread = HTTPHeaders(unread: Self.head)
        let read = HTTPHeaders(head: Self.head)
        #expect(unread.values(of: name) == read.values(of: name))
        #expect(unread[name] == read[name])
        #expect(unread.contains(name) == read.contains(name))
        #expect(unread == read)
    }

    @Test("change like others, and leave copies alone")
    func changed() {
        let unread = HTTPHeaders(unread: Self.head)
        var changed = unread
        changed["X-Tenant"] = "c"
        changed.add("New", "1")
        #expect(changed.values(of: "x-tenant") == ["c"])
        #expect(changed["new"] == "1")
        #expect(unread.values(of: "x-tenant") == ["a", "b"])
        #expect(unread.fields.count == 5)
    }
}
