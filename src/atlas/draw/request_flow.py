"""RF, the request flow: from the click to the answer, with times, timeouts, retries and fallbacks at every hop."""

from __future__ import annotations

from atlas.draw import figure
from atlas.draw.architecture import CLIENTS, Architecture, Step
from atlas.draw.backpressure import above
from atlas.draw.call_settings import breaker, waiting
from atlas.draw.content import Content
from atlas.draw.diagram import NOT_PUBLIC, Diagram
from atlas.draw.draft import finish, life_lines, title
from atlas.draw.latency_budget import percentile, time_of
from atlas.draw.layout import Room, fit
from atlas.draw.mermaid import Arrow, Sequence, identifier
from atlas.draw.text import two_lines

MOST_CALLS = 11
MOST_LIVES = 7


def request_flow(architecture: Architecture) -> Diagram:
    """The main flow as a sequence; what is handed over has an open arrow and no answer."""
    steps = _steps(architecture)
    lives = [s.call.target for s in steps]
    nodes = {identifier(ident): ident for ident in lives}
    classes = life_lines(architecture, lives)
    chart = fit(lambda room: _chart(architecture, steps, room))
    return finish(
        architecture,
        "RF",
        chart,
        _content(architecture),
        _description(architecture, steps),
        nodes=nodes,
        classes=classes,
    )


def _steps(architecture: Architecture) -> list[Step]:
    """Calls of the main flow that fit: those the request waits for come before those it hands over."""
    if architecture.main is None:
        return []
    every = [s for s in architecture.steps(architecture.main[0]) if s.call.target in architecture.components]
    ranked = sorted(range(len(every)), key=lambda n: (every[n].is_async, n))
    chosen: list[int] = []
    lives: set[str] = set()
    for number in ranked:
        target, caller = every[number].call.target, every[number].caller
        if len(chosen) < MOST_CALLS and len(lives | {target}) <= MOST_LIVES and (not caller or caller in lives):
            chosen.append(number)
            lives.add(target)
    return [every[n] for n in sorted(chosen)]


def _chart(architecture: Architecture, steps: list[Step], room: Room) -> Sequence:
    chart = Sequence(title(architecture, "RF"))
    lives = {"": chart.participant(CLIENTS, "Clients")}
    for step in steps:
        ident = step.call.target
        if ident not in lives:
            lives[ident] = chart.participant(ident, two_lines(architecture.components[ident].name, 14))
    if not steps:
        chart.note((lives[""],), "The request flow", NOT_PUBLIC)
        return chart
    for number, step in enumerate(steps):
        _call(chart, architecture, step, lives, room)
        following = steps[number + 1].depth if number + 1 < len(steps) else -1
        for done in _finished(steps[: number + 1], following):
            _answer(chart, architecture, done, lives, room)
    return chart


def _finished(steps: list[Step], following: int) -> list[Step]:
    """Open calls that end before the next one: those at its depth or deeper, the innermost first."""
    chain: list[Step] = []
    for step in steps:
        chain = [*[s for s in chain if s.depth < step.depth], step]
    return [s for s in reversed(chain) if s.depth >= following]


def _call(chart: Sequence, architecture: Architecture, step: Step, lives: dict[str, str], room: Room) -> None:
    words = [step.call.operation or None, waiting(step.call) or None, breaker(step.call) or None]
    if not step.caller and architecture.main and architecture.main[1].client:
        words = [architecture.main[1].name, waiting(architecture.main[1].client)]
    said = figure.listed([*words, architecture.guarantee(step.call.guarantee).lower()]) or "call"
    arrow = Arrow.HANDOFF if step.call.async_ else Arrow.CALL
    chart.message(lives[step.caller], lives[step.call.target], above(said, room), arrow)


def _answer(chart: Sequence, architecture: Architecture, step: Step, lives: dict[str, str], room: Room) -> None:
    """The answer with the time the step takes itself; a fallback stands under it."""
    if step.is_async and step.call.async_:
        return
    dist = time_of(architecture, step)
    time = (
        f"p50 {percentile(dist, 'p50')}, p99 {percentile(dist, 'p99')}".replace("p99 ", "p99\u00a0")
        if dist
        else f"latency {NOT_PUBLIC}"
    )
    chart.message(lives[step.call.target], lives[step.caller], above(time, room), Arrow.ANSWER)
    if step.call.fallback:
        answer = step.call.fallback.answer or architecture.name(step.call.fallback.call or "")
        chart.message(lives[step.call.target], lives[step.caller], above(f"on failure: {answer}", room), Arrow.LOST)


def _content(architecture: Architecture) -> Content:
    content = Content()
    flow = architecture.main[1] if architecture.main else None
    content.drawn_gap("journey", bool(flow and flow.steps))
    content.say("budget", "Latency budget", _budget(architecture))
    content.say("fallbacks", "Fallbacks", figure.several(fallbacks(architecture)))
    content.say("objectives", "Objective", _objectives(architecture))
    content.say("errors", "Errors, retries", _errors(architecture))
    content.add("Handed over", figure.several(_handed_over(architecture), 6, ", "))
    content.add(
        "Marks", "solid: waits; open arrow: handed over; cross: the answer when the step fails; ≈ follows, ~ assumed"
    )
    return content


def _handed_over(architecture: Architecture) -> list[str]:
    steps = architecture.steps(architecture.main[0]) if architecture.main else []
    return [f"to {architecture.name(s.call.target)}" for s in steps if s.call.async_]


def _budget(architecture: Architecture) -> str | None:
    """The sum of mean times along what the request waits for; never a sum of percentiles."""
    if architecture.main is None:
        return None
    steps = [s for s in architecture.steps(architecture.main[0]) if not s.is_async]
    found = [d for s in steps if (d := time_of(architecture, s))]
    if not found:
        return None
    total = figure.duration(sum(d.mean for d in found))
    return f"means along the calls that are waited for sum to {total}, each the time in one part itself"


def fallbacks(architecture: Architecture) -> list[str]:
    """Every fallback of every flow: ``Guild processes: the community is shown as unavailable``."""
    said: dict[str, None] = {}
    for flow_id in architecture.document.flows:
        for step in architecture.steps(flow_id):
            if step.call.fallback:
                answer = step.call.fallback.answer or architecture.name(step.call.fallback.call or "")
                said[f"{architecture.name(step.call.target)}: {answer}"] = None
    return list(said)


def _objectives(architecture: Architecture) -> str | None:
    if architecture.main is None:
        return None
    base = f"flows.{architecture.main[0]}.slo"
    names = {"p50": "p50", "p95": "p95", "p99": "p99", "p999": "p99.9", "availability": "availability"}
    found = [(name, figure.at(architecture.system, f"{base}.{key}")) for key, name in names.items()]
    said = figure.listed(f"{name} {text}" for name, text in found if text)
    has_tail = any(name == "p99.9" and text for name, text in found)
    return f"{said}{'' if has_tail else f'; p99.9 {NOT_PUBLIC}'}" if said else None


def _errors(architecture: Architecture) -> str | None:
    if architecture.main is None:
        return None
    flow = architecture.main[1]
    said = [f"client: {waiting(flow.client)}"] if flow.client and waiting(flow.client) else []
    for step in architecture.steps(architecture.main[0]):
        if step.call.retry or step.call.breaker or step.call.hedge:
            words = figure.listed([waiting(step.call), breaker(step.call)])
            said.append(f"{architecture.name(step.call.target)}: {words}")
    return figure.several(said)


def _description(architecture: Architecture, steps: list[Step]) -> list[str]:
    if architecture.main is None or not steps:
        return [f"The request flow of {architecture.document.name} is {NOT_PUBLIC}"]
    rows = []
    for step in steps:
        caller = architecture.name(step.caller) if step.caller else "The client"
        verb = "hands over to" if step.call.async_ else "calls"
        rows.append(f"{caller} {verb} {architecture.name(step.call.call or '')}")
    return [f"{architecture.main[1].name}, step by step", *rows]
