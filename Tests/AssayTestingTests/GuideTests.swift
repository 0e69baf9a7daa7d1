import AssayNet
import Testing

@Suite("The guide to Swift tests")
struct GuideTests {
    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    @Test("its first example is InventoryTests.swift, letter for letter")
    func example() throws {
        let guide = String(
            decoding: try Files.read(Self.root + "/Documentation/swift-testing.md"), as: UTF8.self)
        let begin = try #require(guide.firstRange(of: "```swift\n")).upperBound
        let end = try #require(guide[begin...].firstRange(of: "```\n")).lowerBound
        let file = String(
            decoding: try Files.read(Self.root + "/Tests/AssayTestingTests/InventoryTests.swift"),
            as: UTF8.self)
        #expect(guide[begin..<end] == file)
    }
}
