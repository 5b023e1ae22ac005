"""The typed case study: the document as written, the resolved system, the vocabularies."""

from atlas.model.document import Document
from atlas.model.evidence import Claim, Source
from atlas.model.field import STATUS_RANK, Model, Status
from atlas.model.flow import Call, Flow, Link
from atlas.model.number import Dist, Number, Said
from atlas.model.system import ClaimView, Distribution, Origin, System, Value
from atlas.model.text import Comparison, Span, span
from atlas.model.traffic import Edge, FlowRate, Load, Traffic
from atlas.model.vocabulary import Vocabulary

__all__ = [
    "STATUS_RANK",
    "Call",
    "Claim",
    "ClaimView",
    "Comparison",
    "Dist",
    "Distribution",
    "Document",
    "Edge",
    "Flow",
    "FlowRate",
    "Link",
    "Load",
    "Model",
    "Number",
    "Origin",
    "Said",
    "Source",
    "Span",
    "Status",
    "System",
    "Traffic",
    "Value",
    "Vocabulary",
    "span",
]
