"""What of k6's API the scripts must touch, as they name it in `covers`."""

import re

FIRST_RING = """
http.get http.head http.post http.put http.patch http.del http.options http.request http.batch http.url http.file
http.cookieJar http.CookieJar http.expectedStatuses http.setResponseCallback
jar.set jar.cookiesForURL jar.clear jar.delete
params.headers params.tags params.timeout params.redirects params.responseType params.compression params.auth params.cookies params.jar
params.responseCallback
response.url response.status response.status_text response.proto response.headers response.cookies response.body response.timings
response.error response.error_code response.request response.remote_ip response.remote_port response.json response.html
response.submitForm response.clickLink
k6.check k6.sleep k6.group k6.fail k6.randomSeed
metrics.Counter metrics.Gauge metrics.Rate metrics.Trend
options.stages options.thresholds options.thresholds.abortOnFail options.thresholds.delayAbortEval options.vus options.iterations
options.duration options.scenarios options.tags options.setupTimeout options.teardownTimeout options.maxRedirects options.userAgent
options.batch options.batchPerHost options.throw options.discardResponseBodies options.noConnectionReuse options.minIterationDuration
scenarios.shared-iterations scenarios.per-vu-iterations scenarios.constant-vus scenarios.ramping-vus scenarios.constant-arrival-rate
scenarios.ramping-arrival-rate scenarios.startTime scenarios.gracefulStop scenarios.exec scenarios.env scenarios.tags
scenarios.maxDuration
setup teardown handleSummary __ENV __VU __ITER open import
data.SharedArray console.log console.info console.warn console.error console.debug
exec.vu exec.scenario exec.instance exec.test exec.test.abort
encoding.b64encode encoding.b64decode
crypto.md4 crypto.md5 crypto.sha1 crypto.sha256 crypto.sha384 crypto.sha512 crypto.sha512_224 crypto.sha512_256 crypto.ripemd160
crypto.hmac crypto.createHash crypto.createHMAC crypto.randomBytes
""".split()
SECOND_RING = """
async http.asyncRequest timers.setTimeout timers.setInterval timers.clearTimeout timers.clearInterval
ws.connect socket.on socket.send socket.sendBinary socket.close socket.ping socket.setTimeout socket.setInterval
experimental.websockets websockets.WebSocket html.parseHTML crypto.subtle crypto.getRandomValues crypto.randomUUID jslib
""".split()


def missing(scripts):
    """Names that no script covers, and those that a script says it covers without ever naming them."""
    both = {name for script in scripts if not script.only for name in script.covers}
    alone = {name for script in scripts for name in script.covers}
    lacking = [name for name in FIRST_RING if name not in both] + [name for name in SECOND_RING if name not in alone]
    empty = []
    for script in scripts:
        source = "\n".join(line for line in script.path.read_text().splitlines() if not line.startswith("// covers:"))
        source += " " + " ".join(script.flags)
        empty += [
            f"{script.name}: {name}" for name in script.covers
            if name in FIRST_RING and not re.search(rf"(?<!\w){re.escape(name.rpartition('.')[2])}(?!\w)", source)]
    return lacking, empty
