"""Where Assay may differ from k6 when both run the same script, each with its reason. An entry that no run needs fails the check.

`script` and `field` are patterns of the shell's kind; `same`, where there is one, must say yes to both values.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Callable


@dataclass(frozen=True)
class Difference:
    script: str
    field: str
    reason: str
    same: Callable = None

    def covers(self, finding):
        pattern = self.field.replace("[", "[[]")  # a bracket in a field's name is a bracket
        return (fnmatchcase(finding.script, self.script) and fnmatchcase(finding.field, pattern)
                and self.agrees(finding.k6, finding.assay))

    def agrees(self, k6, assay):
        """Whether what differs is what the entry is about; a value of another kind is not."""
        try:
            return self.same is None or bool(self.same(k6, assay))
        except (AttributeError, TypeError):
            return False


def same_place(k6, assay):
    """Other words of the same exception at the same line; a text or an object that was thrown has no line in Assay."""
    (_, known, theirs), (_, _, ours) = (str(each).rpartition(" @ ") for each in (k6, assay))
    return ours == theirs or not known and (".js:" in ours or ".ts:" in ours) or assay in ("only text", "an object")


def worded(*words):
    """Both say so, each in its engine's words."""
    return lambda k6, assay: any(word in str(k6) for word in words) and str(k6).split(" threw: ")[0] == str(assay).split(" threw: ")[0]


DIFFERENCES = [
    Difference("h*", "exceptions[*", "exceptions are worded by the JavaScript engine, and k6 calls those of its own parts GoError", same_place),
    Difference("*", "console[*", "exceptions that a script catches are worded by the JavaScript engine",
               worded("Cannot assign to read only", "Cannot read property", "Assignment to constant", "Value is not an object")),
    Difference("websockets-experimental", "console[*", "k6's older module leaves out the code with which a socket was closed",
               lambda k6, assay: "close: " in k6 or "early: " in k6),
    Difference("http-forms", "*", "k6 sends null in a form as Go prints it: <nil>; Assay sends nothing for it",
               lambda k6, assay: isinstance(k6, str) and "nil" in k6 and k6.replace("%3Cnil%3E", "").replace("<nil>", "").replace("42", "33") == assay),
    Difference("http-params", "requests[12]", "k6 sends name and password in the clear before the server asks for a digest"),
    Difference("http-params", "requests[13]", "RFC 7616 has the algorithm of a digest without quotes",
               lambda k6, assay: k6.replace('"MD5"', "MD5") == assay),
    Difference("http-verbs", "requests[5]", "k6 sends an empty text chunked, Assay with a length of 0",
               lambda k6, assay: k6.replace("'transfer-encoding': 'chunked'", "'content-length': '0'") == assay),
    Difference("http-verbs", "*", "k6 sends letters beyond ASCII in a query as bytes, which no URL has",
               lambda k6, assay: k6.replace("q=\u00c3\u00bc", "q=%C3%BC") == assay),
    Difference("summary-wrong", "exceptions*", "k6 tells what handleSummary() returned wrongly in its log, Assay as an error"),
    Difference("summary-wrong", "files.export.json", "k6 leaves the export out where handleSummary() is wrong"),
    Difference("abort-in-init", "exceptions*", "k6 tells no exception where the code outside of functions ends the run, Assay why nothing ran"),
    Difference("setup-teardown", "*", "k6 carries setup's data through Go: undefined becomes null, a date loses its milliseconds",
               lambda k6, assay: "00:00:00Z" in str(k6) or (k6, assay) == (None, "absent")),
]

# What Assay still owes: found by the scripts and not mended. Whoever mends one takes its line out, for the check says so.
OWED = []


def sort_out(findings, differences=None):
    """(findings that nothing explains, differences that explained nothing)."""
    differences = [*DIFFERENCES, *OWED] if differences is None else differences
    used, unexplained = set(), []
    for finding in findings:
        covering = [each for each in differences if each.covers(finding)]
        used.update(covering)
        if not covering:
            unexplained.append(finding)
    return unexplained, [each for each in differences if each not in used]
