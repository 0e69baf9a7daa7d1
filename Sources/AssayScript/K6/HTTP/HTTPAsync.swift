/// `http.asyncRequest`: a request beside the script, and the promise of its answer.
enum HTTPAsync {
    static let export = NativeExport.function("asyncRequest", arity: 2) {
        runtime, _, arguments throws(ScriptThrow) in
        let host = try HTTPCalls.host(of: runtime)
        let preparation: HTTPCalls.Preparation
        let refusals = runtime.holdings.refusals
        do throws(ScriptThrow) {
            preparation = try HTTPCalls.prepare(
                try HTTPCalls.method(arguments[0], runtime), runtime, url: arguments[1], body: arguments[2],
                parameters: arguments[3])
        } catch {
            // A promise for each of them would only take more.
            if runtime.holdings.refusals > refusals { throw error }
            guard let reason = runtime.caught(error) else { throw .interrupted }
            return try runtime.settledPromise(rejected: reason.value)
        }
        switch preparation {
        case .refused(let response):
            let answer = runtime.retain(owned: try HTTPResponse.make(response, runtime))
            return try runtime.settledPromise(answer.value)
        case .request(let request):
            host.begin(request)
            return try runtime.promise {
                await host.exchange(request)
            } make: { runtime, response throws(ScriptThrow) in
                try HTTPCalls.deliver(response, runtime)
            }
        }
    }
}
