import AssayCore
import AssayPolicy
import Testing

@Suite("JUnit of other runners")
struct JUnitReaderTests {
    private func read(_ text: String) throws -> [TestResult] {
        try JUnitReader.read(Array(text.utf8), file: "build/junit.xml", level: "unit")
    }

    /// What of a result tells one from another: `status title seconds`.
    private func summary(_ results: [TestResult]) -> [String] {
        results.map { "\($0.status.rawValue) \($0.title) \(Double($0.durationNanoseconds) / 1e9)" }
    }

    @Test("pytest: parameters, a failed assertion, a skip with its reason")
    func pytest() throws {
        let found = try read(
            """
            <?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="0" \
            failures="1" skipped="1" tests="3" time="0.4" hostname="ci"><testcase classname="tests.cart.TestCart" \
            name="test_add[2-4]" time="0.001" /><testcase classname="tests.cart" name="test_total" time="0.25"><failure \
            message="assert 3 == 4&#10;  where 3 = total()">def test_total():
            &gt;   assert total() == 4
            E   assert 3 == 4</failure></testcase><testcase classname="tests.cart" name="test_db" time="0"><skipped \
            type="pytest.skip" message="no database">tests/cart.py:9: no database</skipped></testcase></testsuite></testsuites>
            """)
        #expect(
            summary(found) == [
                "passed tests.cart.TestCart › test_add[2-4] 0.001", "failed tests.cart › test_total 0.25",
                "skipped tests.cart › test_db 0.0",
            ])
        let mismatch = try #require(found[1].steps.first?.mismatches.first)
        #expect(mismatch.expected == "to pass")
        #expect(mismatch.actual == "assert 3 == 4\n  where 3 = total()")
        #expect(mismatch.diff == "def test_total():\n>   assert total() == 4\nE   assert 3 == 4")
        #expect(found[2].reason == "no database")
        #expect(found[0].location == SourceLocation(file: "build/junit.xml", line: 1, column: 167))
    }

    @Test("gotestsum and go-junit-report: packages as classes, subtests by their path")
    func go() throws {
        let found = try read(
            """
            <testsuites tests="2" failures="1" errors="0" time="0.012">
              <testsuite tests="2" failures="1" time="0.012000" name="example.org/shop/cart" timestamp="2026-11-21T09:00:00Z">
                <properties><property name="go.version" value="go1.24 linux/amd64"></property></properties>
                <testcase classname="example.org/shop/cart" name="TestAdd/empty" time="0.010000"></testcase>
                <testcase classname="example.org/shop/cart" name="TestSum" time="0.002">
                  <failure message="Failed" type="">    cart_test.go:9: want 4, got 3</failure>
                </testcase>
              </testsuite>
            </testsuites>
            """)
        #expect(
            summary(found) == [
                "passed example.org/shop/cart › TestAdd/empty 0.01",
                "failed example.org/shop/cart › TestSum 0.002",
            ])
        #expect(found[1].steps.first?.mismatches.first?.diff == "    cart_test.go:9: want 4, got 3")
        #expect(found[1].location.line == 5)
    }

    @Test("surefire: commas in times, tries again that passed and that did not, errors")
    func surefire() throws {
        let found = try read(
            """
            <testsuite name="org.shop.CartTest" time="1,002.25" tests="4" errors="1" skipped="0" failures="1">
              <properties><property name="java.version" value="21"/></properties>
              <testcase name="adds" classname="org.shop.CartTest" time="1,000.25"/>
              <testcase name="settles" classname="org.shop.CartTest" time="0.5">
                <flakyFailure message="timed out" type="java.lang.AssertionError"><stackTrace><![CDATA[at a]]></stackTrace></flakyFailure>
              </testcase>
              <testcase name="sums" classname="org.shop.CartTest" time="0.5">
                <failure message="expected: &lt;4&gt; but was: &lt;3&gt;" type="org.opentest4j.AssertionFailedError"><![CDATA[at CartTest.sums]]></failure>
                <rerunFailure message="again" type="x"><stackTrace>at a</stackTrace><system-out>o</system-out></rerunFailure>
                <system-out><![CDATA[one
            two
            ]]></system-out>
              </testcase>
              <testcase name="loads" classname="org.shop.CartTest"><error type="java.io.IOException">at b</error></testcase>
            </testsuite>
            """)
        #expect(
            summary(found) == [
                "passed org.shop.CartTest › adds 1000.25", "passed org.shop.CartTest › settles 0.5",
                "failed org.shop.CartTest › sums 0.5", "failed org.shop.CartTest › loads 0.0",
            ])
        #expect(found[1].tags == ["flaky"])
        #expect(found[1].reason == "passed on try 2; before: timed out")
        #expect(found[2].reason == "failed, and again in 1 more try")
        #expect(found[2].steps.first?.name == "org.opentest4j.AssertionFailedError")
        #expect(found[2].steps.first?.mismatches.first?.actual == "expected: <4> but was: <3>")
        #expect(found[2].logs == [.init(service: "system-out", lines: ["one", "two"])])
        #expect(found[3].steps.first?.mismatches.first?.actual == "at b")
    }

    @Test("Jest: a class that the name repeats is not said twice")
    func jest() throws {
        let found = try read(
            """
            <testsuites name="jest tests" tests="2" failures="0" errors="0" time="1.2">
              <testsuite name="cart" errors="0" failures="0" skipped="1" tests="2">
                <testcase classname="cart adds an item" name="cart adds an item" time="0.003"></testcase>
                <testcase classname="cart" name="cart later" time="0"><skipped/></testcase>
              </testsuite>
            </testsuites>
            """)
        #expect(summary(found) == ["passed cart adds an item 0.003", "skipped cart later 0.0"])
        #expect(found[1].reason == "skipped by its runner")
    }

    @Test("swift test: cases without children, with and without times")
    func swift() throws {
        let found = try read(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites>
            <testsuite name="TestResults" errors="0" tests="2" failures="1" skipped="0" time="0.02">
            <testcase classname="ShopTests.CartTests" name="adds()" time="0.01">
            </testcase>
            <testcase classname="ShopTests.CartTests" name="sums()">
            <failure message="Expectation failed: (3 → 3) == 4"></failure>
            </testcase>
            </testsuite>
            </testsuites>
            """)
        #expect(
            summary(found) == [
                "passed ShopTests.CartTests › adds() 0.01", "failed ShopTests.CartTests › sums() 0.0",
            ])
        #expect(found[1].steps.first?.mismatches.first?.actual == "Expectation failed: (3 → 3) == 4")
        #expect(found[1].steps.first?.mismatches.first?.diff == nil)
    }

    @Test("cargo-nextest: a flaky test with the output of its failed try")
    func nextest() throws {
        let found = try read(
            """
            <testsuites name="nextest-run" tests="2" failures="0" errors="0" uuid="4c7b" time="0.3">
              <testsuite name="shop::integration" tests="2" disabled="0" errors="0" failures="0">
                <testcase name="cart::adds" classname="shop::integration" time="0.006"></testcase>
                <testcase name="cart::races" classname="shop::integration" time="0.2">
                  <flakyFailure time="0.1" type="test failure with exit code 101"><system-err>panicked</system-err></flakyFailure>
                </testcase>
              </testsuite>
            </testsuites>
            """)
        #expect(
            summary(found) == [
                "passed shop::integration › cart::adds 0.006", "passed shop::integration › cart::races 0.2",
            ])
        #expect(found[1].reason == "passed on try 2; before: test failure with exit code 101")
    }

    @Test("PHPUnit: suites in suites, a place of its own for each case")
    func phpunit() throws {
        let found = try read(
            """
            <testsuites>
              <testsuite name="/app/phpunit.xml" tests="2"><testsuite name="unit" tests="2">
                <testsuite name="Shop\\Tests\\CartTest" file="/app/tests/CartTest.php" tests="2">
                  <testcase name="testAdd" file="/app/tests/CartTest.php" line="12" class="Shop\\Tests\\CartTest" \
            classname="Shop.Tests.CartTest" assertions="1" time="0.002"/>
                  <testcase name="testBoom" file="/app/tests/CartTest.php" line="20" class="Shop\\Tests\\CartTest" time="0.001">
                    <error type="RuntimeException">RuntimeException: boom</error>
                  </testcase>
                </testsuite>
              </testsuite></testsuite>
            </testsuites>
            """)
        #expect(
            summary(found) == [
                "passed Shop.Tests.CartTest › testAdd 0.002", "failed Shop\\Tests\\CartTest › testBoom 0.001",
            ])
        #expect(found[1].location == SourceLocation(file: "/app/tests/CartTest.php", line: 20, column: 1))
    }

    @Test("ctest: statuses as attributes")
    func ctest() throws {
        let found = try read(
            """
            <testsuite name="Linux-c++" tests="4" failures="1" disabled="1" skipped="1" hostname="ci" time="3">
              <testcase name="cart" classname="cart" time="0.01" status="run"><properties/><system-out>ok</system-out></testcase>
              <testcase name="sum" classname="sum" time="0.02" status="fail"><failure message="Failed"/><system-out>3 != 4</system-out></testcase>
              <testcase name="slow" classname="slow" time="0" status="disabled"><skipped message="Disabled"/></testcase>
              <testcase name="gone" classname="gone" time="0" status="notrun"/>
            </testsuite>
            """)
        #expect(
            summary(found) == ["passed cart 0.01", "failed sum 0.02", "skipped slow 0.0", "skipped gone 0.0"])
        #expect(found[1].logs == [.init(service: "system-out", lines: ["3 != 4"])])
        #expect(found[3].reason == "notrun")
    }

    @Test("what is no JUnit is told with its place")
    func otherXML() {
        #expect {
            _ = try read("<html><body/></html>")
        } throws: { error in
            (error as? Diagnostic)?.rendered()
                == "error[AS223]: this is no JUnit XML: it begins with <html>, expected <testsuites> or <testsuite>\n"
                + "  build/junit.xml:1:1"
        }
        #expect { _ = try read("<testsuite><testcase") } throws: { ($0 as? Diagnostic)?.code == "AS220" }
    }

    @Test(
        "odd times are no times, and a file without a test gives none",
        arguments: ["", "-1", "nan", "soon", "1e300"])
    func times(text: String) throws {
        #expect(
            try read("<testsuite><testcase name=\"a\" time=\"\(text)\"/></testsuite>")[0].durationNanoseconds
                == 0)
        #expect(try read("<testsuites/>").isEmpty)
    }

    @Test("long traces and output are cut")
    func bounds() throws {
        let lines = (1...500).map { "line \($0)" }.joined(separator: "\n")
        let found = try read(
            "<testsuite name=\"s\"><testcase name=\"a\"><failure message=\"m\">\(lines)</failure><system-out>\(lines)</system-out></testcase></testsuite>"
        )
        let diff = try #require(found[0].steps.first?.mismatches.first?.diff)
        #expect(diff.hasSuffix("line 60\n… 440 more lines"))
        #expect(found[0].logs.first?.lines.count == 20)
        #expect(found[0].logs.first?.lines.last == "line 500")
    }
}
