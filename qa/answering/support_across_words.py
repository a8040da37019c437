"""German and English words that `support_across` compares: each line is one meaning, or one class, in both.

Names are listed only where the two languages write them so differently that one does not hold the other.
"""

from __future__ import annotations

from qa.answering.support_words import INTENTIONS

# Names and what is made of them. A name of more than one word is given by its first word.
NAMES = tuple(
    frozenset(line.split())
    for line in (
        "germany german germans deutschland deutsch deutsche deutschen deutscher deutsches",
        "austria austrian austrians österreich österreichisch österreichische österreichischen österreicher",
        "switzerland swiss schweiz schweizer schweizerisch schweizerische schweizerischen",
        "france french frankreich französisch französische französischen franzosen",
        "italy italian italians italien italienisch italienische italienischen italiener",
        "spain spanish spanien spanisch spanische spanischen spanier",
        "netherlands dutch holland niederlande niederlanden niederländisch niederländische niederländischen",
        "belgium belgian belgien belgisch belgische belgischen",
        "denmark danish dänemark dänisch dänische dänischen",
        "sweden swedish schweden schwedisch schwedische schwedischen",
        "norway norwegian norwegen norwegisch norwegische norwegischen",
        "finland finnish finnland finnisch finnische finnischen",
        "poland polish polen polnisch polnische polnischen",
        "hungary hungarian ungarn ungarisch ungarische ungarischen",
        "czech tschechien tschechisch tschechische tschechischen",
        "greece greek griechenland griechisch griechische griechischen",
        "turkey turkish türkei türkisch türkische türkischen",
        "russia russian russians russland russisch russische russischen russen",
        "ukraine ukrainian ukrainians ukrainisch ukrainische ukrainischen ukrainer",
        "britain british großbritannien britisch britische britischen briten",
        "england english englisch englische englischen engländer",
        "scotland scottish schottland schottisch schottische schottischen",
        "ireland irish irland irisch irische irischen",
        "europe european europeans europa europäisch europäische europäischen europäer",
        "america american americans us usa amerika amerikanisch amerikanische amerikanischen amerikaner",
        "united vereinigte vereinigten vereinten vereinte",
        "china chinese chinesisch chinesische chinesischen",
        "japan japanese japanisch japanische japanischen",
        "korea korean koreans nordkorea südkorea nordkoreanisch nordkoreanische nordkoreanischen nordkoreaner"
        " nordkoreanern südkoreanisch südkoreanische südkoreanischen südkoreaner",
        "syria syrian syrien syrisch syrische syrischen",
        "egypt egyptian ägypten ägyptisch ägyptische ägyptischen",
        "israel israeli israelisch israelische israelischen",
        "munich münchen", "cologne köln", "nuremberg nürnberg", "hanover hannover", "vienna wien",
        "zurich zürich", "geneva genf", "rome rom", "milan mailand", "venice venedig", "naples neapel",
        "florence florenz", "paris pariser", "brussels brüssel", "copenhagen kopenhagen", "warsaw warschau",
        "prague prag", "moscow moskau", "kyiv kiev kiew", "beijing peking", "lisbon lissabon", "athens athen",
        "bavaria bavarian bayern bayerisch bayerische bayerischen", "saxony sachsen", "hesse hessen",
        "thuringia thüringen", "lower niedersachsen", "rhine rhein", "danube donau", "baltic ostsee",
        "north northern nord nördlich nördliche nördlichen", "south southern süd südlich südliche südlichen",
        "east eastern ost östlich östliche östlichen", "west western westlich westliche westlichen",
        "greens grüne grünen", "left linke linken", "eu union",
    )
)  # fmt: skip
# Capitalised in English before a name; German has other words for them, or the same.
TITLES = frozenset(
    "mr mrs ms dr mayor president chancellor minister captain director professor king queen prince princess"
    " pope general colonel judge senator lord lady sir saint st chairman chairwoman secretary".split()
)
DAYS = tuple(
    frozenset(line.split())
    for line in (
        "montag monday", "dienstag tuesday", "mittwoch wednesday", "donnerstag thursday", "freitag friday",
        "samstag sonnabend saturday", "sonntag sunday", "heute today", "gestern yesterday", "morgen tomorrow",
    )
)  # fmt: skip
NUMERALS = tuple(
    frozenset(line.split())
    for line in (
        "beide beiden beider both two", "dutzend dutzende dutzenden dozen dozens", "hälfte half halbe halben",
        "drittel third", "viertel quarter", "fünftel fifth", "doppelt doppelte double twice",
        "hunderte hunderten hundreds", "tausende tausenden thousands", "millionen millions",
        "milliarden billions", "alle sämtliche jede jeder jedes jeden all every each", "viele zahlreiche"
        " many numerous",
        "meisten most", "mehrheit majority", "mehrere einige several some",
    )
)  # fmt: skip
UNITS = tuple(
    frozenset(line.split())
    for line in (
        "prozent % percent cent prozentpunkte prozentpunkten", "euro euros €", "dollar dollars $",
        "pfund pound pounds £", "franken francs", "kilometer kilometern kilometre kilometres kilometers",
        "meter metern metre metres meters", "zentimeter zentimetern centimetre centimetres centimeters",
        "meile meilen mile miles", "kilo kilogramm kilogram kilograms", "tonne tonnen tonnes tons",
        "liter litern litre litres liters", "jahr jahre jahren year years", "monat monate monaten month"
        " months",
        "woche wochen week weeks", "tag tage tagen day days", "stunde stunden hour hours",
        "minute minuten minutes", "sekunde sekunden second seconds", "grad degree degrees",
        "hektar hectare hectares", "megawatt", "kilowatt",
    )
)  # fmt: skip
PARTS_OF_DAYS = (
    "abend",
    "morgen",
    "mittag",
    "nachmittag",
    "vormittag",
    "nacht",
    "s",
)  # "Sonntagabend", "samstags"
# Prepositions by what they say of a place.
PLACES = (
    frozenset("from aus off".split()),
    frozenset("to into nach".split()),
    frozenset("in at near on bei auf vor im am".split()),
)
# What is only wanted or planned, and what is expected.
WANTED = {
    "de": INTENTIONS["de"] | frozenset("geplante geplanten hofft hoffen hoffte hofften".split()),
    "en": INTENTIONS["en"] | frozenset("plans plan intend hope".split()),
}
EXPECTED = frozenset(
    "rechnet rechnen rechnete voraussichtlich erwartet erwarten dürfte fürchtet fürchten"
    " suspects suspect believed feared fears told asked advises advised criticised criticized accused"
    " admitted".split()
)
# Bounds of a number, by what they say; prepositions such as "um" and "to" are left out.
BOUNDS = (
    ("least", frozenset("mindestens least".split())),
    ("most", frozenset("höchstens maximal most".split())),
    ("over", frozenset("über mehr over more".split())),
    ("under", frozenset("unter weniger knapp under less fewer".split())),
    ("about", frozenset("rund etwa fast beinahe gut about around nearly almost up".split())),
)
# Sides of an opposition; words of one cannot stand for those of the other.
OPPOSITES = tuple(
    tuple(frozenset(side.split()) for side in line.split("|"))
    for line in (
        "stieg stiegen steigt steigen gestiegen anstieg zugenommen wuchs gewachsen erhöht erhöhte rose"
        " rise rises"
        " risen increased grew grown raised"
        "|sank sanken sinkt sinken gesunken fiel fielen gefallen rückgang gesenkt verringert gedrosselt"
        " fell fall"
        " falls fallen decreased dropped declined sank reduced",
        "öffnet öffnete geöffnet eröffnet eröffnete freigegeben opened opens open reopened"
        "|schließt schloss geschlossen schließen schließung gesperrt closed closes close shut",
        "kauft kaufte gekauft erwarb erworben bought buys buy purchased"
        "|verkauft verkaufte verkaufen sold sells sell",
        "zugestimmt stimmte angenommen billigte genehmigt genehmigte bewilligt bewilligte approved"
        " accepted backed"
        " passed granted"
        "|abgelehnt lehnte ablehnung gekippt untersagt gestrichen rejected rejects refused turned",
        "gewann gewonnen gewinnt sieg siegte won wins win beat victory success erfolg"
        "|verlor verloren verliert niederlage unterlag lost loses lose defeat mistake fehler",
        "mehr more|weniger less fewer",
        "höher higher hohe hohen high|niedriger niedrige niedrigen lower low geringer",
        "größer größte größten larger bigger largest biggest|kleiner kleinste kleinsten smaller smallest",
        "teuer teure teurer teuren expensive dearer|billig billige billiger billigen günstiger cheap cheaper",
        "neu neue neuen neuer neues new|alt alte alten alter altes old",
        "jung junge jungen younger young|alt alte alten older",
        "erste ersten erster first|letzte letzten letzter last",
        "festgenommen verhaftet verhaftete arrested detained|freigelassen released freed",
        "begann beginnt begonnen beginnen startet startete began begins begin started starts resume resumes"
        "|endet endete beendet enden ended ends end stopped",
        "erlaubt erlaubte allowed allows|verboten verbot verbietet banned bans forbidden",
        "starb starben gestorben sterben tot tote getötet died die dead killed deaths"
        "|überlebte überlebt überlebten survived survives survive",
        "freispruch freigesprochen acquitted|verurteilt verurteilte convicted sentenced",
        "bestätigt bestätigte confirmed|bestritten bestritt dementiert dementierte denied",
        "weil wegen aufgrund because|obwohl trotz although despite",
        "gegen against|für for pro",
        "vor before|nach after",
        "entlässt entlassen entließ dismissed sacked laying|stellt einstellen eingestellt hiring hired hires",
        "zahlt zahlte zahlen pays paid pay|bekommt bekam erhält erhielt receives received receive gets got",
        "bleibt bleiben blieb erhalten remain remains remained kept keep|verlässt verlassen schließt"
        " leave leaves"
        " left closed",
        "abgesagt ausgefallen gestrichen cancelled canceled failed|gefeiert findet fand celebrated"
        " repaired repariert",
        "sommer summer|winter",
        "tag day|nacht night",
        "mutter mother|vater father",
        "mann männer man men|frau frauen woman women",
        "sohn son|tochter daughter",
        "bruder brother|schwester sister",
        "links left|rechts right",
        "regen rain|schnee snow",
        "gut gute guten guter gutes good great|schlecht schlechte schlechten schlechter bad terrible",
        "rät advises ab warns warned warnt|empfiehlt recommends recommended",
    )
)
