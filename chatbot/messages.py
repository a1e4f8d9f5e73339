"""Every sentence the chatbot itself says, Chinese first, English beside it. Authored answers are not here."""

from typing import Literal

Language = Literal["zh", "en"]

_TEXTS: dict[str, tuple[str, str]] = {
    "guide": (
        "您可以直接问我车的配置、价格、续航，或购车、售后的问题，比如点下面这些：",
        "I answer questions about the cars, in Chinese. Try one of these:",
    ),
    "emoji": ("收到您的表情啦～想了解哪方面呢？", "Nice one! What would you like to know?"),
    "english": (
        "我主要说中文，下面这些可以直接点；需要人工请点“转人工”。",
        "I speak Chinese best. Tap one of these questions, or 转人工 to reach a person.",
    ),
    "cancelled": (
        "好的，我们重新开始。您想了解什么？",
        "All right, let's start over. What would you like to know?",
    ),
    "which_entity": (
        "{topic}：有 {count} 款符合，您想问哪一款？",
        "{topic}: {count} cars fit. Which one do you mean?",
    ),
    "which_group": (
        "{topic}：有 {count} 款符合。先选一个范围，或者直接说车型：",
        "{topic}: {count} cars fit. Pick a range first, or name the car.",
    ),
    "which_attribute": ("{subject}包含以下几项，您想了解哪一项？", "{subject} has these parts. Which one?"),
    "which_topic": ("您想了解{entity}的哪方面？", "What would you like to know about {entity}?"),
    "choose_again": (
        "刚才列出了 {count} 个选项，请选其中一个，或直接说名字。",
        "Please choose one of the {count} options.",
    ),
    "value": ("{entity}的{attribute}是{value}。", "{entity}, {attribute}: {value}."),
    "yes": ("{entity}有{attribute}（{value}）。", "Yes, {entity} has {attribute} ({value})."),
    "optional": (
        "{entity}的{attribute}可以选装（{value}）。",
        "{attribute} is optional on {entity} ({value}).",
    ),
    "no": ("{entity}没有{attribute}（{value}）。", "No, {entity} has no {attribute} ({value})."),
    "table_row": ("{entity}：{values}", "{entity}: {values}"),
    "table_value": ("{attribute} {value}", "{attribute} {value}"),
    "table_missing": ("{attribute} 暂无资料", "{attribute} not on record"),
    "missing_value": (
        "资料里暂时没有{entity}的{attribute}，我不乱猜。您可以看看下面这些：",
        "I have no record of {attribute} for {entity}. You could look at these:",
    ),
    "nearest": (
        "这个问题我不太确定，您是想问下面哪一个吗？都不是的话，换个说法再说一次。",
        "I am not sure about that. Did you mean one of these?",
    ),
    "nothing_near": (
        "这个我还不会，不敢乱答。车的配置、价格、购车和售后都可以问我，比如：",
        "I cannot answer that, and I won't guess. You can ask me things like:",
    ),
    "guided": (
        "还是没听明白，我们一步步来：先说车型，再说想知道什么，例如“{example}”。",
        "Let's go step by step: name the car, then what you want to know, e.g. “{example}”.",
    ),
    "no_answer_text": (
        "“{question}”的答案还没有写进资料，我先记下来了。您可以看看：",
        "The answer to “{question}” has not been written yet. I have noted it.",
    ),
    "handoff": (
        "好的，正在为您转接人工客服，请稍等；您也可以先把车型和问题发过来，客服接入后马上就能看到。",
        "I am handing you over to a person. Please wait a moment.",
    ),
    "handoff_after_failures": (
        "几次都没能帮到您，很抱歉。{handoff}",
        "I am sorry I could not help. {handoff}",
    ),
    "chip_handoff": ("转人工", "转人工"),
    "chip_restart": ("重新来", "重新来"),
    "chip_that": ("那{entity}呢", "那{entity}呢"),
    "chip_of": ("{entity}的{attribute}", "{entity}的{attribute}"),
    "about": ("“{topic}”", "“{topic}”"),
    "and": ("、", ", "),
}


def say(key: str, language: Language = "zh", **values: object) -> str:
    """The sentence ``key``, filled in. ``KeyError`` for a name that does not exist."""
    return _TEXTS[key][0 if language == "zh" else 1].format(**values)
