"""The funnel as bars."""

from pipelines.figures.funnel import Stage
from pipelines.report.html import text


def bars(stages: list[Stage]) -> str:
    """One bar a stage, as long as its number is large; a part is as long as its share of the largest too."""
    most = max((stage.number for stage in stages), default=0) or 1
    lines = []
    for stage in stages:
        part = " part" if stage.depth else ""
        width = 75 * stage.number / most  # the number stands beside it
        lines.append(
            f'<div class="name{part}">{text(stage.name)}</div>'
            f'<div class="bar{part}"><i style="width:{width:.2f}%"></i><span>{stage.number:,}</span></div>'
        )
    return f'<div class="funnel">{"".join(lines)}</div>\n'
