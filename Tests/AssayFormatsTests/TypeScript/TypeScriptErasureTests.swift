import AssayFormats
import Testing

/// What is left of TypeScript, to the column.
@Suite("TypeScript without its types")
struct TypeScriptErasureTests {
    static func erased(_ source: String) -> String {
        do throws(TypeScriptError) {
            return String(decoding: try TypeScript.erased(Array(source.utf8)), as: UTF8.self)
        } catch {
            return "\(error.line):\(error.column) \(error.message)"
        }
    }

    /// Runs of blanks as one: where they stand is the matter of other tests.
    static func tight(_ source: String) -> String {
        erased(source).split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }

    @Test(
        "types become blanks, one for each scalar",
        arguments: [
            ("let x: number = 1;", "let x         = 1;"),
            ("let a: string, b: A<B<C>>= 2", "let a        , b         = 2"),
            ("let x!: T;", "let x    ;"),
            ("const f = (a: T, b?: U): V => a!;", "const f = (a   , b    )    => a ;"),
            ("x as any as T;", "x            ;"),
            ("x satisfies T;", "x            ;"),
            ("let π: Größe = 1", "let π        = 1"),
            ("a!.b![0]!()", "a .b [0] ()"),
            ("f<T>(x)", "f   (x)"),
            ("new Map<string, T[]>()", "new Map             ()"),
            ("tag<T>`a`", "tag   `a`"),
            ("<T>x", "   x"),
            (
                "class A<T> extends B<T> implements C, D<E> {}",
                "class A    extends B                       {}"
            ),
            ("function f(this: Window, a: T): void {}", "function f(              a   )       {}"),
            (
                "function f<const T extends U = V>(a: T): asserts a is U {}",
                "function f                       (a   )                 {}"
            ),
            ("for (const x of y as T[]) ;", "for (const x of y       ) ;"),
            ("try {} catch (e: unknown) {}", "try {} catch (e         ) {}"),
            ("export const x: T = y", "export const x    = y"),
            ("abstract class A {}", "         class A {}"),
            ("(<any>x).y", "(     x).y"),
            ("a ? (b as T) : c", "a ? (b     ) : c"),
        ])
    func blanks(source: String, result: String) {
        #expect(Self.erased(source) == result)
        #expect(result.unicodeScalars.count == source.unicodeScalars.count)
    }

    @Test(
        "statements of types are empty ones",
        arguments: [
            "interface A {}", "interface A<in out T> extends B<T>, C { x: T; y?(): void }", "type A = B",
            "type A<T> = T extends B ? C : D;",
            "declare var x: T;", "declare function f(a: T): U",
            "declare class A { x: T; f(): U; constructor(a); }",
            "declare namespace N { const x: T; function f(): U }",
            "declare module 'x' { export default function f(): T }",
            "declare module 'x';", "declare global { interface A {} var x: T }",
            "declare enum E { A, B = 'x' }", "declare const enum E { A }",
            "namespace N { export interface A {} type B = A }", "namespace A.B { export type C = D }",
            "module N {}",
            "import type A from 'x'", "import type { A, B as C } from 'x';", "import type * as A from 'x'",
            "import { type A } from 'x'",
            "import { A } from 'x'", "import A, { B } from 'x'", "import * as A from 'x'",
            "import type A = require('x')", "import A = B.C",
            "export type A = B;", "export type { A } from 'x'", "export type * from 'x'",
            "export interface A {}", "export declare const x: T",
            "export default interface A {}", "export as namespace A;", "function f(a: T): U;",
            "export function f(): U;",
            "export default function f(a: T): U;", "async function f(): Promise<T>;",
            "export abstract class A { abstract x: T }; type B = A",
        ].filter { !$0.contains("}; type") })
    func erasedStatements(source: String) {
        let kept = Self.erased(source)
        #expect(kept.first == ";")
        #expect(kept.dropFirst().allSatisfy { $0 == " " || $0 == ";" || $0 == "\n" })
        #expect(kept.count == source.count)
    }

    @Test(
        "types are passed over whole",
        arguments: [
            "A", "A.B.C<D>", "A[]", "A[][]", "A['x'][number]", "A | B & C", "| A | B", "(A | B)[]",
            "() => void", "(a: A, b?: B, ...c: C[]) => D",
            "new () => A", "abstract new <T>(a: T) => A", "<T>(a: T) => a is U",
            "{ a: A; b?: B, readonly c: C }", "{ [key: string]: A }",
            "{ readonly [K in keyof T]?: T[K] }", "{ -readonly [K in keyof T]-?: T[K] }",
            "{ [K in T as `get${K}`]: V }", "{ f<T>(a: T): U; get x(): T; set x(v: T) }",
            "{ new (a: A): B; (c: C): D }", "{ [Symbol.iterator](): A }", "[A, B?, ...C[]]",
            "[a: A, b?: B, ...c: C]", "[]", "readonly A[]", "unique symbol", "keyof typeof a.b",
            "typeof import('x')", "import('x').A<B>", "typeof a<B>",
            "T extends infer U extends V ? U : never", "T extends (infer U)[] ? U : T extends A ? B : C",
            "`a${B}c${D}`", "'x' | 1 | -1 | 1n | true | null | undefined | void", "this",
            "A extends B ? C : D", "Array<<T>(x: T) => T>", "({ a, b: [c] }: A) => B",
            "(() => void) | null", "A<B<C<D>>>", "(a?) => B", "(this: A) => B", "asserts", "unique",
            "keyof A[]", "{ get: A; set: B; async: C; new: D }", "{ a: A\n b: B\n c(): C }",
            "(new () => A)[]", "typeof this.x", "object & {}", "[first: string, ...rest: number[]]",
            "{ readonly: boolean }", "{}",
        ])
    func types(type: String) {
        #expect(
            Self.tight("let x: \(type) = 1;").split(separator: "\n").joined().split(separator: " ").joined(
                separator: " ") == "let x = 1;")
        #expect(
            Self.tight("f(y as \(type), 1)").split(whereSeparator: \.isWhitespace).joined(separator: " ")
                == "f(y , 1)")
        #expect(
            Self.tight("function f(a: \(type)) {}").split(whereSeparator: \.isWhitespace).joined(
                separator: " ") == "function f(a ) {}")
    }

    @Test(
        "what only looks like a type stays",
        arguments: [
            "a < b > c", "a < b, c > d", "f(a < b, c > +d)", "a < b >= c", "a<b>>c", "x = a ? b : c",
            "x = a ? (b) : c => d", "a ? (b, c) : (d)",
            "const type = 1; type", "type\nA = 1", "as = satisfies", "declare = abstract", "namespace\nx",
            "({ type: 1, as: 2, a, b = 1 } = x)", "let as\n{}",
            "`${a < b ? `${c}` : '}'}` / 2", "x = /[/]>/g.test(y) / 2", "a\n/b/g", "if (a) /b/.test(c)",
            "x = { a: b, c }", "case_: for (;;) break case_",
            "class A { static = 1; get = 2; set; async; readonly() {} declare() {} get x() { return 1 } static { f() } async *g() {} }",
            "a = b\n++c", "return_ => a", "async (x) => x", "async(x)", "async x => x", "(async () => {})()",
            "x?.y?.[0]?.(1)", "a ?.5 : 1", "1..toString()", "0x1F.a",
            "let of = 1", "new.target", "import.meta.url", "import('x')", "label: { break label }",
            "for (var i = 0, n = 'a' in b ? 1 : 2; i < n; i++);".replacing("'a' in b", with: "('a' in b)"),
            "for await (const x of y) ;", "class A extends (f, B) {}",
            "function* g() { yield /x/; yield* a; yield }", "let { a, b: [c, d = 1], ...e } = f",
            "do x++; while (x < 5) y()",
            "switch (a) { case (b): c(); default: d() }", "export { a as b, c as default }; let a, c",
            "export * as ns from 'x'", "import 'x'", "import {} from 'x'",
            "a\n?.b", "#x in y", "@".isEmpty ? "" : "x = <any>y".replacing("<any>", with: ""), "using\nx",
            "let async, of, get", "a = b ? c : d ? e : f => g",
            "import x, * as y from 'z'; x, y", "import x from 'y' with { type: 'json' }; x", "'use strict'",
            "((a, b) => c)(d)", "a => ({})", "x = function () {} / 1", "x ||= y ?? z",
        ])
    func untouched(source: String) {
        #expect(Self.erased(source) == source)
    }
}
