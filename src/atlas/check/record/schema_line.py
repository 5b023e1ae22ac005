"""An editor knows the schema of the file from its first line.

Fact: the first line is a comment that names the schema, so that an editor completes and checks while one writes.
Bounds: none; documents that are not files are left out.

Fails: a file that begins with its id.
Mend: begin the file with `# yaml-language-server: $schema=../../../schemas/system.schema.json`.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

START = "# yaml-language-server: $schema="
WANTED = f"{START}../../../schemas/system.schema.json"


def run(case: Case) -> Iterator[Breach]:
    """The first line of the file."""
    if case.source is None:
        return
    first = case.source.text.partition("\n")[0]
    if not first.startswith(START):
        yield Breach("", "the first line names no schema", first[:60], WANTED, tip=f"Begin the file with {WANTED}")


CHECK = Check("REC016", "schema_line", Scope.FILE, Level.WARNING, Family.RECORD, run, fixable=True)
