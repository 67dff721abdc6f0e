"""The form in which Slack and Microsoft Teams show a notification: Amazon Q Developer's custom notification.

Amazon Q Developer in chat applications drops any other text of a topic of ours (its administrator guide, "Custom
notifications"). It renders the parts in the markdown of the chat, so nothing foreign may act as markup there: mention
people, be a link, or look like a part of ours.
"""

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from functions.notifications.console_link import console_link

if TYPE_CHECKING:
    from functions.notifications.publish import Notice

LONGEST_TITLE = 250
"""Characters that Amazon Q takes of a title, and so of its summary."""

LONGEST_DESCRIPTION = 2_900
"""Characters. Amazon Q takes 8,000; Slack shows 3,000 in one block."""

LONGEST_STEP, MOST_STEPS = 500, 12
LONGEST_KEYWORD, MOST_KEYWORDS = 60, 8
"""Characters and numbers of the other parts. The guide names no limits; these are small enough to be read."""

LONGEST_THREAD = 100
"""Characters of a thread's ID; a longer one is replaced by its hash."""

SIGNS = {
    "failure": "❌",
    "outage": "❌",
    "batch": "❌",
    "late": "⏰",
    "longer": "⏳",
    "recovery": "✅",
    "success": "✅",
}
"""What a title begins with, by the kind of the notice."""

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

_ALIKE = {"@": "＠", "#": "＃", "*": "∗", "~": "∼", "`": "ˋ", "|": "∣", "[": "［", "]": "］"}
"""Signs of a markup that Slack and Teams cannot escape alike, by signs that look alike and mean nothing: mentions of
people and channels, bold and struck text, code, links."""

_SCHEME = re.compile(r"(?<=\w):(?=//)")
_EMOJI = re.compile(r":(?=[a-z+-][\w+-]*:)")
_EMPHASIS = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_HOST = re.compile(r"(?<=\w)\.(?=[A-Za-z]{2})")
"""What makes an address without a scheme a link; a number or the end of a sentence has no such dot."""


def document(notice: "Notice", identity: str, topic_arn: str) -> str:
    """A notice as the JSON document of a custom notification.

    ``identity`` is the same for the same notice. Each stage has a topic of its own, whose name keeps the threads of
    stages apart.
    """
    title = _cut(f"{SIGNS.get(notice.kind, '')} {notice.subject}".strip(), LONGEST_TITLE)
    link = f"\nExecution: {console_link(notice.execution)}" if notice.execution else ""
    metadata: dict[str, Any] = {"summary": title, "eventType": f"datamart-{notice.kind}"}
    if notice.thread:
        metadata["threadId"] = _thread(f"{topic_arn.rpartition(':')[2]}/{notice.thread}")
    if notice.execution:
        metadata["relatedResources"] = [notice.execution]
    content = {
        "textType": "client-markdown",
        "title": title,
        "description": _cut(notice.summary or notice.text, LONGEST_DESCRIPTION - len(link)) + link,
        "nextSteps": [_step(step) for step in notice.next_steps[:MOST_STEPS]],
        "keywords": [_cut(keyword, LONGEST_KEYWORD) for keyword in notice.keywords[:MOST_KEYWORDS]],
    }
    shown = {key: value for key, value in content.items() if value}
    found = {"version": "1.0", "source": "custom", "id": identity, "content": shown, "metadata": metadata}
    return json.dumps(found, ensure_ascii=False).encode("utf-8", "replace").decode()


def harmless(text: str) -> str:
    """The text without anything that Slack or Teams take for markup; it reads the same, entities aside."""
    text = _EMOJI.sub("∶", _SCHEME.sub("∶", text))
    text = _HOST.sub("․", _EMPHASIS.sub("ˍ", text))
    return "".join(_ALIKE.get(sign) or _ENTITIES.get(sign) or sign for sign in text)


def _step(step: str) -> str:
    """A next step; what stands between backticks in it is a command, and shown as code that can be copied."""
    room, parts = LONGEST_STEP, []
    for number, part in enumerate((step[:1].upper() + step[1:]).split("`")):
        is_code = number % 2 == 1
        shown = _cut(part, room - 2 * is_code, as_code=is_code)
        parts.append(f"`{shown}`" if is_code and shown else shown)
        room -= len(parts[-1])
    return "".join(parts)


def _cut(text: str, longest: int, *, as_code: bool = False) -> str:
    """The text made harmless, of at most ``longest`` characters, with an ellipsis where it was cut; no entity is split.

    Code is taken literally by both chats, but for the entities.
    """
    made = [_ENTITIES.get(sign, sign) for sign in text] if as_code else _signs(text)
    if sum(map(len, made)) <= longest:
        return "".join(made)
    kept, room = [], longest - 1
    for sign in made:
        room -= len(sign)
        if room < 0:
            break
        kept.append(sign)
    return "".join(kept).rstrip() + "…" if longest > 0 else ""


def _signs(text: str) -> list[str]:
    """The characters of a harmless text, each entity as one."""
    return re.findall(r"&(?:amp|lt|gt);|.", harmless(text), re.DOTALL)


def _thread(name: str) -> str:
    """The ID of a thread: printable, and short also where a datamart's name is long."""
    if len(name) <= LONGEST_THREAD and re.fullmatch(r"[\w./:-]+", name, re.ASCII):
        return name
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]
