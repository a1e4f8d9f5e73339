"""Every sentence the chatbot itself says, Chinese first, English beside it. Authored answers are not here."""

import re
from typing import Literal

Language = Literal["zh", "en"]

SENSITIVE = "这个话题我不方便聊。配置、价格、购买和售后都可以问我。"
RISK_UNCHECKED = "现在没法处理这条消息，请稍等一会儿再发一次。"

_TEXTS: dict[str, tuple[str, str]] = {
    "guide": (
        "您可以直接问我配置、价格，或购买、售后的问题，比如点下面这些：",
        "I answer questions about our products, in Chinese. Try one of these:",
    ),
    "emoji": ("收到您的表情啦～想了解哪方面呢？", "Nice one! What would you like to know?"),
    "puzzled": (
        "是我没说清楚吗？您想了解什么，直接说就行，比如点下面这些：",
        "Was I not clear? Just say what you would like to know, for example:",
    ),
    "no_handoff": (
        "好的，不转人工，我接着为您解答。您想了解什么？",
        "All right, no handover. What would you like to know?",
    ),
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
        "{topic}: {count} models fit. Which one do you mean?",
    ),
    "which_group": (
        "{topic}：有 {count} 款符合。先选一个范围，或者直接说名称：",
        "{topic}: {count} models fit. Pick a range first, or name the model.",
    ),
    "which_entity_asked": (
        "{topic}每款不一样，您想问哪一款？",
        "{topic} depends on the model. Which one do you mean?",
    ),
    "which_group_asked": (
        "{topic}每款不一样（{count} 款可以问）。先选一个范围，或者直接说名称：",
        "{topic} depends on the model ({count} to choose from). Pick a range first, or name the model.",
    ),
    "which_attribute": ("{subject}包含以下几项，您想了解哪一项？", "{subject} has these parts. Which one?"),
    "which_topic": ("您想了解{entity}的哪方面？", "What would you like to know about {entity}?"),
    "choose_again": (
        "刚才列出了 {count} 个选项，请选其中一个，或直接说名字。",
        "Please choose one of the {count} options.",
    ),
    "none_of_them": (
        "好的，那您说一下是哪一款，比如品牌、系列和版本。",
        "All right. Which model is it? Brand, series and version will do.",
    ),
    "corrected": (
        "按您改口后的“{instead}”来答（不是“{took_back}”）：",
        "Going by “{instead}” as you corrected it (not “{took_back}”): ",
    ),
    "left_aside": ("（“{what}”没有当作条件。）", "(“{what}” was not taken as a condition.)"),
    "left_open": (
        "“{question}”这一问我没有把握，可以点下面单独再问一次。",
        "I am not sure about “{question}”; tap it below to ask it alone.",
    ),
    "hedged": ("您想问的可能是“{question}”：{answer}", "You may be asking “{question}”: {answer}"),
    "value": ("{entity}的{attribute}是{value}。", "{entity}, {attribute}: {value}."),
    "told_by": (
        "资料里没有单列{entity}的{asked}，它的{attribute}是{value}。",
        "{asked} of {entity} is not on record by itself; {attribute}: {value}.",
    ),
    "yes": ("{entity}有{attribute}（{value}）。", "Yes, {entity} has {attribute} ({value})."),
    "optional": (
        "{entity}的{attribute}可以选装（{value}）。",
        "{attribute} is optional on {entity} ({value}).",
    ),
    "whether": ("{entity}，{attribute}：{value}。", "{entity}, {attribute}: {value}."),
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
        "这个我还不会，不敢乱答。配置、价格、购买和售后都可以问我，比如：",
        "I cannot answer that, and I won't guess. You can ask me things like:",
    ),
    "guided": (
        "还是没听明白，我们一步步来：先说是哪一款，再说想知道什么，例如“{example}”。",
        "Let's go step by step: name the model, then what you want to know, e.g. “{example}”.",
    ),
    "no_answer_text": (
        "“{question}”的答案还没有写进资料，我先记下来了。您可以看看：",
        "The answer to “{question}” has not been written yet. I have noted it.",
    ),
    "handoff": (
        "好的，正在为您转接人工客服，请稍等；您也可以先把名称和问题发过来，客服接入后马上就能看到。",
        "I am handing you over to a person. Please wait a moment.",
    ),
    "handoff_after_failures": (
        "几次都没能帮到您，很抱歉。{handoff}",
        "I am sorry I could not help. {handoff}",
    ),
    "with_person": (
        "已经转给人工客服，您的话他看得到，回复会出现在这里。想继续问机器人，点“回到机器人”。",
        "A person has this conversation; replies appear here. Tap 回到机器人 to talk to the bot again.",
    ),
    "picture_shows": (
        "图里看起来是{name}（把握 {percent}%）。\n",
        "It looks like {name} ({percent}% sure).\n",
    ),
    "picture_may_be": (
        "这张图我看不太准，可能是{names}。点一下，或直接说名字：",
        "I am not sure about the picture: {names}. Tap one, or name it.",
    ),
    "picture_unsure": ("这张图我看不准。", "I cannot tell what the picture shows. "),
    "picture_unknown": ("图里的东西不在我的资料里。", "I know nothing about what the picture shows. "),
    "picture_unreadable": (
        "这张图打不开，请换一张 JPG 或 PNG 图片。",
        "The picture cannot be opened; please try a JPG or PNG. ",
    ),
    "picture_unseen": ("现在看不了图片。", "I cannot look at pictures right now. "),
    "picture_unchecked": (
        "现在没法处理图片，请稍等一会儿再发一次。",
        "Pictures cannot be handled right now. Please try again later.",
    ),
    "picture_refused": ("这张图片我不方便看。", "I would rather not look at this picture."),
    "picture_say_name": (
        "请直接说名字和想知道什么，比如点下面这些：",
        "Please name it and say what you want to know, for example:",
    ),
    "or": ("或", " or "),
    "chip_back": ("回到机器人", "回到机器人"),
    "chip_handoff": ("转人工", "转人工"),
    "chip_restart": ("重新来", "重新来"),
    "chip_that": ("那{entity}呢", "那{entity}呢"),
    "chip_of": ("{entity}的{attribute}", "{entity}的{attribute}"),
    "between": ("{attribute}{low}到{high}", "{attribute} {low} to {high}"),
    "has_not": ("没有{what}", "no {what}"),
    "without": ("不要{what}", "not {what}"),
    "not_on_record": ("暂无资料", "not on record"),
    "everything": ("全部", "everything"),
    "of_these": ("这{count}款", "these {count}"),
    "carried": ("接着刚才的（{what}）：", "Going on with {what}: "),
    "weighed_few": (
        "哪个好，看您最看重哪一点：\n{lines}",
        "It depends on what matters most to you:\n{lines}",
    ),
    "weighed": (
        "哪个好，看您最看重哪一点。{conditions}的 {count} 款里：\n{lines}",
        "It depends on what matters most to you. Of the {count} ({conditions}):\n{lines}",
    ),
    "leads_lowest": ("· {attribute}最低：{entities}，{value}", "· lowest {attribute}: {entities}, {value}"),
    "leads_highest": ("· {attribute}最高：{entities}，{value}", "· highest {attribute}: {entities}, {value}"),
    "found": ("{conditions}：找到 {count} 款{order}。", "{conditions}: {count} found{order}."),
    "sorted_asc": ("，{attribute}从低到高", ", {attribute} ascending"),
    "sorted_desc": ("，{attribute}从高到低", ", {attribute} descending"),
    "exist": ("有的，", "Yes. "),
    "more_rows": (
        "还有 {count} 款，可以点“更多”，或再加条件缩小范围。",
        "{count} more; add a condition to narrow down.",
    ),
    "left_out_missing": (
        "另有 {count} 款缺少{attribute}资料（{names}），未计入。",
        "{count} without {attribute} on record ({names}) are left out.",
    ),
    "left_out_incomparable": (
        "另有 {count} 款的{attribute}无法比较（{names}），未计入。",
        "{count} whose {attribute} cannot be compared ({names}) are left out.",
    ),
    "ignored": (
        "（“{what}”这几个字我没听懂，没有算进条件。）",
        "(I did not understand “{what}” and left it out.)",
    ),
    "none_known": (
        "符合“{conditions}”的都缺少{attribute}资料，没法回答。",
        "Of what fits “{conditions}”, none has its {attribute} on file.",
    ),
    "nothing": ("没有符合“{conditions}”的。", "Nothing fits “{conditions}”."),
    "nearest_rows": ("最接近的（放宽“{relaxed}”）：\n{rows}", "Nearest, without “{relaxed}”:\n{rows}"),
    "refused": (
        "这个条件没法满足：{why}（{conditions}）。请换个条件再问。",
        "That cannot be met: {why} ({conditions}).",
    ),
    "lowest": (
        "{conditions}里，{attribute}最低的是{entity}：{value}。",
        "{conditions}: lowest {attribute} is {entity}, {value}.",
    ),
    "highest": (
        "{conditions}里，{attribute}最高的是{entity}：{value}。",
        "{conditions}: highest {attribute} is {entity}, {value}.",
    ),
    "lowest_many": (
        "{conditions}里，{attribute}最低的 {count} 款：",
        "{conditions}: the {count} with the lowest {attribute}:",
    ),
    "highest_many": (
        "{conditions}里，{attribute}最高的 {count} 款：",
        "{conditions}: the {count} with the highest {attribute}:",
    ),
    "counted": ("{conditions}：一共 {count} 款。", "{conditions}: {count} in all."),
    "grouped": (
        "{conditions}里，{attribute}有 {count} 种：{values}。",
        "{conditions}: {count} values of {attribute}: {values}.",
    ),
    "all_the_same": (
        "{conditions}的{attribute}都是 {low}（{count} 款有资料）。",
        "{conditions}: {attribute} is {low} for all ({count} on record).",
    ),
    "range": (
        "{conditions}的{attribute}从 {low} 到 {high}，平均约 {mean}（{count} 款有资料）。",
        "{conditions}: {attribute} from {low} to {high}, {mean} on average ({count} on record).",
    ),
    "draw": ("两边一样。", "They are the same."),
    "cannot_compare": ("缺少资料，没法比出高低。", "Not enough on record to compare."),
    "differs": ("相差 {gap}。", "They differ by {gap}."),
    "later": ("{names}更晚，前后差{gap}。", "{names} is later; {gap} lie between."),
    "earlier": ("{names}更早，前后差{gap}。", "{names} is earlier; {gap} lie between."),
    "months": ("约 {count} 个月", "about {count} months"),
    "days": (" {count} 天", "{count} days"),
    "ahead_low": ("{names}更低，差 {gap}，占优。", "{names} is lower by {gap} and better."),
    "ahead_high": ("{names}更高，差 {gap}，占优。", "{names} is higher by {gap} and better."),
    "the_higher": (
        "{name}更高，差 {gap}；{other}更低，占优。",
        "{name} is higher by {gap}; {other} is better.",
    ),
    "the_lower": (
        "{name}更低，差 {gap}；{other}更高，占优。",
        "{name} is lower by {gap}; {other} is better.",
    ),
    "near_by": (
        "和{entity}的{attribute}差不多的有 {count} 款，最接近的在前：",
        "{count} close to {entity} in {attribute}:",
    ),
    "already_best": (
        "在“{conditions}”里，{entity}的{attribute}已经是最{end}的了，没有更{end}的。",
        "Within “{conditions}”, none goes beyond {entity} in {attribute}.",
    ),
    "nothing_near_by": (
        "没有找到和{entity}的{attribute}差不多的。",
        "Nothing is close to {entity} in {attribute}.",
    ),
    "verdict_yes": ("是的，符合“{what}”。{row}。", "Yes, “{what}” holds. {row}."),
    "verdict_no": ("不是，不符合“{what}”。{row}。", "No, “{what}” does not hold. {row}."),
    "verdict_unknown": (
        "资料里没有记载，没法判断“{what}”。{row}。",
        "Not on record, “{what}” cannot be judged. {row}.",
    ),
    "has_yes": ("有的。{row}。", "Yes. {row}."),
    "has_no": ("没有。{row}。", "No. {row}."),
    "whether_yes": ("是的。{row}。", "Yes. {row}."),
    "whether_no": ("不是。{row}。", "No. {row}."),
    "has_unknown": (
        "资料里没有记载，没法判断{what}。{row}。",
        "Not on record, {what} cannot be judged. {row}.",
    ),
    "unknown_entity": (
        "资料里没有“{subject}”这一款，我不乱答。可以看看这些：",
        "I have no model called “{subject}”. You could look at these:",
    ),
    "unknown_subject": (
        "资料里没有“{subject}”，我不乱答。可以看看这些：",
        "“{subject}” is not on record. You could look at these:",
    ),
    "no_such_kind": (
        "资料里没有“{subject}”这一类。别的类型可以接着问，比如：",
        "There is no “{subject}” on record. You could ask about other kinds:",
    ),
    "nothing_to_point_at": (
        "前面没有列出“{subject}”，我不知道指的是哪一款，请直接说名称：",
        "There is no “{subject}” so far. Please name the model:",
    ),
    "place": ("第{place}的：", "No. {place}: "),
    "no_attribute": (
        "资料里没有“{subject}”这一项，没法回答。可以问这些：",
        "“{subject}” is not on record. You could ask these:",
    ),
    "no_attribute_near": (
        "资料里没有“{subject}”这一项。您是想问{attributes}吗？都不是的话，换个说法再说一次。",
        "“{subject}” is not on record. Did you mean {attributes}?",
    ),
    "near_attribute": (
        "这个问题我不太确定，您是想问{entity}的{attributes}吗？都不是的话，说说是哪方面，换个说法再问一次。",
        "I am not sure about that. Did you mean {attributes} of {entity}?",
    ),
    "any_of_these": ("、", " or "),
    "misfit": (
        "“{attribute}”不能用“{subject}”来衡量，单位对不上，请再说一次。",
        "“{subject}” does not measure {attribute}.",
    ),
    "choose_next": (
        "{conditions}：现在有 {count} 款符合。{question}",
        "{conditions}: {count} fit. {question}",
    ),
    "choose_first": (
        "一共有 {count} 款。先选一个方向：{question}",
        "There are {count} in all. To begin with: {question}",
    ),
    "choose_by": ("您对{attribute}有什么要求？", "Any wish as to {attribute}?"),
    "chip_any": ("{attribute}不限", "{attribute}不限"),
    "chip_list": ("就这些条件，都列出来", "就这些条件，都列出来"),
    "chip_count": ("{value} ({count})", "{value} ({count})"),
    "chip_under": ("{bound}以内", "{bound}以内"),
    "chip_cheaper": ("再便宜点", "再便宜点"),
    "chip_others": ("还有别的吗", "还有别的吗"),
    "chip_lowest": ("哪个最便宜", "哪个最便宜"),
    "chip_only": ("只要{value}的", "只要{value}的"),
    "chip_first": ("第一个的{attribute}", "第一个的{attribute}"),
    "chip_near": ("跟它差不多价位的", "跟它差不多价位的"),
    "chip_compare": ("这两款哪个{word}", "这两款哪个{word}"),
    "chip_attribute": ("{attribute}呢", "{attribute}呢"),
    "about": ("“{topic}”", "“{topic}”"),
    "and": ("、", ", "),
    "and_others": ("{names}等 {count} 款", "{names} and others, {count} in all"),
}


_ASKS_ABOUT = re.compile(r"问(?![题答候诊卷])(?=..)(?!.*[吗么呢？?]$)")


def shown_question(question: str) -> str:
    """A standard question as a person is shown it: 问提车周期, the operator's name for a topic, reads 提车周期."""
    found = _ASKS_ABOUT.match(question)
    return question[found.end() :] if found else question


def say(key: str, language: Language = "zh", **values: object) -> str:
    """The sentence ``key``, filled in. ``KeyError`` for a name that does not exist."""
    return _TEXTS[key][0 if language == "zh" else 1].format(**values)
