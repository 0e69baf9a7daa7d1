import AssayFormats
import Testing

/// TypeScript that is code.
@Suite("TypeScript that becomes code")
struct TypeScriptValueTests {
    @Test(
        "imports that are types alone go",
        arguments: [
            ("import { A, b } from 'x'; b", "import {    b } from 'x'; b"),
            ("import { b, type A } from 'x'; b", "import { b,        } from 'x'; b"),
            ("import a, { B } from 'x'; a", "import a, {   } from 'x'; a"),
            ("import A, { b } from 'x'; b", "import    { b } from 'x'; b"),
            ("import a, * as B from 'x'; a", "import a         from 'x'; a"),
            ("import { type as b } from 'x'; b", "import { type as b } from 'x'; b"),
            (
                "import { type type as b } from 'x'; let x: b",
                ";                                      let x;  "
            ),
            ("import type from 'x'; type", "import type from 'x'; type"),
            ("import { A } from 'x'; let a: A = { A: 1 }.A", ";                      let a    = { A: 1 }.A"),
            ("import { A } from 'x'; let a = { A }", "import { A } from 'x'; let a = { A }"),
            ("import { A } from 'x'; (A) => A", ";                      (A) => A"),
            ("import { A } from 'x'; class B extends A {}", "import { A } from 'x'; class B extends A {}"),
            (
                "import { A } from 'x'; class B implements A {}",
                ";                      class B              {}"
            ),
            ("import { A } from 'x'; export { A }", "import { A } from 'x'; export { A }"),
            ("import { A } from 'x'; typeof A", "import { A } from 'x'; typeof A"),
            ("import { A } from 'x'; let b: typeof A", ";                      let b;         "),
            ("import fs = require('x'); fs", "const  fs = require('x'); fs"),
            ("import a from 'x'; import B = a.b; B", "import a from 'x'; const  B = a.b; B"),
            ("import a from 'x'; import B = a.b", ";                  ;             "),
            ("type A = 1; let b; export { A, b }", ";           let b; export {    b }"),
            ("interface A {} export default A", ";              ;               "),
            ("declare const A: B; let b; export { A, b }", ";                   let b; export {    b }"),
            (
                "namespace N { export type A = B } export { N }",
                ";                                 export {   }"
            ),
            ("export { type A, b }; let b", "export {         b }; let b"),
            ("export = a", "module.exports = a"),
        ])
    func imports(source: String, result: String) {
        #expect(TypeScriptErasureTests.erased(source).split(separator: " ") == result.split(separator: " "))
    }

    @Test(
        "enumerations fill an object both ways",
        arguments: [
            ("enum E { A, B }", #"var E;(E$=>{ E$[E$["A"]=0]="A"; E$[E$["B"]=1]="B" })(E||(E={}));"#),
            (
                "export enum E { A = 5, B, }",
                #"export var E;(E$=>{ E$[E$["A"]= 5]="A"; E$[E$["B"]=6]="B"; })(E||(E={}));"#
            ),
            (
                "const enum E { A = 'x', 'b c' = `y` }",
                #"var E;(E$=>{ E$["A"]= 'x'; E$['b c']= `y` })(E||(E={}));"#
            ),
            (
                "enum E { A = 1 << 3, B = A | 1, C }",
                #"var E;(E$=>{ E$[E$["A"]= 1 << 3]="A"; E$[E$["B"]= E$.A | 1]="B"; E$[E$["C"]=10]="C" })(E||(E={}));"#
            ),
            (
                "enum E { A = f(), B = 2, C }",
                #"var E;(E$=>{ E$[E$["A"]= f()]="A"; E$[E$["B"]= 2]="B"; E$[E$["C"]=3]="C" })(E||(E={}));"#
            ),
            ("enum E { A = -1, B }", #"var E;(E$=>{ E$[E$["A"]= -1]="A"; E$[E$["B"]=0]="B" })(E||(E={}));"#),
            (
                "enum E { A = 'a', B = A + 'b' }",
                #"var E;(E$=>{ E$["A"]= 'a'; E$["B"]= E$.A + 'b' })(E||(E={}));"#
            ),
            (
                "enum E { A } enum E { B = 1 }",
                #"var E;(E$=>{ E$[E$["A"]=0]="A" })(E||(E={})); ;(E$=>{ E$[E$["B"]= 1]="B" })(E||(E={}));"#
            ),
            ("{ enum E {} }", "{ let E;(E$=>{})(E||(E={})); }"),
            (
                "enum E { A = 2 } enum F { B = E.A, C }",
                #"var E;(E$=>{ E$[E$["A"]= 2]="A" })(E||(E={})); var F;(F$=>{ F$[F$["B"]= E.A]="B"; F$[F$["C"]=3]="C" })(F||(F={}));"#
            ),
            ("let a$; enum E {}", "let a$; var E;(E$$=>{})(E||(E={}));"),
        ])
    func enumerations(source: String, result: String) {
        #expect(TypeScriptErasureTests.tight(source) == result)
    }

    @Test(
        "namespaces fill an object with what they export",
        arguments: [
            ("namespace N { export const a = 1; a }", "var N;(N$=>{ ; N$.a = 1; N$.a })(N||(N={}));"),
            (
                "namespace N { export function f() {} f() }",
                "var N;(N$=>{ ; function f() {}N$.f=f; f() })(N||(N={}));"
            ),
            (
                "namespace N { export class C {} const x = 1 }",
                "var N;(N$=>{ ; class C {}N$.C=C; const x = 1 })(N||(N={}));"
            ),
            (
                "namespace N { export let a, { b, c: [d] } = x; a = b + d }",
                "var N;(N$=>{ ; N$.a, ({ b:N$.b, c: [N$.d] } = x); N$.a = N$.b + N$.d })(N||(N={}));"
            ),
            (
                "namespace N { export const a = 1; (a) => a; ({ a }) }",
                "var N;(N$=>{ ; N$.a = 1; (a) => a; ({ a:N$.a }) })(N||(N={}));"
            ),
            ("namespace A.B { f() }", "var A;(A$=>{let B;(B$=>{ f() })(B=A$.B||(A$.B={}));})(A||(A={}));"),
            (
                "namespace N { export enum E { A } }",
                #"var N;(N$=>{ let E;(E$=>{ E$[E$["A"]=0]="A" })(E=N$.E||(N$.E={})); })(N||(N={}));"#
            ),
            ("class N {} namespace N { export const a = 1 }", "class N {} ;(N$=>{ ; N$.a = 1 })(N||(N={}));"),
            (
                "namespace N { export const a = 1 } namespace N { a }",
                "var N;(N$=>{ ; N$.a = 1 })(N||(N={})); ;(N$=>{ N$.a })(N||(N={}));"
            ),
            (
                "export namespace N { export type A = B; export const a: A = (x: A) => x }",
                "export var N;(N$=>{ ; ; N$.a = (x ) => x })(N||(N={}));"
            ),
        ])
    func namespaces(source: String, result: String) {
        #expect(TypeScriptErasureTests.tight(source) == result)
    }

    @Test(
        "parameters that are properties are set where the object is there",
        arguments: [
            (
                "class A { constructor(private x: T, y, readonly z = 1) { f() } }",
                "class A { constructor( x , y, z = 1) {this.x=x;this.z=z; f() } }"
            ),
            (
                "class A extends B { constructor(public x) { f(); super(x); g() } }",
                "class A extends B { constructor( x) { f(); super(x);this.x=x;; g() } }"
            ),
            (
                "class A extends B { constructor(public x) { const y = super(x) } }",
                "class A extends B { constructor( x) { const y = (super(x),this.x=x,this) } }"
            ),
            (
                "class A { constructor(override x) { 'use strict'; f() } }",
                "class A { constructor( x) { 'use strict';this.x=x; f() } }"
            ),
            ("class A { constructor(protected readonly x) {} }", "class A { constructor( x) {this.x=x;} }"),
            (
                "class A { constructor(readonly, public_) {} }",
                "class A { constructor(readonly, public_) {} }"
            ),
            ("class A { f(a); f(a?) {} x?: T; y!: U; static z }", "class A { ; f(a ) {} x ; y ; static z }"),
        ])
    func properties(source: String, result: String) {
        #expect(TypeScriptErasureTests.tight(source) == result)
    }

    @Test(
        "what is wrong is told with its place",
        arguments: [
            ("let a = 1;\nlet b: string 5;", "2:15 expected ';', found '5'"),
            ("let x: = 4", "1:8 expected a type, found '='"),
            ("let x: number = ;", "1:17 expected an expression, found ';'"),
            ("enum E { A B }", "1:12 expected ',', found 'B'"),
            ("function f(", "1:12 expected a name, found the end of the file"),
            ("@dec class A {}", "1:1 decorators cannot be carried over to JavaScript"),
            ("class A { @dec() x }", "1:11 decorators cannot be carried over to JavaScript"),
            ("'abc", "1:1 this text has no end"), ("/* é", "1:1 this comment has no end"),
            ("x = `a${b", "1:10 expected '}', found the end of the file"),
            ("x = /a", "1:5 this regular expression has no end"),
            ("const x = <div></div>;", "1:17 expected a type, found '/'"),
            ("é ± x", "1:3 expected ';', found '±'"),
        ])
    func errors(source: String, message: String) {
        #expect(TypeScriptErasureTests.erased(source) == message)
    }

    @Test("an error says its line, how long it is and what to do")
    func errorParts() throws {
        let source = "\r\nlet ünder: A wrong\r\n"
        let error = try #require(throws: TypeScriptError.self) { try TypeScript.erased(Array(source.utf8)) }
        #expect(error.text == "let ünder: A wrong")
        #expect([error.line, error.column, error.length] == [2, 14, 5])
        #expect(error.fix == nil)
        let decorated = try #require(throws: TypeScriptError.self) {
            try TypeScript.erased(Array("@a class B {}".utf8))
        }
        #expect(decorated.fix == "call the function on the class or the method itself")
    }
}
