"""How calls wait, retry and give up, in a few words."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import Architecture
from atlas.model.flow import AdaptiveTimeout, CallSettings
from atlas.quantity import Quantity


def timeout(settings: CallSettings) -> str:
    """``500 ms``, ``2 × p99`` for an adaptive one; empty without."""
    if settings.timeout is None:
        return ""
    if isinstance(settings.timeout, AdaptiveTimeout):
        return f"{settings.timeout.factor:g} × {settings.timeout.adaptive}"
    return figure.brief(settings.timeout)


def retry(settings: CallSettings) -> str:
    """``3 attempts, budget 10 %``; empty where there is one attempt."""
    if settings.retry is None or settings.retry.attempts < 2:
        return ""
    budget = f", budget {figure.brief(settings.retry.budget)}" if settings.retry.budget else ""
    return f"{settings.retry.attempts} attempts{budget}"


def hedge(settings: CallSettings) -> str:
    """``hedge after p95``; empty without."""
    if settings.hedge is None:
        return ""
    after = settings.hedge.after
    return f"hedge after {figure.brief(after) if isinstance(after, Quantity) else after}"


def breaker(settings: CallSettings) -> str:
    """``breaker opens at 50 %, for 2 s``; empty without."""
    if settings.breaker is None:
        return ""
    open_for = f", for {figure.brief(settings.breaker.open)}" if settings.breaker.open else ""
    return f"breaker opens at {figure.brief(settings.breaker.threshold)}{open_for}"


def waiting(settings: CallSettings) -> str:
    """Timeout, retry and hedge together: ``timeout 500 ms, 2 attempts``; empty without any."""
    wait = timeout(settings)
    return figure.listed([f"timeout {wait}" if wait else "", retry(settings), hedge(settings)]) or ""


def timeouts(architecture: Architecture) -> list[str]:
    """Every distinct setting, those of the main flow first: ``client 5 s, 3 attempts``, ``Message store 500 ms``."""
    said: dict[str, None] = {}
    for flow_id, flow in architecture.document.flows.items():
        if flow.client and waiting(flow.client):
            said[f"client {waiting(flow.client)}"] = None
        for step in architecture.steps(flow_id):
            if waiting(step.call):
                said[f"{architecture.name(step.call.target)} {waiting(step.call)}"] = None
    return list(said)


def breakers(architecture: Architecture) -> list[str]:
    """Every circuit breaker: ``Message store: breaker opens at 50 %``."""
    said: dict[str, None] = {}
    for flow_id in architecture.document.flows:
        for step in architecture.steps(flow_id):
            if step.call.breaker:
                said[f"{architecture.name(step.call.target)}: {breaker(step.call)}"] = None
    return list(said)
