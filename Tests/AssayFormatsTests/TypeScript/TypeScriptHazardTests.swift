import AssayFormats
import Testing

/// Where a blank alone would mean something else.
@Suite("TypeScript whose blanks would matter")
struct TypeScriptHazardTests {
    @Test(
        "what was a statement of its own stays one",
        arguments: [
            ("a\ntype A = B\n(c)", "a\n;         \n(c)"),
            ("a\ninterface A {}\n[c]", "a\n;             \n[c]"),
            ("let x = a as T\n(b)", "let x = a ;   \n(b)"),
            ("let x: T\n;(b)", "let x   \n;(b)"),
            ("a!\n;[b]", "a \n;[b]"),
            ("class A { x = 1\n public ['y'] = 2 }", "class A { x = 1\n ;      ['y'] = 2 }"),
            ("class A { get: T\n x() {} }", "class A { get;  \n x() {} }"),
            ("class A { x = y as T\n ['z']() {} }", "class A { x = y ;   \n ['z']() {} }"),
            ("let x: any\n<T>y", "let x;    \n   y"),
        ])
    func statements(source: String, result: String) {
        #expect(TypeScriptErasureTests.erased(source) == result)
    }

    @Test(
        "no line ends where it must not",
        arguments: [
            ("f = (a): A<\n  B\n> => a", "f = (a     \n   \n) => a"),
            ("f = async <\n  T\n>(a: T) => a", "f = async (\n   \n  a   ) => a"),
            ("function f() { return <\nT\n>(a) => a }", "function f() { return (\n \n  a) => a }"),
            ("function f() { return <\nT\n>a.b }", "function f() { return (\n \n a.b) }"),
            ("f = (a): (\n A | B) => a", "f = (a    \n      ) => a"),
        ])
    func lines(source: String, result: String) {
        #expect(TypeScriptErasureTests.erased(source) == result)
    }

    @Test(
        "a cast holds together what it was a cast of",
        arguments: [
            ("1 + 2 as T * 3", "(1 + 2)      * 3"), ("1 * 2 as T + 3", "1 * 2      + 3"),
            ("2 ** 2 as T ** 3", "(2 ** 2)      ** 3"),
            ("-x as T ** 2", "(-x)      ** 2"), ("a || b as T && c", "a || b      && c"),
            ("a as T * b", "a      * b"),
        ])
    func casts(source: String, result: String) {
        #expect(TypeScriptErasureTests.erased(source) == result)
    }

    @Test(
        "an arrow between ? and : has a type when another colon follows",
        arguments: [
            ("a ? (b): c => d : e", "a ? (b)    => d : e"), ("a ? (b) : c => d", "a ? (b) : c => d"),
            ("a ? (b) : (c) => d", "a ? (b) : (c) => d"), ("a ? ((b): c => d) : e", "a ? ((b)    => d) : e"),
            ("a ? async (b): Promise<c> => d : e", "a ? async (b)             => d : e"),
            ("a ? (b) : (c): d => e", "a ? (b) : (c)    => e"),
            ("f(a ? (b) : c, (d): e => f)", "f(a ? (b) : c, (d)    => f)"),
        ])
    func choices(source: String, result: String) {
        #expect(TypeScriptErasureTests.erased(source) == result)
    }

    @Test("every line keeps its place", arguments: ["\n", "\r\n", "\r", "\u{2028}"])
    func lineBreaks(end: String) {
        let source = ["type A = {", "  a: B,", "}", "enum E {", "  A,", "}", "let x: {", "  a: A } = y", "x"]
            .joined(separator: end)
        let lines = TypeScriptErasureTests.erased(source).unicodeScalars.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == end.unicodeScalars.last })
        #expect(lines.count == 9)
        #expect(lines.last.map { String($0) } == "x")
    }

    /// Something of everything.
    static let corpus = #"""
        import a, { type B, c as d } from './x.ts'; import type { E } from 'y';
        export type F<T> = { [K in keyof T as `x${K}`]?: T[K] } & (new (...a: any[]) => T);
        enum G { A = 1 << 2, B = A | 1, 'c d' = "x", D = `y${B}` }
        namespace H.I { export const j = 1, { k } = d; export function l() { return j + k } }
        abstract class M<N> extends O<N> implements P, Q {
          declare r: S; static #t?: U = /[/]/g; [key: string]: V;
          constructor(private w: X, public readonly y = `a${1 < 2 ? `b` : 'c'}`) { super(w) }
          get z(): A | undefined { return this.#t!.a?.b<C>(1) } abstract f(): void; async *g<T>(this: M<T>) { yield* <T>x }
        }
        const h = async <T,>(x: T, { y = 1, ...z }: {} = {}): Promise<T> => a ? (b): c => d : (e as f satisfies g)!;
        for (const i of j as K[]) { label: if (i) continue label; else return /x/ / 2 }
        """#

    @Test("whatever the text breaks off with, reading ends")
    func prefixes() {
        let bytes = Array(Self.corpus.utf8)
        #expect((try? TypeScript.erased(bytes)) != nil)
        for count in 0..<bytes.count {
            _ = try? TypeScript.erased(Array(bytes[..<count]))
            _ = try? TypeScript.erased(Array(bytes[count...]))
        }
    }

    @Test(
        "nesting has an end",
        arguments: [
            "(", "[", "{a:", "a=>", "(a)=>{", "x=", "f<", "let x: (", "let x: A<", "type A = {a: ", "`${",
            "new ", "!", "if(1)", "{", "a?", "class A{x=", "class A{x(){", "class A extends ", "class A{[",
            "namespace A{", "namespace A.", "(a=", "<T>",
            "[[x", "let {a:", "type A = (a:",
        ])
    func nesting(part: String) {
        let source = String(repeating: part, count: 20_000)
        #expect(throws: TypeScriptError.self) { try TypeScript.erased(Array(source.utf8)) }
    }

    @Test(
        "chains may be long",
        arguments: [
            ("a", " + a"), ("a", " ? b : a"), ("a", ".b()"), ("if (a) {}", " else if (a) {}"),
            ("let x: A", " | B"), ("let x", ", y: T"), ("type A = B", " extends C ? D : E"),
            ("a", " as T"), ("a", "!"),
        ])
    func chains(first: String, next: String) {
        let source = first + String(repeating: next, count: 5_000)
        #expect((try? TypeScript.erased(Array(source.utf8))) != nil)
    }
}
