"""The system document: one file, one system. The authority for every key."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, field_validator
from pydantic_core import PydanticCustomError

from atlas.model.architecture import (
    Backpressure,
    GuaranteeUse,
    Innovation,
    Legacy,
    MechanismUse,
    ModelScope,
    MultiRegion,
    Patterns,
    Regions,
    Scale,
)
from atlas.model.component import Component
from atlas.model.evidence import Claim, Confidence, Source
from atlas.model.failure import Failure
from atlas.model.field import Model, Status, documented
from atlas.model.flow import Flow, Link
from atlas.model.number import Said
from atlas.model.record import (
    Costs,
    Decision,
    Era,
    Incident,
    Lesson,
    Migration,
    Operations,
    Related,
    TryIt,
    Variant,
)
from atlas.model.text import Id, SystemId, Text

DeepDive = Literal["performance", "implementation", "scaling", "security", "cost"]


def _to_day(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("date_form", "not a day: write 2026-11-21", {}) from None
    return value


Day = Annotated[dt.date, BeforeValidator(_to_day)]


class Document(Model, frozen=True):
    """One system as its curators write it. DOCUMENT: keys, types and when each is required."""

    id: SystemId = documented("stable id", example="CS-DISCORD")
    name: Text = documented("name", example="Discord")
    org: str = documented("organisation", words="organisations", example="discord")
    category: str = documented("one of the thirteen categories", words="categories", example="messaging")
    aliases: tuple[Id, ...] = documented("former slugs, redirected", ())
    tier: int | None = documented("place in the thirty-company programme", None, ge=1, le=4)
    status: Status = documented("how much is asked of it")
    last_verified: Day = documented("when a person last checked the sources", example="2026-11-21")
    confidence: Confidence | None = documented("must equal what the claims give", None, level="draft")
    summary: Text = documented("one sentence")
    challenge: Text | None = documented("two or three sentences, with numbers", None, level="published")
    model: ModelScope | None = documented("what the executable model describes", None, level="draft")
    not_public: tuple[Text, ...] = documented("sections looked for and not found", (), level="published")
    confidence_because: Text | None = documented("why A, B or C", None, level="published")
    verified_by: Text | None = documented("how it was verified", None, level="published")
    legacy: Legacy | None = documented("older than five years and still canonical", None)
    team: tuple[Id | Said, ...] = documented("size and organisation, where public: claims or statements", ())
    license: Text | None = documented("whose rights", None, level="published")
    attribution: Text | None = documented("what it is based on", None, level="published")

    sources: dict[Id, Source] = documented("publications that were read", {})
    claims: dict[Id, Claim] = documented("published figures", {})
    components: dict[Id, Component] = documented("what the system is made of", {}, level="draft")
    flows: dict[Id, Flow] = documented("request types as call trees; the main one first", {}, level="draft")
    links: tuple[Link, ...] = documented("what no request waits for", ())

    scale: Scale | None = documented("the bar met, and figures for the overview", None, level="draft")
    regions: Regions | None = documented("where it runs", None, level="published")
    stressor_scores: dict[str, float] = documented("0 to 1 by the rubric in the vocabulary", {})
    guarantees: tuple[GuaranteeUse, ...] = documented("what it guarantees", (), level="published")
    patterns: Patterns | None = documented("patterns", None, level="published")
    mechanisms: tuple[MechanismUse, ...] = documented("mechanisms that cannot be read off", ())
    innovations: tuple[Innovation, ...] = documented("what was invented here", (), level="published")
    backpressure: Backpressure | None = documented("what components and calls do not say", None)
    multi_region: MultiRegion | None = documented("how regions share writes", None, level="published")

    failures: tuple[Failure, ...] = documented("at most five, each with a drill", (), level="draft", max_length=5)

    timeline: tuple[Era, ...] = documented("eras", (), level="published")
    migrations: tuple[Migration, ...] = documented("from one architecture to the next", ())
    variants: dict[Id, Variant] = documented("overlays of this document", {})
    incidents: tuple[Incident, ...] = documented("what really happened", (), level="published")
    decisions: tuple[Decision, ...] = documented("choices and what they cost", (), level="published")
    costs: Costs | None = documented("published, or a labelled estimate", None, level="published")
    operations: Operations | None = documented("how it is run", None, level="published")
    lessons: tuple[Lesson, ...] = documented("what worked and what did not", (), level="published")
    try_it: TryIt | None = documented("a small version to build in a day", None)
    security: tuple[Said, ...] = documented("identity, isolation, data protection", ())
    deep_dives: dict[DeepDive, tuple[Said, ...]] = documented("what the other sections do not say", {})
    related: Related | None = documented("relations", None, level="published")

    @field_validator("stressor_scores")
    @classmethod
    def _scores(cls, value: dict[str, float]) -> dict[str, float]:
        if any(not 0 <= score <= 1 for score in value.values()):
            raise PydanticCustomError("score", "a stressor score lies between 0 and 1", {})
        return value

    @property
    def slug(self) -> str:
        """The id in lower case without its prefix: the default file name."""
        return self.id.removeprefix("CS-").lower()
