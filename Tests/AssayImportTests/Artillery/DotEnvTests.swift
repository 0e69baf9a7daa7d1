import Testing

@testable import AssayImport

@Suite("Files of variables")
struct DotEnvTests {
    @Test(
        "Values are read as the package dotenv reads them",
        arguments: [
            ("A=1\nB = two words  \n", ["A=1", "B=two words"]),
            ("export A=1\n  C: yes\nD:no", ["A=1", "C=yes"]),
            ("# nothing\n\nA=1 # why\nB='1 # 2'\n", ["A=1", "B=1 # 2"]),
            (#"A="x\ny" "# + "\nB='x\\ny'\nC=`it's \"so\"`", ["A=x\ny", #"B=x\ny"#, #"C=it's "so""#]),
            ("KEY=\"-----BEGIN\nline\n-----END\"\nB=2", ["KEY=-----BEGIN\nline\n-----END", "B=2"]),
            ("A=\nB=\"\"\nC", ["A=", "B="]),
            ("A=1\r\nB=\"2\"\r\n", ["A=1", "B=2"]),
            ("A='open\nB=2", ["A='open", "B=2"]),
            ("A=1\nA=2", ["A=1", "A=2"]),
            ("", []),
        ])
    func values(text: String, expected: [String]) {
        #expect(DotEnv.parse(text).map { "\($0.name)=\($0.value)" } == expected)
    }
}
