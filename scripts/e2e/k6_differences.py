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
                and (self.same is None or self.same(finding.k6, finding.assay)))


DIFFERENCES = []


def sort_out(findings, differences=None):
    """(findings that nothing explains, differences that explained nothing)."""
    differences = DIFFERENCES if differences is None else differences
    used, unexplained = set(), []
    for finding in findings:
        covering = [each for each in differences if each.covers(finding)]
        used.update(covering)
        if not covering:
            unexplained.append(finding)
    return unexplained, [each for each in differences if each not in used]
