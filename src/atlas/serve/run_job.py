"""One run in a process of its own, so that it can be ended at any moment whatever engine it is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from atlas.catalogue import load_vocabulary, system_files
from atlas.catalogue.load import load_file
from atlas.catalogue.location import vocabulary_folder
from atlas.check.orphan import end_with_parent
from atlas.compile import Case, Conditions, OverlayError, Settings, load_drills, run_drill, run_system
from atlas.compile.report import drilled_dict, fidelity, run_dict
from atlas.compile.run import EngineName
from atlas.diagnostic import Level
from atlas.sim import PlanError


class RunError(ValueError):
    """A run that is not possible, and why."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to run: of which system, under what conditions, with what of its document changed.

    ``drill`` is empty for the system as it is, which then runs for ``for_s`` seconds.
    """

    root: Path
    system: str
    drill: str
    load: float
    share: float
    seed: int
    engine: EngineName
    for_s: float
    changes: Mapping[str, Any]


def work(job: Job, pipe: Connection) -> None:
    """Run it and tell of it: ``("progress", now_s, of_s, what)``, then ``("done", result)`` or ``("failed", why)``."""
    end_with_parent()

    def report(now_s: float, of_s: float, what: str) -> bool:
        pipe.send(("progress", now_s, of_s, what))
        return True

    try:
        pipe.send(("done", make(job, report)))
    except (RunError, PlanError, OverlayError) as error:
        pipe.send(("failed", str(error)))
    except MemoryError:
        pipe.send(("failed", "the run needs more memory than there is: take a smaller slice"))
    finally:
        pipe.close()


def make(job: Job, report: Any) -> dict[str, Any]:
    """The result as plain data. RunError, PlanError or OverlayError where there is none."""
    case = _case(job).overlaid(job.changes)
    conditions = Conditions(load=job.load, share=job.share)
    settings = Settings(engine=job.engine, seed=job.seed)
    if not job.drill:
        run = run_system(case, conditions, settings, for_s=job.for_s, report=report)
        return {**run_dict(run), "fidelity": fidelity(run)}
    drilled = run_drill(case, load_drills(case)[job.drill], conditions, settings, report=report)
    if drilled.run is None:
        raise RunError(drilled.reason)
    return {**drilled_dict(drilled), "fidelity": fidelity(drilled.run)}


def _case(job: Job) -> Case:
    file = next((path for path in system_files(job.root) if path.stem == job.system), None)
    if file is None:
        raise RunError(f"there is no document of {job.system} any more")
    loaded = load_file(file, load_vocabulary(vocabulary_folder(job.root))[0], job.root)
    errors = [finding for finding in loaded.findings if finding.level is Level.ERROR]
    if loaded.system is None or errors:
        raise RunError(f"its document has errors: atlas check {job.system}")
    case = Case(loaded.system, loaded.source.data)
    if job.drill and job.drill not in load_drills(case):
        raise RunError(f"{job.system} has no drill {job.drill!r}; there are {', '.join(load_drills(case)) or 'none'}")
    return case
