internal import AssayCore
internal import AssayFormats

/// What processors of Artillery find without a file: the names of Node that need nothing of it.
public enum ProcessorModules {
    /// All of it, for ``ScriptProgram/make(path:builtIns:sources:keepsSource:)``.
    public static let builtIns = ScriptProgram.BuiltIns(
        modules: [CryptoModule.module] + cryptoNames.map { NativeModule($0, source: crypto) },
        globals: ScriptTimers.globals + [Console.global, WebCrypto.global, process, immediate],
        refusal: refusal, sources: sources)

    private static let cryptoNames = ["crypto", "node:crypto"]

    private static let process = NativeExport.lazy("process") { runtime throws(ScriptThrow) in
        let environment = runtime.makeObject()
        for (name, value) in runtime.host?.environment ?? [:] {
            runtime.set(environment, name, runtime.make(value))
        }
        let process = runtime.makeObject()
        runtime.set(process, "env", environment)
        return process
    }

    private static let immediate = NativeExport.lazy("setImmediate") { runtime throws(ScriptThrow) in
        try runtime.evaluate("((body, ...given) => setTimeout(body, 0, ...given))")
    }

    /// Of Node's own what tests use to make names and signatures.
    private static let crypto = """
        import { createHash as hash, createHMAC as hmac, randomBytes as bytes } from 'k6/crypto';
        const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
        class Bytes extends Uint8Array {
          toString(form = 'utf8') {
            if (form === 'hex') return Array.from(this, (one) => one.toString(16).padStart(2, '0')).join('');
            if (form === 'base64' || form === 'base64url') {
              const table = digits.slice(10, 36) + digits.slice(36) + digits.slice(0, 10)
                + (form === 'base64' ? '+/' : '-_');
              let text = '';
              for (let at = 0; at < this.length; at += 3) {
                const word = this[at] << 16 | (this[at + 1] ?? 0) << 8 | (this[at + 2] ?? 0);
                for (let part = 0; part < Math.min(4, this.length - at + 1); part++)
                  text += table[word >> 18 - 6 * part & 63];
              }
              return form === 'base64' ? text.padEnd(Math.ceil(text.length / 4) * 4, '=') : text;
            }
            return String.fromCharCode(...this);
          }
        }
        export const randomBytes = (count) => new Bytes(bytes(count));
        export const randomUUID = () => globalThis.crypto.randomUUID();
        export const randomInt = (from, to) => {
          const [low, high] = to === undefined ? [0, from] : [from, to];
          return low + Math.floor(Math.random() * (high - low));
        };
        class Digest {
          constructor(inner) { this.inner = inner; }
          update(part) { this.inner.update(part); return this; }
          digest(form) {
            const whole = new Bytes(this.inner.digest('binary'));
            return form === undefined ? whole : whole.toString(form);
          }
        }
        export const createHash = (name) => new Digest(hash(name));
        export const createHmac = (name, key) => new Digest(hmac(name, key));
        export const webcrypto = globalThis.crypto;
        export default { randomBytes, randomUUID, randomInt, createHash, createHmac, webcrypto };
        """

    // MARK: what is not there

    private static let core: Set<String> = [
        "assert", "async_hooks", "buffer", "child_process", "cluster", "dgram", "dns", "events", "fs",
        "fs/promises", "http", "http2", "https", "module", "net", "os", "path", "perf_hooks", "process",
        "querystring", "readline", "stream", "string_decoder", "timers", "timers/promises", "tls", "tty",
        "url", "util", "v8", "vm", "worker_threads", "zlib",
    ]

    private static func refusal(_ name: String) -> ScriptProgram.SourceFailure? {
        if ModuleName.path(name) != nil || name == CryptoModule.module.name || cryptoNames.contains(name) {
            return nil
        }
        let plain = name.hasPrefix("node:") ? String(name.dropFirst(5)) : name
        if core.contains(plain) || name.hasPrefix("node:") {
            return .init(
                "the module '\(name)' is a part of Node, which processors do not have", code: "AS619",
                fix: "of Node there are `console`, `crypto`, `process.env` and timers")
        }
        if name.contains("://") {
            return .init("processors import files only, and '\(name)' is none", code: "AS619")
        }
        return .init(
            "the package '\(name)' cannot be loaded: processors import files of their own", code: "AS619",
            fix:
                "put it into one file with the processor: `esbuild --bundle --format=cjs --platform=neutral FILE`"
        )
    }

    // MARK: files

    /// As Node finds them: endings may be left out, a folder has an `index.js`, and JSON is a value.
    private static let sources = ScriptProgram.Sources { name in
        let last = name.split(separator: "/").last ?? ""
        var tried = [name]
        if ![".js", ".cjs", ".mjs", ".ts", ".json"].contains(where: last.hasSuffix) {
            tried += [".js", ".cjs", ".mjs", ".ts", ".json", "/index.js", "/index.ts"].map { name + $0 }
        }
        // As TypeScript writes imports: by the name of the file that a compiler would make.
        if last.hasSuffix(".js") { tried.append(name.dropLast(2) + "ts") }
        for file in tried {
            guard case .success(let bytes) = ScriptProgram.Sources.files.read(file) else { continue }
            if file.hasSuffix(".json") { return .success(Array("module.exports = ".utf8) + bytes) }
            return file.hasSuffix(".ts") && file != name ? erased(bytes, file) : .success(bytes)
        }
        return ScriptProgram.Sources.files.read(name)
    }

    /// What was found under a name that does not say that it is TypeScript.
    private static func erased(_ bytes: [UInt8], _ file: String) -> Result<
        [UInt8], ScriptProgram.SourceFailure
    > {
        do throws(TypeScriptError) {
            return .success(try TypeScript.erased(bytes))
        } catch {
            let place = "\(ModuleName.path(file) ?? file):\(error.line):\(error.column)"
            return .failure(.init("\(place): \(error.message)", code: error.code, fix: error.fix))
        }
    }
}
