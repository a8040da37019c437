"""Patterns that attribute a statement to somebody, German and English, and words for media: data only."""

# ruff: noqa: E501 (patterns are easier to read whole)
from __future__ import annotations

import re

from qa.text.abbreviations import STARTERS
from qa.text.agencies import AGENCIES
from qa.text.dates import month_names, weekday_names
from qa.text.speech import FINITE

_CALENDAR = "|".join((*weekday_names("de"), *month_names("de")))
# Words that begin a sentence with a capital and name nobody.
_ADVERBS = frozenset(
    "Gestern Heute Morgen Insgesamt Gleichzeitig Unterdessen Jetzt Besonders Offiziell Ähnlich Außerdem Zugleich Zuvor Später Danach"
    " Inzwischen Mittlerweile Weiter Weiterhin Ferner Bisher Bislang Allein Mindestens Rund Knapp Zwei Drei Vier Fünf Sechs Sieben Acht"
    " Neun Zehn Elf Zwölf Hundert Tausende Hunderte Mehr Weniger Anschließend Schließlich Zunächst Daraufhin Hingegen Deshalb Trotzdem"
    " Dennoch Allerdings Wörtlich Konkret Ob Weil Obwohl Bereits Schon Sogar Sowohl Entsprechend Uns Unser Unsere Mein Meine Wer Ihnen"
    " Gemeinsam Einzelne Yesterday Today However Meanwhile But And In On At He She It They We".split()
)
_NO_CAP = rf"(?!(?:Anfang|Mitte|Ende|{_CALENDAR}|{'|'.join(sorted(STARTERS | _ADVERBS))})\b)"
_CAP = rf"[„“\"»«‚’]?{_NO_CAP}[A-ZÄÖÜ][\w’'./&-]*[“”\"«»‘]?"
_PARTICLE_OF_NAME = r"(?:al|bin|von|van|de|zu|der|den|ten)\s(?=[A-ZÄÖÜ])"
_DET = r"(?:[Dd](?:er|ie|as|en|em|es)|[Ee]ine[mnrs]?|[Ee]in|dessen|deren|sein(?:e[mnrs]?)?|ihr(?:e[mnrs]?)?|[Mm]ehrere[rn]?|[Ee]inige[rn]?|[Vv]iele[rn]?|[Vv]erschiedene[rn]?|[Bb]eide|[Tt]he|[Aa]n?|its|his|her|their)"
_ADJ = r"(?:[a-zäöüß]+(?:-[a-zäöüß]+)*(?:e[nrsm]?|er)|[A-ZÄÖÜ]{2,4}-[a-zäöüß]+)"
_NO_ADJ = r"(?!(?:oder|aber|unter|über|wurden?|waren?|haben|hatten|werden|seien|sollen|sagte|erklärte|wenn|seine|ihre|immer|wieder|heute|gestern|weiter|später|bisher|aller|daher|lieber|gegenüber|jedoch|eher|kurz|selbst|einen|einem|einer|eines|den|dem|des|keine[nrms]?|seine[nrms]?|ihre[nrms]?|diese[nrms]?|jede[nrms]?)\b)"
_PIECE = rf"{_CAP}(?:\s(?:(?:{_PARTICLE_OF_NAME})?{_CAP}|\([A-ZÄÖÜ][\w-]{{0,30}}\))){{0,6}}"
NP = (
    rf"(?:{_DET}\s)?(?:{_NO_ADJ}{_ADJ}\s){{0,3}}{_PIECE}"
    rf"(?:\s(?:des|der|vom|für|im|in|aus|bei|und|of|for|and|from|at)\s(?:(?:des|der|den|die|the|dem)\s)?(?:{_NO_ADJ}{_ADJ}\s){{0,2}}{_PIECE}){{0,3}}"
    rf"(?:,\s{_CAP}(?:\s{_CAP}){{1,3}}(?=[,.;:]|\s(?:sag|erkl|teil|mein|beton)))?"
)
_ADJ_E = rf"(?:{_NO_ADJ}(?:[a-zäöüß]+(?:-[a-zäöüß]+)*e|[A-ZÄÖÜ]{{2,4}}-[a-zäöüß]+e)\s)"
_ANY_ADJ = rf"(?:{_NO_ADJ}{_ADJ}\s)"
# In the nominative: "der dänische Minister", "die dänischen Minister", not "der dänischen Zeitung".
_PERSON = (
    rf"(?:[Dd](?:er|as)\s{_ADJ_E}{{0,3}}|(?:[Dd]ie|[Mm]ehrere|[Ee]inige|[Vv]iele|[Ee]ine?|[Tt]he|[Aa]n?)\s{_ANY_ADJ}{{0,3}}|{_ADJ_E}{{0,2}})"
    rf"{_PIECE}(?:\s(?:des|der|vom|von|für|im|in|aus|und|of|for|and|from)\s(?:(?:des|der|den|die|the|dem)\s)?{_ANY_ADJ}{{0,2}}{_PIECE}){{0,3}}"
    rf"(?:,\s{_CAP}(?:\s{_CAP}){{1,3}})?"
)

REPORTS = (
    r"(?:Angaben?|Aussagen?|Auskunft|Auskünften|Einschätzung(?:en)?|Schätzung(?:en)?|Ansicht|Meinung|Darstellung|Informationen|Worten?"
    r"|Berechnung(?:en)?|Erkenntnissen|Überzeugung|Auffassung|Mitteilung(?:en)?|Berichte?n?|Bericht(?:es|s)|Medienberichte?n?|Meldung(?:en)?"
    r"|Studien?|Umfragen?|Statistik(?:en)?|Untersuchung(?:en)?|Erhebung(?:en)?|Analysen?|Gutachtens?|Aufzeichnungen|Daten|Zahlen|Prognosen?|Aussendung|Aussagen)"
)
# Behind "laut", "nach" or before "zufolge": the report, and whose it is ("Auskunft dänischer Abgeordneter").
_WHOSE = rf"(?:{_DET}\s)?(?:{_NO_ADJ}{_ADJ}\s){{0,2}}{REPORTS}\s(?:(?:von|vom|des|der|durch|aus|aus dem|eines|einer)\s(?:(?:der|des|dem|den)\s)?|(?=[a-zäöüß-]{{3,}}er\s{_CAP}))"
# Verbs that say little without a word behind them: "teilte … mit", "gab … bekannt".
_PARTICLE = (
    r"(?:(?:teil(?:t|te|ten|en))(?=\b[^.;:]{0,120}\bmit\b)|g(?:i|a|e)b(?:t|en)?(?=\b[^.;:]{0,120}\b(?:an|bekannt|zu Protokoll|zu bedenken)\b)|geb(?:en)(?=\b[^.;:]{0,80}\ban\b)"
    r"|kündig(?:t|te|ten)(?=\b[^.;:]{0,160}\ban\b)|räum(?:t|te|ten)(?=\b[^.;:]{0,120}\bein\b)|füg(?:t|te|ten)(?=\b[^.;:]{0,80}\bhinzu\b)"
    r"|stell(?:t|te|ten)(?=\b[^.;:]{0,80}\b(?:klar|fest)\b)|w(?:ie|ei)s(?:t|en)?(?=\b[^.;:]{0,160}\b(?:zurück|hin|darauf)\b)|warf(?:en)?(?=\b[^.;:]{0,160}\bvor\b)|wirft(?=\b[^.;:]{0,160}\bvor\b)"
    r"|hob(?:en)?(?=\b[^.;:]{0,120}\bhervor\b)|rief(?:en)?(?=\b[^.;:]{0,120}\bauf\b)|geh(?:t|en)(?=\b[^.;:]{0,60}\bdavon aus\b)|ging(?:en)?(?=\b[^.;:]{0,60}\bdavon aus\b)"
    r"|rechne(?:t|te|ten|n)(?=\b[^.;:]{0,40}\b(?:mit|damit)\b)|spr(?:a|i)ch(?:t|en)?(?=\b[^.;:]{0,80}\b(?:von|davon|sich)\b)|verw(?:ie|ei)s(?:t|en)?(?= auf| darauf)|äußer(?:t|te|ten)(?= sich)"
    r"|erwarte(?:t|te|ten|n)(?! sich)|zitier(?:t|te|ten|en)|nann(?:te|ten)|nennt|bezeichne(?:t|te|ten|n))"
)
_PLAIN = (
    rf"(?:(?:{'|'.join((*FINITE['de'], *FINITE['en']))})\b(?! sich)|unterstr(?:ei|i)ch(?:t|en)?|twitter(?:t|te|ten)|prognostizier(?:t|te|ten)|glaub(?:t|te|ten|en)|lob(?:t|te|ten)|argumentier(?:t|te|ten|en)|plädier(?:t|te|ten|en)"
    r"|beklag(?:t|te|ten|en)|bedauer(?:t|te|ten|n)|appellier(?:t|te|ten)|enthüll(?:t|te|ten)|bekräftig(?:t|te|ten|en)|verkünde(?:t|te|ten|n)|konstatier(?:t|te|ten)|resümier(?:t|te|ten)|widersprach(?:en)?"
    r"|kommentier(?:t|te|ten|en)|spekulier(?:t|te|ten|en)|(?:be)?fürchte(?:t|te|ten|n)|r(?:ä|ie)t(?:en)?|entgegne(?:t|te|ten|n)|urteil(?:t|te|ten|en)|mahn(?:t|te|ten|en)"
    r"|beschuldig(?:t|te|ten|en)|begrüß(?:t|te|ten|en)|verurteil(?:t|te|ten|en)|beanstande(?:t|te|ten|n)"
    r"|charakterisier(?:t|te|ten)|verspr(?:a|i)ch(?:t|en)?|h(?:ä|ie)lt(?=\b[^.;:]{0,80}\bfür\b)|verteidig(?:t|te|ten|en)|präzisier(?:t|te|ten)|kontert(?:e|en)?|wunder(?:t|te|ten)(?= sich)|estimates)"
)
_VERB = rf"(?:{_PARTICLE}|{_PLAIN})"
# Verbs that may come before their speaker; others mostly have their object there ("kritisierte die Pläne").
_OBJECT_BEHIND = re.compile(r"kritisier|begründe|dementier|bestr[ei]")
_FIRST_PLAIN = "|".join(form for form in (*FINITE["de"], *FINITE["en"]) if not _OBJECT_BEHIND.match(form))
_FIRST = (
    rf"(?:(?:{_FIRST_PLAIN})\b(?! sich)|twitter(?:t|te|ten)|prognostizier(?:t|te|ten)|argumentier(?:t|te|ten)|enthüll(?:t|te|ten)|verkünde(?:t|te|ten)"
    r"|konstatier(?:t|te|ten)|resümier(?:t|te|ten)|entgegne(?:t|te|ten)|urteil(?:t|te|ten)|mahn(?:t|te|ten)|kritisier(?:t|te|ten)(?=[^.;:]{0,60}[,:.])"
    r"|teil(?:t|te|ten)(?=\b[^.;:]{0,120}\bmit\b)|g(?:i|a)b(?:t|en)?(?=\b[^.;:]{0,120}\b(?:an|bekannt|zu Protokoll|zu bedenken)\b)|kündig(?:t|te|ten)(?=\b[^.;:]{0,160}\ban\b)"
    r"|räum(?:t|te|ten)(?=\b[^.;:]{0,120}\bein\b)|füg(?:t|te|ten)(?=\b[^.;:]{0,80}\bhinzu\b)|stell(?:t|te|ten)(?=\b[^.;:]{0,80}\b(?:klar|fest)\b)"
    r"|äußer(?:t|te|ten)(?= sich)|spr(?:a|i)ch(?:t|en)?(?=\b[^.;:]{0,80}\b(?:von|davon)\b)|geh(?:t|en)(?=\b[^.;:]{0,60}\bdavon aus\b)|rechne(?:t|te|ten|n)(?=\b[^.;:]{0,40}\b(?:mit|damit)\b))"
)
# Behind a verb, what is said: a clause, a quotation, a number.
_SAID = r"(?=[^.;!?]{0,200}(?:[,:]\s|[„“\"»]|\d))"
_PERFECT = r"(?:gesagt|erklärt|berichtet|bestätigt|mitgeteilt|gewarnt|angekündigt|gefordert|geschrieben|beobachtet|behauptet|eingeräumt|betont|angegeben|bekannt ?gegeben|said|reported|confirmed|warned)"

# Rule -> pattern with the group "np"; the order is that of trust.
RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "berufung",
            rf"\b(?:[Uu]nter Berufung auf|[Bb]er(?:uft|ufen|ief|iefen) sich(?: \w+)? auf|[Mm]it Verweis auf|citing)\s(?P<np>{NP})",
        ),
        ("laut", rf"\b[Ll]aut\s(?:{_WHOSE})?(?P<np>(?:{NP}))"),
        ("nach", rf"\b[Nn]ach\s(?:{_WHOSE})(?P<np>{NP})"),
        (
            "nach",
            rf"\b[Nn]ach\s(?P<np>(?:(?!eigene[nr]?\b|diese[nr]?\b|ersten\b|weiteren\b|neuen\b|bisherigen\b|vorläufigen\b|seine[rn]?\b|ihre[rn]?\b|allen\b){_ADJ}\s[\w-]*|[\w-]{{2,}})(?i:angaben|informationen|schätzungen|einschätzung|berichten|auskunft|darstellung))\b(?!\s(?:der|des|von|vom|aus))",
        ),
        ("zufolge", rf"(?<![\w-])(?:{_WHOSE})?(?P<np>{NP})\szufolge\b"),
        (
            "according",
            r"\b[Aa]ccording to\s(?P<np>[^,.;:]{3,80}?)(?=[,.;:]|\s(?:and|that|who|was|were|is|are|has|had)\b|$)",
        ),
        (
            "wie",
            rf"\b[Ww]ie\s(?P<np>{_PERSON})(?:,\s{_CAP}(?:\s{_CAP}){{0,3}},)?,?\s{{1,2}}(?:[\w.]+\s){{0,6}}?(?:berichte\w*|melde\w*|schr(?:ei|ie)b\w*|mitteil\w*|erklär\w*|sag\w*|beton\w*|bestätig\w*|bekannt\w*|ankündig\w*|zitier\w*|äußer\w*|schilder\w*|formulier\w*|ausdrück\w*)\b",
        ),
        ("wie aus", rf"\b[Ww]ie aus\s(?P<np>{NP})\s(?:[\w.]+\s){{0,4}}?(?:hervorg\w+|verlautet\w*)"),
        (
            "so",
            rf"(?:,|[“”\"«»‘](?:,)?)\s?so\s(?P<np>{_PERSON})(?=[,.;:!?]|\s(?:weiter|in|am|gegenüber|zu|bei|im|heute|gestern|nach|auf|vor|über|dazu|wörtlich|abschließend)\b|$)",
        ),
        (
            "source",
            r"(?<![\w-])(?P<np>[\w-]*(?:[Bb]riefing|[Bb]ericht|[Ss]tudie|[Mm]itteilung|[Aa]ngabe|[Uu]mfrage|[Ss]tatistik|[Ss]chreiben))\b[^,.;]{0,40},\s(?:wo|in dem|in der|wonach|laut dem|laut der|demzufolge)\b",
        ),
        (
            "rede",
            r"\b(?:[Ii]n|[Aa]us)\s(?P<np>(?:[a-zäöüß-]+en\s){0,2}[A-ZÄÖÜ][\w-]*[Kk]reisen)\s(?:ist|war|sind|hieß|verlautete|wird|wurde)\b",
        ),
        (
            "stammt",
            rf"\b(?:[Dd]iese|[Dd]ie)\s(?:Informationen|Angaben|Zahlen?|Schätzung(?:en)?|Daten)\s(?:stamm(?:t|en)|komm(?:t|en))\s(?:aus|von)\s(?:(?:einem|einer)\s[\w-]+\s(?:des|der|von)\s)?(?P<np>{NP})",
        ),
        (
            "sagte X",
            rf"(?:(?<=[“”\"«»,‘])\s?|(?<=,\s)|(?<=[“”\"«»‘]\s)|^(?:[Dd]as|[Dd]ies|[Ss]o|[Dd]abei|[Dd]azu|[Zz]udem|[Aa]ußerdem|[Zz]uvor|[Ii]nsgesamt)?\s?|(?<=–\s)|(?<=-\s)){_FIRST}\s(?:(?:am\s\w+tag(?:abend|morgen)?|am\sMittwoch(?:abend|morgen)?|dazu|dabei|heute|gestern|auch|etwa|zuletzt|bereits|hingegen|dagegen|zuvor)\s){{0,2}}(?P<np>{_PERSON})",
        ),
        (
            "X sagte",
            rf"(?:^|(?<=[,;:–]\s)|(?<=[“”\"»«]\s)|(?<=\b[Dd]ass\s)|(?<=\b[Uu]nd\s)|(?<=\b[Dd]och\s)|(?<=\b[Aa]uch\s)|(?<=\b[Aa]ber\s))(?P<np>{_PERSON})(?:,\s[^,]{{3,80}},|\s\([^)]{{1,30}}\))?\s{_VERB}\b{_SAID}",
        ),
        (
            "sagte X",
            rf"(?:^|(?<=\s)){_FIRST}\s(?:sich\s|auch\s|etwa\s)?(?P<np>{_PERSON})(?:\s(?!auf\b|zu\b)[^.,:;„“]{{0,60}})?(?::|,\s(?:dass|er|sie|es|man|that)\b)",
        ),
        (
            "meint",
            rf"(?:^|(?<=[,;:–]\s))(?P<np>{_PERSON})\s(?:ist|sind|war|waren|vertritt|vertreten|vertrat)\s(?:\w+\s){{0,3}}(?:der|die)\s(?:Meinung|Ansicht|Auffassung|Überzeugung)\b",
        ),
        (
            "X hat gesagt",
            rf"(?:^|(?<=[,;:–]\s)|(?<=\b[Aa]uch\s))(?P<np>{_PERSON})\s(?:hat|haben|hatte|hatten|habe|has|have|had)\s(?:[^.;:,]{{0,120}}\s)?{_PERFECT}\b",
        ),
        (
            "X hat gesagt",
            rf"\b(?:hat|haben|hatte|hatten|habe)\s(?P<np>{_PERSON})\s(?:[^.;:,]{{0,80}}\s)?{_PERFECT}\b(?=[,.:]|$)",
        ),
    )
)
# A sentence that attributes the one before it.
POINTS_BACK = re.compile(
    r"[“”\"«»„]?(?:Das|Dies|So|Diese (?:Zahl\w*|Angabe\w*|Information\w*|Schätzung\w*)|Die Zahl\w*|Die Angabe\w*|That|This|These (?:figures|numbers))\s"
    r"(?:sagt|erklär|teil|bericht|meld|beton|schr|äußer|kündig|g[ai]b|stamm|komm|bestätig|geht|ging|nann|said|is what|come|wurde)"
)
CONTINUES = re.compile(r"\b(?:[Dd]emnach|[Dd]emzufolge|[Dd]anach)\b")
PRONOUN = re.compile(
    r"(?:(?<=[“”\"«»,‘])\s?|^)(?:so\s|sagt?e?\s|meinte?\s|erklärte?\s|betonte?\s)(?:er|sie|he|she)\b|^(?:Er|Sie|He|She)\s(?:\w+\s)?(?:sagt|erklärt|beton|mein|füg|said|added)"
)
MEDIUM = re.compile(
    r"[\w-]*(?:[Zz]eitung|[Tt]ageszeitung|[Mm]agazin|[Nn]achrichtenagentur|[Aa]gentur|[Ss]ender|[Rr]undfunk|[Ff]ernsehen|[Bb]latt|[Rr]adio|[Pp]ortal|[Nn]ewspaper|[Mm]agazine|[Aa]gency|[Bb]roadcaster|[Nn]achrichten)\b"
    rf"|\b(?:{AGENCIES}|ZDF|ARD|ORF|SRF|RTL|CNN|BBC|NBC|CBS|ABC|Al[ -]Jazeera|Spiegel|Stern|Focus|Bild"
    r"|Times|Post|Guardian|Journal|Standard|Presse|Kurier|Krone|Herald|Tribune|Le Monde|Figaro|Welt|FAZ|Bloomberg|Economist|Handelsblatt|t-online|Twitter)\b"
)
NO_SPEAKER = re.compile(
    r"(?:[Dd](?:as|ies)|[Dd]em|[Dd]er|[Dd]ie|Es|Man|Wir|Ich|Sie|Er|Gesetz|Plan|Uhr|Das|In|Im|Am|Bei|Nach|Mit|Für|Auch|Wenn|Doch|Dabei|Dort|Hier|Nun|So|Und|Aber|Als|Seit|Vor|Zu|Um|Auf|An|Aus|Ob|Dass"
    rf"|{_CALENDAR})"
)
