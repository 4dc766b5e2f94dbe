"""An agent that asks what agents of a preset ask, and says what becomes of it.

python -m examples.play_preset faq-chatbot --url http://127.0.0.1:8080 --key pc_…

The bot needs the preset's policy: `PULLCORD_POLICY_FILE=bot/policy/presets/faq-chatbot.yml`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from examples.refund_agent import Pullcord

_FOLDER = Path(__file__).with_name("presets")


def questions(preset: str) -> list[dict[str, Any]]:
    """`becomes` says what the preset's policy makes of each `question`."""
    found: list[dict[str, Any]] = json.loads((_FOLDER / f"{preset}.json").read_text())
    return found


def play(bot: Pullcord, preset: str) -> list[Any]:
    """Ask everything, and return the escalations as they are then."""
    asked = []
    for one in questions(preset):
        seen = bot.ask(one["question"])
        asked.append(seen)
        print(f"{_headline(one['question'])}\n  {_became(seen)}", flush=True)
    return asked


def _headline(question: dict[str, Any]) -> str:
    point = question.get("checkpoint", {})
    return str(question.get("action") or question.get("question") or point.get("pause_reason"))


def _became(seen: Any) -> str:
    decision = seen["decision"]
    if decision is None:
        return f"put to people; the end user hears: {seen['handoff']}"
    return f"{decision['type']} by rule “{decision['rule']}”"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preset", choices=sorted(file.stem for file in _FOLDER.glob("*.json")))
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True)
    given = parser.parse_args()
    play(Pullcord(given.url, given.key), given.preset)


if __name__ == "__main__":
    main()
