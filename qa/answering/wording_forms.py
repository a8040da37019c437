"""Forms, German and English, in which people wrap a question: requests, prompts, greetings, thanks.

Data only; `wording` applies them at the beginning or end of a sentence. No repetition is unbounded, so that
the time grows with the length of the text.
"""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re

_PREPOSITIONS = {
    "de": "seit|bis|von|ab|zu|in|an|auf|mit|bei|nach|aus|für|um|über|unter|vor|durch|gegen|wegen|zwischen",
    "en": "in|on|at|by|from|to|for|with|of|about|since|until|under|through|after|before",
}
INTERROGATIVES = {
    "de": (
        "wer|wen|wem|wessen|was|wann|woher|wohin|wie|wieso|weshalb|warum|wieviel\\w{0,2}|welche[mnrs]?|wor[aeiuü]\\w{1,5}"
        "|wo(?:bei|durch|für|gegen|mit|nach|ran|rauf|raus|rin|rüber|rum|von|vor|zu)?|inwie(?:fern|weit)"
    ),
    "en": "who|whom|whose|what|when|where|why|how|which",
}
# A question word at the beginning of a clause, perhaps with a preposition.
ASKS = {
    language: rf"(?:(?:{_PREPOSITIONS[language]})\s)?(?:{INTERROGATIVES[language]})\b"
    for language in INTERROGATIVES
}
ASKING = re.compile(rf"(?:{ASKS['de']}|{ASKS['en']})", re.IGNORECASE)
_CLAUSE = rf"(?=(?:{ASKS['de']}|{ASKS['en']}|ob\b|if\b|whether\b))"
_FEW = r"[^,.?!:;\n]{0,50}?"  # words within a frame
_LEAD_IN = r"[\s,:–-]{1,4}"  # between a frame and its question

# -- what precedes a question and has no content

_GREETING = (
    r"(?:hallo|hi|hey|moin|servus|hello|guten (?:tag|morgen|abend)|good (?:morning|afternoon|evening|day)"
    r"|grüß gott|liebe[rs]? [\w-]{1,30}|dear [\w-]{1,30}|sehr geehrte[^,!:.?\n]{0,40})"
    r"(?: (?:zusammen|there|all|team|everyone|chatbot|bot|assistant|leute))?"
)
_FILLER = (
    r"(?:also|okay|ok|well|ähm?|um|sag(?:en sie)? mal|übrigens|by the way|entschuldigung"
    r"|entschuldigen sie(?: bitte)?|sorry|excuse me|verzeihung|pardon|tl;?dr(?: bitte| please)?"
    r"|(?:hilf|helfen sie|help)(?: (?:mir|uns|me|us))?(?: (?:bitte|mal|kurz|please|out)){0,2}|bitte|please|pls)"
)
_BRIEFLY = (
    r"(?:(?:bitte |please )?(?:(?:nur |ganz )?kurz(?: und (?:knapp|bündig|präzise))?|briefly|in short|auf deutsch|in english"
    r"|in (?:nur |maximal |höchstens )?(?:einem|zwei|drei|wenigen|ein paar|1|2|3) (?:kurzen |ganzen )?"
    r"(?:satz|sätzen|wort|worten|wörtern|stichpunkten|stichworten)"
    r"|in (?:just |only )?(?:one|two|three|a few|a couple of|1|2|3) (?:short |single )?(?:sentences?|words?|lines?)))"
)
_QUESTION_LABEL = (
    r"(?:(?:hier|here) (?:ist|kommt|is|comes) )?(?:(?:nur|noch|eine|meine|die|folgende|kurze|kleine|schnelle|weitere|nächste"
    r"|andere|just|a|an|my|the|one|quick|short|simple|brief|another|next|following) ){0,4}"
    r"(?:rück|nach|an|zusatz|verständnis)?(?:frage|question|query|q|f|aufgabe|task|user|nutzer|prompt)"
)
_SOURCES = r"(?:artikeln?|texte?n?|dokumente?n?|quellen|kontext|berichten?|articles?|texts?|documents?|context|sources?|corpus|passages?)"
_BASED = (
    r"(?:(?:nur |ausschließlich |only |solely )?(?:based|relying) (?:only |solely )?on|according to|using(?: only)?|given|from"
    r"|laut|gemäß|anhand|(?:auf (?:der )?(?:grundlage|basis))|basierend auf|ausgehend von)"
    rf"(?: (?:the|these|your|our|den|der|dem|deinen|ihren|diesen|diesem|vorliegenden|folgenden|gegebenen|provided|following|given|von)){{0,3}} {_SOURCES}"
    r"(?: (?:provided|above|below|given|oben|unten))?"
)
# "Beantworte in einem Satz: …", "You are an assistant. Answer based on the context: …"
_INSTRUCTS = (
    r"(?:bitte |please |kindly )?(?:du bist|sie sind|you are|act as|beantwort\w{0,4}|antwort(?:e|en sie)?|answer|respond|reply"
    r"|verwende|nutze|use|using|based|basierend|gib|geben sie|give|formulier\w{0,3}|fass\w{0,2}"
    r"|(?:denk|überleg|analysier|durchsuch|recherchier|prüf|handl|agier)(?:e|en sie)?|(?:lies|lesen sie|stell(?:e|en sie)? (?:dir|sich))"
    r"|think|consider|imagine|analy[sz]e|pretend|suppose|search|go through|read|take a (?:deep )?breath)"
)
OPENINGS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_GREETING}\s?(?:[,!.:–-]{{1,3}}\s{{1,4}}|\s{{0,3}}{_CLAUSE})",
        rf"{_FILLER}(?:\s?[,!:–-]{{1,3}}\s{{1,4}}|\s{{1,4}}{_CLAUSE})",
        rf"{_BRIEFLY}(?: (?:bitte|please|beantworten|antworten|answer))?\s?[,:–-]\s{{1,4}}",
        rf"{_GREETING}\s{{1,3}}(?={_QUESTION_LABEL}\s?[:–,])",
        rf"{_BRIEFLY}\s{{1,4}}{_CLAUSE}",
        rf"{_QUESTION_LABEL}\s?(?:[:–]|\s-)\s{{1,4}}",
        rf"{_QUESTION_LABEL},\s{{1,4}}{_CLAUSE}",
        rf"{_BASED}(?:\s?[,:]\s{{1,4}}|\s{{1,4}}{_CLAUSE})",
    )
)
INSTRUCTION = re.compile(rf"{_INSTRUCTS}\b[^:?\n]{{0,160}}:\s{{1,4}}", re.IGNORECASE)
# "Frage zum Hallenbad: …"; the group is what the question is about
SUBJECT = re.compile(
    r"(?:(?:kurze |eine |noch eine |meine )?(?:rück|nach|an)?frage|(?:a |one |quick |short |my )*question"
    r"|thema|topic|betreff|betrifft|stichwort|subject|regarding|zum thema)"
    r"(?: (?:zu|zum|zur|an|über|bezüglich|wegen|about|on|regarding))?(?: (?:den|der|dem|die|das|the))?:?\s"
    r"([^:?!.\n]{2,80}?)\s?[:–]\s",
    re.IGNORECASE,
)

# -- requests, before a clause: "Können Sie mir sagen, wie …"

_SAY_DE = (
    r"(?:sagen|mitteilen|erklären|verraten|nennen|zeigen|erläutern|beschreiben|beantworten|erzählen|herausfinden|angeben"
    r"|schreiben|helfen|auskunft geben|weiterhelfen|zusammenfassen|darlegen|nachsehen|nachschauen|heraussuchen|raussuchen)"
)
_SAY_EN = (
    r"(?:tell|explain|say|share|clarify|describe|let me know|let us know|inform|help|answer|find out|look up|give|show"
    r"|remind|enlighten)"
)
_TELL_DE = (
    r"(?:sage?|sagt|sagen Sie|nenne?|nennen Sie|erkläre?|erklären Sie|verrate?|verraten Sie|zeige?|zeigen Sie|erzähle?"
    r"|erzählen Sie|beschreibe?|beschreiben Sie|schreibe?|schreiben Sie|teile?|teilen Sie|finde|finden Sie|suche?|suchen Sie"
    r"|erläutere|erläutern Sie|beantworte?|beantworten Sie|antworte|antworten Sie|gib|geben Sie|prüfe?|prüfen Sie|schaue?)"
)
_CLAUSE_FRAMES = (
    rf"(?:kannst|könntest|würdest|magst) du\b{_FEW}\b{_SAY_DE}",
    rf"(?:können|könnten|würden|möchten) (?-i:Sie)\b{_FEW}\b{_SAY_DE}",
    rf"(?:können|könnten|würden) sie (?:mir|uns|bitte)\b{_FEW}\b{_SAY_DE}",
    rf"(?:könnt|könntet|würdet) ihr\b{_FEW}\b{_SAY_DE}",
    rf"(?:kann|könnte|mag) (?:mir |uns |bitte ){{0,2}}(?:jemand|einer|man)\b{_FEW}\b{_SAY_DE}",
    rf"(?:weiß|weiss) (?:hier |zufällig ){{0,2}}(?:jemand|einer)\b{_FEW}",
    rf"(?:weißt du|weisst du|wisst ihr|wissen (?-i:Sie))\b{_FEW}",
    rf"(?:hast du|haben (?-i:Sie)|habt ihr|hat jemand) (?:\w{{2,10}} )?(?:eine )?(?:ahnung|idee|informationen|infos)\b{_FEW}",
    r"ist (?:dir|Ihnen|euch) (?:\w{2,10} )?bekannt",
    rf"ich (?:würde|möchte|wollte|will|muss|müsste)\b{_FEW}\b(?:wissen(?: wollen)?|erfahren|fragen|verstehen|herausfinden)",
    rf"ich (?:hätte|habe|hab)\b{_FEW}\b(?:gewusst|erfahren|frage)",
    r"ich wüsste(?: (?:gerne?|nur|mal|noch|bitte)){0,3}",
    r"ich frage? mich(?: \w{2,12}){0,2}",
    r"ich bin (?:gespannt|neugierig)",
    rf"(?:mich|uns|es)\b(?: \w{{2,10}}){{0,2}} (?:würde|interessiere?n?t?|interessierte)\b{_FEW}(?:interessieren)?",
    r"(?:mich|uns) (?:würde|interessiert|interessierte|beschäftigt)(?: \w{2,12}){0,3}?(?: interessieren)?",
    rf"(?:es wäre|ich wäre|wäre es|wir wären)\b[^,.?!:\n]{{0,60}}, wenn (?:sie|du|ihr|man|jemand)\b{_FEW}\b(?:könnte\w{{0,2}}|würde\w{{0,2}})",
    rf"(?:darf|dürfte|kann|könnte) ich\b{_FEW}\bfragen",
    rf"(?:bitte )?{_TELL_DE}(?: (?:mir|uns|bitte|mal|doch|kurz|einmal|schnell|mit|heraus|dabei|nach|in einem satz|auf deutsch|genau)){{0,5}}",
    rf"(?:can|could|would|will) (?:you|someone|anyone|somebody|anybody)\b{_FEW}\b{_SAY_EN}\b{_FEW}",
    r"(?:please |pls |kindly ){0,2}(?:tell|show|inform|remind|enlighten) (?:me|us)(?: \w{2,8}){0,2}?",
    r"(?:please |pls |kindly ){0,2}let (?:me|us) know(?: \w{2,8}){0,2}?",
    r"(?:please |pls |kindly ){0,2}(?:explain|describe|say|state|find out|look up|answer|clarify|specify)(?: to (?:me|us))?",
    rf"(?:do|does|would|might) (?:you|anyone|anybody|somebody|someone)\b{_FEW}\b(?:know|(?:an?y? )?idea)(?: (?:of|about))?",
    r"(?:any|got an) idea(?: (?:of|about))?",
    rf"i(?:['’]d| would| want| need| wish| wanted|['’]m| am| was|['’]ve been| have been)?\b{_FEW}\b"
    r"(?:know|find out|learn|understand|ask(?: you)?|wonder(?:ing)?|curious|hear)(?: (?:about|to know|as to))?"
    rf"(?:,? (?:if|whether) (?:you|someone|anyone) (?:could|would|can|might)\b{_FEW}\b{_SAY_EN}(?: (?:me|us))?)?",
    rf"(?:it would be|i(?:['’]d| would) (?:be|appreciate)|i(?:['’]d| would)? (?:be )?grateful)\b{_FEW} if (?:you|someone) (?:could|would|can)\b{_FEW}"
    rf"\b{_SAY_EN}\b{_FEW}",
    rf"(?:would|do) you mind (?:telling|explaining|sharing)\b{_FEW}",
    r"(?:may|can|could|might) i (?:please |just |quickly ){0,2}ask(?: you)?",
)
# Any other frame around a clause, told by whom it speaks to or of: "Sei so gut und sag mir, wann …".
FRAME = re.compile(
    rf"(?:[^?:;.!\n]{{0,100}}?(?<!\w)(?:ich|mir|mich|uns|wir|du|dir|dich|(?-i:Sie|Ihnen|I)|me|us|you|bitte|please)(?!\w)[^?:;.!\n]{{0,100}}?"
    rf"|(?:bitte )?{_TELL_DE}\s[^?:;.!\n]{{0,100}}?),\s{{1,4}}{_CLAUSE}",
    re.IGNORECASE,
)
REQUESTS = tuple(re.compile(rf"{form}{_LEAD_IN}{_CLAUSE}", re.IGNORECASE) for form in _CLAUSE_FRAMES)

# "Was mir noch fehlt: Womit …?": what precedes the mark leads to the question. "Ukraine-Krieg: Wie …?" does not.
LEADS = re.compile(
    rf"[^?:;\n]{{0,120}}\b(?:fehlt|lautet|interessier\w{{1,3}}|wissen|wüsste|frage|offen|unklar|bleibt|beschäftigt|wundert|geht|missing|wonder\w{{0,3}}|know"
    rf"|unclear|curious|question|puzzles)\b[^?:;\n]{{0,40}}?(?::|\s[–—])\s{{1,3}}(?P<question>(?:{ASKS['de']}|{ASKS['en']}).*\?.{{0,3}})",
    re.IGNORECASE,
)
# A sentence that tells what somebody wants to know or shall say: "Sie soll erklären, worauf …"
INDIRECT = re.compile(
    rf"[^?:;\n]{{0,200}}\b(?:wissen|weiß|erklären|erfahren|herausfinden|klären|verstehen|fragen?|fragt|interessier\w{{1,3}}|sagen|suchen?|frage"
    rf"|know|explain|learn|find out|understand|wonders?|wondering|asks?|asked|tell|question)\b[^?:;\n]{{0,60}}?"
    rf",?\s(?:und zwar\s)?(?P<clause>(?:{ASKS['de']}|{ASKS['en']})\s[^?:;\n]{{3,200}})$",
    re.IGNORECASE,
)
# Asks for help alone, and for nothing that an article could say.
FOR_HELP = re.compile(
    r"(?:(?:kann|könnte|können|könnten|kannst|könntest) (?:mir |uns |mir da |uns da )?(?:jemand|einer|sie|du|ihr)(?: (?:mir|uns|bitte|da|dabei|damit|hier|vielleicht|kurz)){0,4} (?:weiter)?helfen"
    r"|(?:hat|haben|hast|habt) (?:jemand|sie|du|ihr|hier jemand)(?: (?:vielleicht|dazu|da|eine|einen|irgendeine|was|etwas)){0,4} (?:idee|ahnung|tipps?|hinweise?|dazu|rat)"
    r"|(?:can|could|would) (?:you|anyone|anybody|someone|somebody)(?: (?:please|perhaps|maybe|kindly)){0,2} help(?: (?:me|us|out|here|with this|with that|please)){0,3}"
    r"|(?:any|got any) (?:ideas?|help|thoughts|hints?))\W{0,5}",
    re.IGNORECASE,
)

# -- requests, before a noun: "Nenne mir den Preis …"; the group is what is asked for

_TO_ME_DE = r"(?: (?:mir|uns|bitte|mal|doch|kurz und (?:knapp|bündig|präzise)|kurz|einmal|schnell))"
_SOMETHING_DE = r"(?:(?:etwas|was|alles|mehr|näheres|(?:\w{3,12} )?(?:informationen|infos|details|angaben|auskunft|fakten))(?: (?:über|zu|zum|zur|von|vom|bezüglich))\s)"
_SOMETHING_EN = r"(?:(?:something|anything|everything|more|all|a bit|(?:some |any |more )?(?:information|info|details|facts))? ?(?:about|on|regarding)\s)"
_NAMED_EN = r"(?=(?:the|a|an|all|one|two|three|four|five|some|at least)\s)"
NOUN_REQUESTS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?:bitte )?(?:nenne?|nennen Sie|erkläre|erklären Sie|beschreibe|beschreiben Sie|erläutere|erläutern Sie|gib|geben Sie){_TO_ME_DE}{{0,4}}\s{_SOMETHING_DE}?(.+)",
        rf"(?:bitte )?(?:erkläre?|sage?|sagen Sie|zeige?|zeigen Sie|verrate?|verraten Sie|liste?|listen Sie){_TO_ME_DE}{{1,4}}\s{_SOMETHING_DE}?(.+)",
        rf"(?:bitte )?(?:erzähle?|erzählen Sie|berichte|berichten Sie){_TO_ME_DE}{{0,4}}\s(?:{_SOMETHING_DE}|(?:von|über|vom)\s)(.+)",
        rf"(?:kannst|könntest|würdest) du{_TO_ME_DE}{{1,4}}\s{_SOMETHING_DE}?(.+?)\s(?:sagen|nennen|geben|erklären|verraten|zeigen|mitteilen|erzählen|beschreiben)\s?[?.!]*$",
        rf"(?:können|könnten|würden) Sie{_TO_ME_DE}{{1,4}}\s{_SOMETHING_DE}?(.+?)\s(?:sagen|nennen|geben|erklären|verraten|zeigen|mitteilen|erzählen|beschreiben)\s?[?.!]*$",
        rf"ich (?:suche|brauche|bräuchte|benötige|hätte gerne?|möchte|will)(?: (?:bitte|noch|gerne?)){{0,2}}\s{_SOMETHING_DE}(.+?)(?:\s(?:haben|wissen|erfahren|bekommen))?\s?[?.!]*$",
        r"(?:ich|wir) (?:suchen?|brauchen?|bräuchten?|benötigen?)(?: (?:bitte|noch|dringend|nur|mal|gerade)){0,2}\s((?:d(?:ie|en|as)|eine[n]?)\s(?!(?:antwort|auskunft|rückmeldung|hilfe|infos?)\b).+)",
        rf"ich (?:würde|möchte|will|wollte)(?: (?:gerne?|bitte|noch|einfach)){{0,3}}\s{_SOMETHING_DE}(.+?)\s(?:wissen|erfahren|lesen|haben)\s?[?.!]*$",
        rf"(?:please |pls |kindly ){{0,2}}(?:tell|show|give|get) (?:me|us)(?: please)?\s{_SOMETHING_EN}?(.+)",
        rf"(?:please |pls |kindly ){{0,2}}(?:name|list|state|provide|give|explain|describe)(?: me| us)?\s{_NAMED_EN}(.+)",
        rf"(?:can|could|would) you (?:please |kindly )?(?:tell|give|show|name|provide|list|explain|describe)(?: to)?(?: me| us)?\s{_SOMETHING_EN}?(.+)",
        r"was (?:kannst du|können Sie|weißt du|wissen Sie)(?: (?:mir|uns|alles|denn|so)){0,3} (?:über|zu|zum|zur|von|vom)\s(.+?)(?:\s(?:sagen|erzählen|berichten))?\s?[?.!]*$",
        r"what (?:can|could) you (?:tell|show) (?:me|us) (?:about|on|regarding)\s(.+)",
        r"what do you know (?:about|of)\s(.+)",
        rf"i(?:['’]m| am) looking for\s{_SOMETHING_EN}?(.+)",
        r"i (?:need|want)(?: some)? (?:information|info|details) (?:about|on|regarding)\s(.+)",
        rf"i(?:['’]d| would) (?:like|love) to (?:know|learn|hear|find out)\s{_SOMETHING_EN}(.+)",
    )
)

# -- what follows a question and has no content

_THANKS = (
    r"(?:danke(?: im voraus| schön| dir| ihnen)?|vielen dank(?: im voraus)?|thanks(?: a lot| in advance| so much)?"
    r"|thank you(?: very much| in advance| so much)?)"
)
ENDINGS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\s?[,–-]\s(?:{_THANKS}|bitte|please|pls)(?=\s?[?.!]*$)",
        r"(?<=\w)(?<!say)(?<!said)(?<!sagen)(?<!sagt)\s(?:bitte|please|pls)(?=\s?[?.!]*$)",
        rf"\s?,\s{_BRIEFLY}(?: (?:bitte|please|beantworten|antworten))?(?=\s?[?.!]*$)",
        rf"\s(?:bitte|please) {_BRIEFLY}(?=\s?[?.!]*$)",
        r"\s?,\s(?:ja|oder|gell|okay|ok|right|yes)(?=\s?\?+$)",
        r"\s?\((?:bitte|please|kurz|briefly|in (?:einem|one|two|zwei)|nur|mit|only|with)\b[^()\n]{0,60}\)(?=\s?[?.!]*$)",
    )
)
INNER_BITTE = re.compile(r"(?<=\w)\sbitte(?=\s\w)")

# -- sentences that are neither a question nor about its subject

PROMPT = re.compile(
    rf"(?:{_INSTRUCTS}|{_GREETING}|{_THANKS}|bitte|please|pls|keine|don['’]t|do not|be (?:brief|concise|precise)|halte dich"
    r"|keep|nenne|gib|zitiere|cite|quote|erfinde|wenn du|if you|sei |ich hoffe|i hope|ich habe (?:mal )?(?:eine|noch eine)"
    r"|i have (?:a|another|one)|can you help|können sie (?:mir )?helfen|kannst du (?:mir )?helfen|ich brauche (?:deine|ihre) hilfe"
    r"|i need (?:your )?help)\b",
    re.IGNORECASE,
)
# Nouns that name a way of talking, not its subject.
GENERIC = frozenset(
    "fall thema artikel text frage fragen recherche bericht beitrag geschichte sache zusammenhang moment bereich"
    " ahnung hilfe chef redaktion kollege kollegin jahr jahren zeit woche case topic article question story"
    " research example one".split()
)
ADVERBS = frozenset(
    "gestern heute leider kürzlich neulich vorhin derzeit momentan zurzeit aktuell inzwischen vielleicht"
    " natürlich bitte danke hallo bisher offenbar angeblich zuletzt bekanntlich jetzt nun dann damals dabei"
    " yesterday today recently lately currently apparently now perhaps maybe unfortunately then".split()
)
# A preposition before a name without an article: "in Altmoor".
BEFORE_NAMES = frozenset(
    "in aus bei nach von um zu für gegen über an zwischen at from near of about for on against".split()
)
