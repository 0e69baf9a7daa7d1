import Testing

@testable import AssayScript

@Suite("Paths of res.json()")
struct GJSONTests {
    /// The document of gjson's own description of its paths.
    static let people = """
        {
          "name": {"first": "Tom", "last": "Anderson"},
          "age":37,
          "children": ["Sara","Alex","Jack"],
          "fav.movie": "Deer Hunter",
          "friends": [
            {"first": "Dale", "last": "Murphy", "age": 44, "nets": ["ig", "fb", "tw"]},
            {"first": "Roger", "last": "Craig", "age": 68, "nets": ["fb", "tw"]},
            {"first": "Jane", "last": "Murphy", "age": 47, "nets": ["ig", "tw"]}
          ]
        }
        """

    static let flags = """
        {"vals": [
          {"a":1,"b":"data"},{"a":2,"b":true},{"a":3,"b":false},{"a":4,"b":"0"},{"a":5,"b":0},{"a":6,"b":"1"},
          {"a":7,"b":1},{"a":8,"b":"true"},{"a":9,"b":false},{"a":10,"b":null},{"a":11}
        ]}
        """

    static func find(_ path: String, in json: String) -> String? {
        GJSON.select(Array(path.utf8)[...], from: Array(json.utf8)[...]).map {
            String(decoding: $0, as: UTF8.self).filter { !$0.isWhitespace }
        }
    }

    @Test(
        "a path finds what gjson finds",
        arguments: [
            ("name.last", "\"Anderson\""), ("age", "37"), ("children", #"["Sara","Alex","Jack"]"#),
            ("children.0", "\"Sara\""), ("children.3", nil), ("children.-1", nil), ("children.x", nil),
            ("friends.1.first", "\"Roger\""), ("child*.2", "\"Jack\""), ("c?ildren.0", "\"Sara\""),
            (#"fav\.movie"#, "\"DeerHunter\""), ("missing", nil), ("missing.deeper", nil),
            ("age.deeper", nil),
            ("friends.#", "3"), ("friends.#.age", "[44,68,47]"), ("friends.#.missing", "[]"),
            ("friends.#(last==\"Murphy\").first", "\"Dale\""),
            ("friends.#(last==\"Murphy\")#.first", #"["Dale","Jane"]"#),
            ("friends.#(age>45)#.last", #"["Craig","Murphy"]"#),
            ("friends.#(age>=68).first", "\"Roger\""), ("friends.#(age<45)#.first", #"["Dale"]"#),
            ("friends.#(age!=44)#.age", "[68,47]"), ("friends.#(age==100)#.age", "[]"),
            ("friends.#(age==100).age", nil),
            ("friends.#(first%\"D*\").last", "\"Murphy\""), ("friends.#(first!%\"D*\").last", "\"Craig\""),
            ("children.#(!%\"*a*\")", "\"Alex\""), ("children.#(%\"*a*\")#", #"["Sara","Jack"]"#),
            ("friends.#(nets.#(==\"fb\"))#.first", #"["Dale","Roger"]"#),
            ("friends|0|first", "\"Dale\""), ("friends|#", "3"),
            ("friends.#(last=\"Murphy\")#|first", nil),
            ("friends.#(last=\"Murphy\")#.0", "[]"), ("friends.#(last=\"Murphy\")#|#", "2"),
            ("friends.#(last=\"Murphy\")#|0.first", "\"Dale\""),
            ("friends.#.first|1", "\"Roger\""),
            ("children.@reverse", #"["Jack","Alex","Sara"]"#), ("children.@reverse.0", "\"Jack\""),
            ("name.@keys", #"["first","last"]"#), ("name.@values", #"["Tom","Anderson"]"#),
            ("children|@this|#", "3"), ("age.@tostr", "\"37\""),
            ("friends.#.nets.@flatten", #"[["ig","fb","tw"],["fb","tw"],["ig","tw"]]"#),
            ("missing|@keys", "[]"), ("", nil), ("@this.age", "37"), ("!5", "5"), ("!\"x\"", "\"x\""),
            ("friends.1.@this.first", "\"Roger\""), ("name.*", "\"Tom\""), ("*.first", "\"Tom\""),
            ("friends.*.first", nil), ("friends.0.*", "\"Dale\""), ("#", nil),
            (
                "{name.first,age,\"the_murphys\":friends.#(last=\"Murphy\")#.first}",
                #"{"first":"Tom","age":37,"the_murphys":["Dale","Jane"]}"#
            ),
            ("[name.first,age]", #"["Tom",37]"#), ("[missing,age]", "[37]"),
            ("name.{first}", #"{"first":"Tom"}"#),
            (
                "{name.first,\"company\":!\"Happysoft\",\"employed\":!true}",
                #"{"first":"Tom","company":"Happysoft","employed":true}"#
            ),
            ("@dig:first", #"["Tom","Dale","Roger","Jane"]"#),
        ] as [(String, String?)])
    func people(path: String, found: String?) {
        #expect(Self.find(path, in: Self.people) == found)
    }

    @Test(
        "what is nearly true is told apart with a tilde",
        arguments: [
            ("vals.#(b==~true)#.a", "[2,6,7,8]"), ("vals.#(b==~false)#.a", "[3,4,5,9,10,11]"),
            ("vals.#(b==~null)#.a", "[10,11]"), ("vals.#(b==~*)#.a", "[1,2,3,4,5,6,7,8,9,10]"),
            ("vals.#(b!=~*)#.a", "[11]"), ("vals.#(b==true)#.a", "[2,5,8]"),
            ("vals.#(b!=true)#.a", "[1,3,4,6,7,9]"), ("vals.#(b>false)#.a", "[2,7,8]"),
            ("vals.#(b==null)#.a", "[5]"), ("vals.#(a>=9)#.b", "[false,null]"),
            ("vals.#(b)#.a", "[1,2,3,4,5,6,7,8,9,10]"),
        ])
    func tilde(path: String, found: String) {
        #expect(Self.find(path, in: Self.flags) == found)
    }

    @Test(
        "modifiers change a value",
        arguments: [
            ("@flatten:{\"deep\":true}", "[1,[2],[3,4],[5,[6,7]]]", "[1,2,3,4,5,6,7]"),
            ("@flatten", "[1,[2],[3,4],[5,[6,7]]]", "[1,2,3,4,5,[6,7]]"),
            ("@join", #"[{"a":1,"b":2},{"b":3}]"#, #"{"a":1,"b":3}"#),
            ("@join:{\"preserve\":true}", #"[{"a":1,"b":2},{"b":3}]"#, #"{"a":1,"b":2,"b":3}"#),
            ("@group", #"{"a":[1,2],"b":[3]}"#, #"[{"a":1,"b":3},{"a":2}]"#),
            ("@fromstr.a", #""{\"a\":1}""#, "1"), ("@reverse", #"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#),
            ("@valid.a", #"{"a":1}"#, "1"), ("@unknown", #"{"@unknown":5}"#, "5"), ("..#", "[1,2]", "1"),
            ("..0.1", "[1,2]", "2"), ("a", #"{"a":1,"a":2}"#, "1"), ("a\"b", #"{"a\"b":1}"#, "1"),
            ("@this", "5", "5"), ("#.a.b", #"[{"a":{"b":1}},{"a":{"b":2}}]"#, "[1,2]"),
            ("#.a.#.b", #"[{"a":[{"b":1}]},{"a":[{"b":2},{"b":3}]}]"#, "[[1],[2,3]]"),
            (#"a.b\|c"#, #"{"a":{"b|c":1}}"#, "1"), (#"a\*"#, #"{"a*":1,"ab":2}"#, "1"),
        ])
    func modifiers(path: String, json: String, found: String) {
        #expect(Self.find(path, in: json) == found)
    }

    @Test("paths that make no sense find nothing, and end")
    func nonsense() {
        for path in [
            "", ".", "..", "#", "#(", "#(a", "[", "{", "@", "!", "a.#(", "a|", "|", "\\", "*", "a.#(b==\"",
        ] {
            _ = Self.find(path, in: Self.people)
        }
        #expect(Self.find("#(", in: "[1]") == nil)
        #expect(Self.find("a", in: "5") == nil)
    }

    @Test(
        "wildcards match as patterns do",
        arguments: [
            ("abc", "*", true), ("abc", "a*c", true), ("abc", "a?c", true), ("abc", "a?d", false),
            ("", "*", true),
            ("aXbXc", "a*b*c", true), ("aXbX", "a*b*c", false), ("a*c", "a\\*c", true),
            ("abc", "a\\*c", false),
            ("größe", "gr??e", true), (String(repeating: "a", count: 200), "a*a*a*a*a*a*b", false),
        ])
    func wildcards(text: String, pattern: String, matches: Bool) {
        #expect(wildcardMatches(Array(text.utf8)[...], Array(pattern.utf8)[...]) == matches)
    }
}
