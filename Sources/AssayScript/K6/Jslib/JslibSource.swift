/// JavaScript of Assay's own that offers what libraries of jslib.k6.io offer.
enum JslibSource {
    /// k6-utils.
    static let utils = """
        import exec from 'k6/execution';
        import { check as checkNow } from 'k6';

        export function randomIntBetween(min, max) {
          return Math.floor(Math.random() * (max - min + 1) + min);
        }
        export function randomItem(items) {
          return items[Math.floor(Math.random() * items.length)];
        }
        export function randomString(length, charset = 'abcdefghijklmnopqrstuvwxyz') {
          let text = '';
          while (length-- > 0) text += charset[Math.floor(Math.random() * charset.length)];
          return text;
        }
        export function uuidv4(secure = false) {
          if (secure) return crypto.randomUUID();
          let text = '';
          for (let place = 0; place < 32; place++) {
            if (place === 8 || place === 12 || place === 16 || place === 20) text += '-';
            const digit = Math.floor(Math.random() * 16);
            text += (place === 12 ? 4 : place === 16 ? (digit & 3) | 8 : digit).toString(16);
          }
          return text;
        }
        export function findBetween(content, left, right, repeat = false) {
          const found = [];
          let from = 0;
          for (;;) {
            let start = content.indexOf(left, from);
            if (start < 0) break;
            start += left.length;
            const end = content.indexOf(right, start);
            if (end < 0) break;
            if (!repeat) return content.substring(start, end);
            found.push(content.substring(start, end));
            from = end + right.length;
          }
          return found.length > 0 ? found : null;
        }
        export function normalDistributionStages(maxVus, durationSeconds, numberOfStages = 10) {
          const density = (x) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
          const edge = Math.ceil(durationSeconds / 6);
          const inner = Math.ceil(durationSeconds * 4 / 6 / numberOfStages);
          const step = 4 / (numberOfStages + 1);
          const stages = [];
          for (let stage = 1; stage <= numberOfStages + 1; stage++) {
            const share = density(-2 + step * stage) / density(0);
            stages.push({ duration: (stage === 1 ? edge : inner) + 's', target: Math.round(maxVus * share) });
          }
          stages.push({ duration: edge + 's', target: 0 });
          return stages;
        }

        const units = { d: 86400000, h: 3600000, m: 60000, s: 1000, ms: 1 };
        export function parseDuration(text) {
          if (text == null || text.length < 1) throw new Error('str is empty');
          let total = 0;
          let rest = String(text);
          while (rest.length > 0) {
            const part = /^([0-9]+(?:[.][0-9]+)?)(d|h|ms|m|s)/.exec(rest);
            if (part === null) throw new Error('not a valid duration: ' + text);
            total += parseFloat(part[1]) * units[part[2]];
            rest = rest.substring(part[0].length);
          }
          return total;
        }
        export function getCurrentStageIndex() {
          if (exec == null || exec.test == null || exec.test.options == null) {
            throw new Error("exec.test.options is undefined - this version of k6 doesn't support it");
          }
          const scenario = exec.test.options.scenarios[exec.scenario.name];
          if (scenario == null) throw new Error('the exec.test.options object does not contain the current scenario');
          if (!Array.isArray(scenario.stages) || scenario.stages.length < 1) {
            throw new Error('only ramping-vus or ramping-arrival-rate supports stages, it is not possible to get a '
              + 'stage index on other executors');
          }
          const passed = Date.now() - exec.scenario.startTime;
          let until = 0;
          for (let index = 0; index < scenario.stages.length; index++) {
            until += parseDuration(scenario.stages[index].duration);
            if (passed < until) return index;
          }
          return scenario.stages.length - 1;
        }
        export function tagWithCurrentStageIndex() {
          exec.vu.metrics.tags['stage'] = getCurrentStageIndex();
        }
        export function tagWithCurrentStageProfile() {
          const stages = exec.test.options.scenarios[exec.scenario.name].stages;
          const index = getCurrentStageIndex();
          const before = index === 0 ? 0 : stages[index - 1].target;
          const profile = stages[index].target > before ? 'ramp-up' : stages[index].target < before ? 'ramp-down' : 'steady';
          exec.vu.metrics.tags['stage_profile'] = profile;
        }
        export function check(value, sets, tags = {}) {
          if (sets instanceof Promise || value instanceof Promise) {
            return Promise.all([value, sets]).then(([value, sets]) => check(value, sets, tags));
          }
          const waiting = [];
          let passed = true;
          for (const [name, test] of Object.entries(sets)) {
            const result = typeof test === 'function' ? test(value) : test;
            if (result instanceof Promise) {
              waiting.push(result.then((result) => checkNow(null, { [name]: result }, tags)));
            } else if (!checkNow(null, { [name]: result }, tags)) {
              passed = false;
            }
          }
          if (waiting.length === 0) return passed;
          return Promise.all(waiting).then((results) => passed && results.every((result) => result));
        }
        """

    /// k6-summary; the text is rendered by Assay.
    static let summary = """
        import { textSummary as render } from 'assay:summary';

        export function textSummary(data, options = {}) {
          return render(data, options.indent ?? ' ', options.enableColors ?? true);
        }
        const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', '"': '&quot;' };
        const escaped = (text) => String(text).replace(/[&<>'"]/g, (sign) => escapes[sign]);
        export function jUnit(data, options = {}) {
          const cases = [];
          let failures = 0;
          for (const [name, metric] of Object.entries(data.metrics)) {
            for (const [source, threshold] of Object.entries(metric.thresholds ?? {})) {
              const title = escaped(name) + ' - ' + escaped(source);
              if (threshold.ok) {
                cases.push('<testcase name="' + title + '" />');
              } else {
                failures++;
                cases.push('<testcase name="' + title + '"><failure message="failed" /></testcase>');
              }
            }
          }
          const name = escaped(options.name ?? 'k6 thresholds');
          return '<?xml version="1.0"?>\\n<testsuites tests="' + cases.length + '" failures="' + failures + '">\\n'
            + '<testsuite name="' + name + '" tests="' + cases.length + '" failures="' + failures + '">'
            + cases.join('\\n') + '\\n</testsuite >\\n</testsuites >';
        }
        export function humanizeValue(value, metric, timeUnit) {
          if (metric.type === 'rate') return (Math.trunc(value * 100 * 100) / 100).toFixed(2) + '%';
          if (metric.contains === 'data') {
            const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
            let unit = 0;
            while (value >= 1000 && unit < units.length - 1) { value /= 1000; unit++; }
            return (unit === 0 ? value : value < 10 ? Math.floor(value * 10 + 0.5) / 10 : Math.floor(value + 0.5))
              + ' ' + units[unit];
          }
          if (metric.contains !== 'time') return String(Math.round(value * 1e6) / 1e6);
          if (timeUnit === 's') return (value / 1000).toFixed(2) + 's';
          if (timeUnit === 'ms') return value.toFixed(2) + 'ms';
          if (timeUnit === 'us') return (value * 1000).toFixed(2) + 'µs';
          if (value === 0) return '0s';
          if (value < 0.001) return Math.trunc(value * 1e6) + 'ns';
          if (value < 1) return Math.trunc(value * 1e5) / 100 + 'µs';
          if (value < 1000) return Math.trunc(value * 100) / 100 + 'ms';
          if (value < 60000) return Math.trunc(value / 10) / 100 + 's';
          const seconds = Math.floor(value / 1000);
          const rest = Math.floor(seconds / 60) % 60 + 'm' + seconds % 60 + 's';
          return seconds < 3600 ? rest : Math.floor(seconds / 3600) + 'h' + rest;
        }
        """

    /// functional: what a test is made of besides its checks.
    static let functional = """
        import { group } from 'k6';
        export function describe(name, body) {
          let passed = true;
          group(name, () => {
            try { body(); } catch (error) {
              passed = false;
              console.error('Exception during test "' + name + '" run. \\\\n' + error);
            }
          });
          return passed;
        }
        """
}
