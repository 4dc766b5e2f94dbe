"""A plain eval loop: an agent does again what reviewers found wrong, and reports how. Standard
library only.

python -m bot export --kind evals --since 2026-01-01 > evals.jsonl
python -m examples.eval_loop evals.jsonl --version v2 --url http://127.0.0.1:8080 --key pc_…
"""

from __future__ import annotations

import argparse
import json
import sys
import urllib.error
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from examples.faq_agent import answer
from examples.refund_agent import Pullcord

Case = dict[str, Any]
#: As many as one report takes.
_AT_ONCE = 500


def load(lines: Iterable[str]) -> list[Case]:
    return [json.loads(line) for line in lines if line.strip()]


def run(cases: Iterable[Case], agent: Callable[[Any], Any]) -> list[tuple[Case, Any, bool | None]]:
    """Each case, what the agent makes of it now, and whether that is right; None: nobody knows.

    An error is mended when the correction comes out, to the letter. Put a judge of yours here.
    """
    done = []
    for case in cases:
        made = agent(case["input"])
        wanted = case["actual"] if case["verdict"] == "correct" else case["expected"]
        done.append((case, made, None if wanted is None else _same(made, wanted)))
    return done


def report(pullcord: Pullcord, done: Iterable[tuple[Case, Any, bool | None]], version: str) -> int:
    """The errors, tried again, go to people, who say whether they are right now."""
    items = [
        {
            "id": f"{case['id']}@{version}",
            "re_evaluates": case["id"],
            "category": case["category"],
            "input": case["input"],
            "output": made,
            "agent_version": version,
        }
        for case, made, _ in done
        if case["verdict"] == "incorrect"
    ]
    for at in range(0, len(items), _AT_ONCE):
        pullcord.call("POST", "/v1/outputs", {"items": items[at : at + _AT_ONCE]})
    return len(items)


def _same(made: Any, wanted: Any) -> bool:
    if isinstance(made, str) and isinstance(wanted, str):
        return made.split() == wanted.split()
    return bool(made == wanted)


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description="Does again what reviewers found wrong.")
    options.add_argument("evals", type=Path, help="what `export --kind evals` wrote")
    options.add_argument("--version", default="v2", help="of the agent")
    options.add_argument("--url", default="http://127.0.0.1:8080")
    options.add_argument("--key", required=True, help="of the agent that made the errors")
    given = options.parse_args(arguments)
    with given.evals.open(encoding="utf-8") as lines:
        done = run(load(lines), lambda question: answer(question, given.version))
    for verdict, what in (("incorrect", "errors"), ("correct", "right ones")):
        right = [ok for case, _, ok in done if case["verdict"] == verdict]
        known = [ok for ok in right if ok is not None]
        print(f"{what}: {len(right)}, of them as they should be now: {sum(known)} of {len(known)}")
    try:
        sent = report(Pullcord(given.url, given.key), done, given.version)
    except urllib.error.URLError as error:
        print(f"Nothing could be reported: {error}", file=sys.stderr)
        return 1
    print(f"reported to reviewers: {sent}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
