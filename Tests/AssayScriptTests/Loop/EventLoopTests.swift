import Testing

@testable import AssayScript

@Suite(
    "The event loop of a pass",
    .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct EventLoopTests {
    @Test("timers fire in order with their arguments, and the pass lasts until none is left")
    func timers() async throws {
        let source = """
            import * as timers from 'k6/timers';
            export default async function () {
              const id = setTimeout((a, b) => note('timeout', a, b), 20, 1, 'x');
              note(id, timers.setTimeout === setTimeout, Object.keys(timers));
              let n = 0;
              const i = setInterval(() => { note('tick', ++n); if (n == 3) clearInterval(i); }, 5);
              clearTimeout(setTimeout(() => note('never'), 1));
              clearTimeout(); clearTimeout(99); clearTimeout('x');
              setTimeout(function () { note('strange', this === globalThis); }, 'abc');
              await new Promise(r => setTimeout(r, 30));
              note('after');
              setTimeout(() => note('late'), 10);
              return 'done';
            }
            """
        #expect(
            try await ScriptRun.of(source) == [
                "1 true clearInterval,clearTimeout,default,setInterval,setTimeout", "strange true", "tick 1",
                "tick 2", "tick 3", "timeout 1 x", "after", "late", "\"done\"",
            ])
    }

    @Test("a timer that is no function is refused")
    func refusedTimer() async throws {
        let source = "export default () => { try { setInterval(5, 5) } catch (e) { return String(e) } }"
        #expect(
            try await ScriptRun.of(source) == [
                "\"GoError: setInterval's callback isn't a callable function\""
            ])
    }

    @Test("promises settle between two timers, not within them")
    func jobs() async throws {
        let source = """
            export default function () {
              setTimeout(() => { Promise.resolve().then(() => note('job')); note('first'); }, 1);
              setTimeout(() => note('second'), 1);
              Promise.resolve().then(() => note('before'));
              note('end');
            }
            """
        #expect(try await ScriptRun.of(source) == ["end", "before", "first", "job", "second", "undefined"])
    }

    @Test("work beside the script settles its promise, and a conversion that throws rejects it")
    func work() async throws {
        let source = """
            export default async function () {
              const all = [work('a'), work('b'), work('throws').catch(e => e.name)];
              note('meanwhile');
              return await Promise.all(all);
            }
            """
        #expect(try await ScriptRun.of(source) == ["meanwhile", "[\"a\",\"b\",\"RangeError\"]"])
    }

    @Test(
        "a rejection that nobody handles ends the pass, with its place",
        arguments: [
            (
                "export default async function () {\n  await null;\n  throw new Error('boom');\n}",
                "Uncaught (in promise) Error: boom\n\tat default (file:///t/main.js:3:13)"
            ),
            (
                "export default () => { Promise.reject('first'); Promise.reject('second'); }",
                "Uncaught (in promise) first"
            ),
            ("export default () => { Promise.reject(42); }", "Uncaught (in promise) 42"),
            ("export default () => { Promise.reject(); }", "Uncaught (in promise) undefined"),
            ("export default () => { Promise.reject({a: 1}); }", "Uncaught (in promise) {\"a\":1}"),
            (
                "export default () => { const p = Promise.reject(1); setTimeout(() => p.catch(() => 0), 1); }",
                "Uncaught (in promise) 1"
            ),
            ("export default () => { Promise.reject(1).catch(() => 0); return 5 }", "5"),
            (
                "export default () => { const p = Promise.reject(1); Promise.resolve().then(() => p.catch(() => 0)); }",
                "undefined"
            ),
        ])
    func rejections(_ source: String, _ expected: String) async throws {
        let end = try await ScriptRun(source)()
        #expect(end == expected)
    }

    @Test("a promise that nothing settles ends a pass quietly")
    func neverSettled() async throws {
        #expect(
            try await ScriptRun.of("export default async () => { await new Promise(() => 0); }") == [
                "undefined"
            ])
    }

    @Test("when a timer throws the others are called off, and the next pass knows nothing of them")
    func throwingTimer() async throws {
        let source = """
            let pass = 0;
            export default function () {
              pass++;
              setTimeout(() => { if (pass == 1) throw new TypeError('in timer'); }, 5);
              setTimeout(() => note('other timer'), 8);
              setInterval(() => note('interval'), 100);
              if (pass == 2) setTimeout(() => { throw 'enough' }, 150);
            }
            """
        let run = try ScriptRun(source)
        #expect(try await run().hasPrefix("TypeError: in timer\n\tat"))
        #expect(run.noted == [])
        #expect(
            run.host.lines == [
                "warning - setTimeout 2 was stopped because the VU iteration was interrupted",
                "warning - setInterval 3 was stopped because the VU iteration was interrupted",
            ])
        #expect(try await run() == "enough")
        #expect(run.noted == ["other timer", "interval"])
    }

    @Test("promises of a pass that threw do nothing any more")
    func droppedJobs() async throws {
        let source = """
            let pass = 0;
            export default function () {
              pass++;
              const name = 'pass ' + pass;
              Promise.resolve().then(() => note(name)).then(() => note(name));
              (async () => { await null; note(name); throw 1; })();
              if (pass == 1) throw new Error('first');
              return 'second';
            }
            """
        let run = try ScriptRun(source)
        #expect(try await run().hasPrefix("Error: first"))
        #expect(run.noted == [])
        #expect(try await run() == "Uncaught (in promise) 1")
        #expect(run.noted == ["pass 2", "pass 2", "pass 2"])
    }

    @Test("code outside of functions may set timers and await them, whose time passes at once")
    func initialTimers() async throws {
        let source = """
            const started = await new Promise(r => setTimeout(() => r('later'), 60_000));
            setTimeout(() => note('after'), 10);
            export default () => started;
            """
        #expect(try await ScriptRun.of(source) == ["after", "\"later\""])
    }

    @Test(
        "code outside of functions that fails later is no script",
        arguments: [
            ("setInterval(() => 0, 10); export default 1;", "never come to an end"),
            ("Promise.reject(new Error('lost')); export default 1;", "lost"),
            ("setTimeout(() => { throw new Error('late') }, 1); export default 1;", "late"),
            ("await new Promise(() => 0); export default 1;", "never comes"),
            ("await null; throw new TypeError('own');", "own"),
            ("work('x')", "init context"),
        ])
    func failingInitially(_ source: String, _ expected: String) throws {
        #expect {
            try ScriptRun(source)
        } throws: { error in
            (error as? ScriptException)?.message.contains(expected) == true
        }
    }

    @Test("a pass may wait inside of promises and timers")
    func waiting() async throws {
        let source = """
            export default async function () {
              await null;
              sleep(1);
              setTimeout(() => { sleep(2); note('slept'); }, 5);
            }
            """
        let run = try ScriptRun(source)
        #expect(try await run() == "undefined")
        #expect(run.noted == ["slept"])
        #expect(run.host.sleeps == [1_000_000_000, 2_000_000_000])
    }

    @Test(
        "a user that is cancelled ends wherever it is: in promises, in timers, in waits",
        arguments: [
            "export default () => { const again = () => Promise.resolve().then(again); again(); }",
            "export default async () => { while (true) await null; }",
            "export default () => { setInterval(() => 0, 0); }",
            "export default () => { const again = () => setTimeout(again); again(); }",
            "export default () => { setTimeout(() => { while (true) {} }); }",
            "export default async () => { await null; try { while (true) {} } catch { while (true) {} } }",
            "export default async () => { try { while (true) sleep(1); } finally { while (true) {} } }",
            "export default () => { sleep(1); while (true) { try { sleep(1) } catch {} } }",
            "export default async () => { while (true) await work('x'); }",
            "export default () => { setTimeout(() => { throw 1 }); Promise.reject(1).catch(() => { while (true) {} }); }",
        ])
    func cancelled(_ source: String) async throws {
        let run = try ScriptRun(source)
        var asked = 0
        run.runtime.isCancelled = {
            asked += 1
            return asked > 50
        }
        run.host.stuck = {}
        #expect(try await run() == "interrupted")
        asked = -1_000_000
        #expect(run.host.aborts.isEmpty)
    }
}
