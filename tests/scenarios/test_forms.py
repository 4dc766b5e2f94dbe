"""Forms in the hands of people: long, odd, overtaken, and across a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.world import POLICY, REFUND

if TYPE_CHECKING:
    from tests.world import Asked, Shown, World

LETTER = "\n\n".join(
    f"{n}. " + "The claim covers property damage under clause 7.2. " * 12 for n in range(20)
)
ARGUMENTS: dict[str, Any] = {
    "letter": LETTER,
    "send_on": "2026-03-02",
    "call_at": "2026-03-02T14:30:00+01:00",
    "copies": ["ada@example.com", "bob@example.com"],
    "tags": ["claim"],
    "customer": {"name": "Ada Lovelace", "vip": False, "limit": 5.0},
    "iban": "GB33BUKB20201555555555",
    "claim": {"id": 2847, "pin": "9911"},
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["letter", "iban"],
    "properties": {
        "letter": {"type": "string", "maxLength": 20000},
        "send_on": {"type": "string", "format": "date"},
        "call_at": {"type": "string", "format": "date-time"},
        "copies": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        "tags": {"type": "array", "items": {"enum": ["claim", "urgent", "legal"]}},
        "customer": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "vip": {"type": "boolean"},
                           "limit": {"type": "number", "maximum": 9}},
        },
        "iban": {"type": "string", "minLength": 5},
        "claim": {"type": "object"},
    },
}  # fmt: skip
TOOL = {
    "name": "send_letter",
    "arguments": ARGUMENTS,
    "input_schema": SCHEMA,
    "sensitive": ["/iban", "/claim/pin"],
}


async def ask(world: World, **tool: Any) -> tuple[Asked, Shown]:
    asked = await (await world.agent()).asks(tool=TOOL | tool)
    return asked, await world.card_of(asked)


async def block_ids(world: World, who: str) -> dict[str, str]:
    """Label → block id of the form that this person has open."""
    view = await world.modal_of(who)
    return {b["label"]["text"]: b["block_id"] for b in view["blocks"] if b["type"] == "input"}


async def submit(world: World, who: str, **by_label: Any) -> dict[str, Any]:
    ids = await block_ids(world, who)
    return await world.submit(who, **{ids[label]: value for label, value in by_label.items()})


async def test_every_kind_of_value_is_edited_in_one_form(world: World) -> None:
    """What Alice changed is changed; the rest comes back to the letter, offset and all."""
    asked, card = await ask(world)
    await card.click("Modify…", by="alice")
    first = await world.modal_of("alice")
    words = str(first)

    third = next(b for b in first["blocks"] if b["block_id"] == "field_0_3")["element"]
    await submit(
        world, "alice", **{
            "Letter (3 of 5)": third["initial_value"].replace("clause 7.2", "clause 9.1", 1),
            "Send on": "2026-03-09",
            "Call at": 1772442000 + 25 * 3600,
            "Copies": "ada@example.com\n\ncarol@example.com",
            "Tags": ["0", "2"],
            "Customer": '{"name": "Ada Lovelace", "vip": true, "limit": 5.0}',
        },
    )  # fmt: skip

    assert "GB33" not in words
    assert "9911" not in words
    assert "claim (holds something hidden)" in words
    decision = await asked.answer()
    arguments = decision["modified_arguments"]
    assert arguments | {"letter": LETTER} == ARGUMENTS | {
        "send_on": "2026-03-09",
        "call_at": "2026-03-03T11:00:00+01:00",
        "copies": ["ada@example.com", "carol@example.com"],
        "tags": ["claim", "legal"],
        "customer": {"name": "Ada Lovelace", "vip": True, "limit": 5.0},
    }
    assert len(arguments["letter"]) == len(LETTER)
    assert arguments["letter"].replace("clause 9.1", "clause 7.2") == LETTER
    assert arguments["letter"].count("clause 9.1") == 1


async def test_an_untouched_form_is_an_approval(world: World) -> None:
    """Whoever opens the form and presses the button has changed nothing, hidden values included."""
    asked, card = await ask(world)

    await card.click("Modify…", by="alice")
    await world.submit("alice")

    decision = await asked.answer()
    assert (decision["type"], decision["modified_arguments"]) == ("approve", None)
    assert decision["effective"]["arguments"] == ARGUMENTS


async def test_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(world: World) -> None:
    """All of them are told at once; mended one by one, the form goes through."""
    asked, card = await ask(world)
    await card.click("Modify…", by="alice")
    ids = await block_ids(world, "alice")

    answer = await submit(
        world, "alice", Copies="a\nb\nc\nd", Customer='{"limit": 10', Iban="GB1",
        **{"Note to the agent": "look again"},
    )  # fmt: skip
    broken = answer["errors"].pop(ids["Customer"])
    assert broken.startswith("Not JSON: line 1, column 13")
    assert answer["errors"] == {
        ids["Copies"]: "Must have at most 3 entries",
        ids["Iban"]: "Must have at least 5 characters",
    }
    answer = await submit(world, "alice", Customer='{"limit": 10}')
    assert answer["errors"] == {
        ids["Copies"]: "Must have at most 3 entries",
        ids["Customer"]: "Limit: must be ≤ 9",
        ids["Iban"]: "Must have at least 5 characters",
    }
    answer = await submit(world, "alice", Customer='{"limti": 9}')
    assert "did you mean “limit”?" in answer["errors"][ids["Customer"]]
    assert (await asked.see())["status"] == "open"
    await submit(world, "alice", Customer='{"limit": 9}', Copies="a\nb", Iban="DE00000")

    decision = await asked.answer()
    assert decision["comment"] == "look again"
    assert decision["modified_arguments"] == ARGUMENTS | {
        "copies": ["a", "b"], "customer": {"limit": 9}, "iban": "DE00000",
    }  # fmt: skip


async def test_a_form_is_submitted_after_a_restart(world: World) -> None:
    """Nothing of it lives in memory: opened before, sent after, with an error in between."""
    asked, card = await ask(world)
    await card.click("Modify…", by="alice")
    await world.stop_bot()
    await world.start_bot()

    answer = await submit(world, "alice", Copies="a\nb\nc\nd")
    await world.stop_bot()
    await world.start_bot()
    assert list(answer["errors"].values()) == ["Must have at most 3 entries"]
    await submit(world, "alice", Copies="a")

    assert (await asked.answer())["modified_arguments"] == ARGUMENTS | {"copies": ["a"]}


async def test_a_hidden_value_of_a_proposal_is_not_approved_unseen(world: World) -> None:
    """Bob proposes another account while Alice looks at a form that hides it."""
    asked, card = await ask(world)
    await card.click("Modify…", by="alice")
    await card.click("Modify…", by="bob")
    world.policy = POLICY.replace(
        "reviewers: [reviewers],", "reviewers: [reviewers], approvals: 2,"
    )
    await world.stop_bot()
    await world.start_bot()
    await submit(world, "bob", Iban="DE999999")

    answer = await submit(world, "alice", Copies="a")

    (sentence,) = answer["errors"].values()
    assert sentence.startswith("Bob changed this while you were editing")
    assert (await asked.see())["status"] == "open"
    # What she typed is still there, to be copied.
    assert (await world.modal_of("alice"))["typed"] != {}


async def test_a_form_of_an_older_release_writes_into_no_other_field(world: World) -> None:
    """The fields of a form that was drawn otherwise are refused, each at its place."""
    asked, card = await ask(world)
    await card.click("Modify…", by="alice")
    open_view = world.slack.modals.top("U01ALICE")
    assert open_view is not None
    blocks = {b["block_id"]: b for b in open_view.view["blocks"] if b["type"] == "input"}
    copies, tags = blocks["field_3"], blocks["field_4"]
    copies["block_id"], tags["block_id"] = "field_4", "field_3"

    answer = await world.submit("alice", field_4="a", note="hm")

    assert set(answer["errors"]) == {"field_3", "field_4"}
    assert "out of date" in answer["errors"]["field_3"]
    assert (await asked.see())["status"] == "open"


async def test_the_policy_refuses_an_edit_in_the_form(world: World) -> None:
    """An edited action that a rule rejects keeps the form open, and says so."""
    world.policy = POLICY.replace(
        '"drop_database"\'', '"drop_database" || (tool.name == "send_letter" && "x" in '
        "tool.arguments.copies)'",
    )  # fmt: skip
    await world.stop_bot()
    await world.start_bot()
    asked, card = await ask(world)
    await card.click("Modify…", by="alice")

    answer = await submit(world, "alice", Copies="x")

    (sentence,) = answer["errors"].values()
    assert sentence == "The policy refuses this: Databases are not dropped here."
    await submit(world, "alice", Copies="y")
    assert (await asked.answer())["modified_arguments"]["copies"] == ["y"]


async def test_without_a_schema_the_values_make_the_form(world: World) -> None:
    """Texts, numbers, lists and objects are asked as what they are."""
    asked, card = await ask(world, input_schema=None, name="other")
    await card.click("Modify…", by="alice")

    assert "Customer" in await block_ids(world, "alice")
    await submit(world, "alice", Customer='{"name": "Ada", "new": [1]}', **{"Send on": "soon"})

    assert (await asked.answer())["modified_arguments"] == ARGUMENTS | {
        "customer": {"name": "Ada", "new": [1]}, "send_on": "soon",
    }  # fmt: skip


async def test_a_form_that_is_all_limits_opens(world: World) -> None:
    """Sixty fields with long lists and texts: Slack takes it, and it says what has no room."""
    properties = {
        **{f"choice_{n}": {"enum": [f"{'é' * 70} {i}" for i in range(100)]} for n in range(1)},
        **{f"text_{n}": {"type": "string"} for n in range(57)},
    }
    arguments = {f"text_{n}": "word " * 540 for n in range(57)}
    asked, card = await ask(
        world, input_schema={"properties": properties}, arguments=arguments, sensitive=[]
    )
    await card.click("Modify…", by="alice")

    words = str(await world.modal_of("alice"))
    await submit(world, "alice", **{"Text 0 (2 of 2)": "end."})

    assert "no room for more" in words
    edited = (await asked.answer())["modified_arguments"]
    assert edited["text_0"].endswith(" end. ")
    assert {k: v for k, v in edited.items() if k != "text_0"} == {
        k: v for k, v in arguments.items() if k != "text_0"
    }


def test_the_letter_is_long_enough() -> None:
    """Five inputs, or the stories above would tell less."""
    assert 12_000 < len(LETTER) < 15_000
    assert REFUND["kind"] == "approval"
