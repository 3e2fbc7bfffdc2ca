"""An endpoint as it stands, for people."""

from datetime import UTC, datetime

from operate.language import spoken
from operate.serving.end import local_text
from operate.serving.endpoint import EndpointNow


def endpoint_lines(name: str, now: EndpointNow) -> list[str]:
    """What the endpoint called ``name`` is, which model it has, what it costs, and its end."""
    status = f"{now.status} {now.why_failed}".rstrip()
    lines = [
        spoken("Endpoint: {name}", name=name),
        spoken("State: {status}", status=status),
        spoken("Model: run {run}", run=now.run or spoken("none")),
    ]
    spent = now.spent_usd(datetime.now(UTC))
    if now.instance and spent is not None:
        lines.append(
            spoken(
                "On: {instance}, {usd:.3f} USD an hour; so far about {spent:.2f} USD",
                instance=now.instance,
                usd=now.usd_per_hour,
                spent=spent,
            )
        )
    elif now.instance:
        lines.append(
            spoken(
                "On: {instance}; its tags don't tell what it costs, as they were changed",
                instance=now.instance,
            )
        )
    elif now.memory_gb:
        lines.append(
            spoken(
                "On: serverless, {memory} GB; costs nothing while it is idle", memory=now.memory_gb
            )
        )
    lines.append(spoken("Until: {until}", until=local_text(now.until) if now.until else "–"))
    return lines
