"""Words by which `support` compares sentences, German and English: data only.

Words are folded. What `statement_words` lists as equal is not repeated here: those lines hold in every
sentence, these only say that a word may stand for another without a new fact.
"""

from __future__ import annotations

from qa.text import speech
from qa.text.dates import weekday_names

NEGATIONS = {
    "de": frozenset(
        "nicht nie niemals nirgends nirgendwo ohne weder niemand niemanden niemandem nichts keinerlei"
        " keineswegs kaum kein keine keinen keinem keiner keines".split()
    ),
    "en": frozenset("not no never without none nobody nothing nor neither hardly cannot".split()),
}
# A statement that somebody else answers for, or that is uncertain. One word of any kind in the generated
# sentence is enough.
HEDGES = {
    "de": frozenset(
        "soll sollen sollte sollten offenbar offensichtlich angeblich mutmaßlich mutmaßliche mutmaßlichen"
        " mutmaßlicher vermutlich wohl möglicherweise vielleicht wahrscheinlich womöglich anscheinend"
        " scheinbar laut zufolge angaben könnte könnten dürfte dürften würde würden demnach berichten"
        # Konjunktiv I, as far as it cannot be an indicative
        " sei seien habe werde könne müsse dürfe wolle solle gebe komme gehe stehe bleibe liege lasse"
        " wisse bekomme"
        " erwartet erwarten hofft hoffen hoffte befürchtet befürchten schätzt schätzte schätzen vermutet"
        " glaubt glauben meint ansicht meinung schätzung vermutung offen ob wenn falls".split()
    ),
    "en": frozenset(
        "reportedly allegedly apparently may might could would probably perhaps possibly likely seemingly"
        " according alleged suspected presumably supposedly expects expected hopes believes thinks estimates"
        " fears if whether".split()
    ),
}
# Verbs and prepositions by which a text says who says it.
SPEECH = {
    "de": speech.STATES["de"]
    | frozenset(
        "gesagt teilte teilten mitteilte mitteilten mitgeteilt äußerte äußerten räumte versicherte kündigte"
        " kritisierte zufolge laut".split()
    ),
    "en": speech.STATES["en"] | frozenset("states warns writes according".split()),
}
# What is only wanted or planned. It may neither appear nor vanish.
INTENTIONS = {
    "de": frozenset(
        "will wollen wollte wollten möchte möchten plant planen plante planten geplant beabsichtigt".split()
    ),
    "en": frozenset("wants want wanted planned intends intended hopes hoped".split()),
}
NEARLY = {
    "de": frozenset("beinahe fast nahezu".split()),
    "en": frozenset("almost nearly".split()),
}
# Bounds of a number: they may neither appear nor vanish, nor "auf" become "um". "Rund" may appear.
BOUNDS = {
    "de": frozenset(
        "mindestens höchstens über unter mehr weniger bis knapp gut rund etwa fast beinahe maximal um auf"
        " vor nach ab seit".split()
    ),
    "en": frozenset(
        "least most over under more fewer less up about around nearly almost by to before after since"
        " from".split()
    ),
}
WEAKER = frozenset("etwa rund about around".split())
# The end of a bound of several words: "mehr als", "bis zu", "at least", "no more than".
BOUND_ENDS = frozenset("als zu than to".split())
# Numbers in words that `statement_tokens` does not read.
NUMERALS = {
    "de": frozenset(
        "beide beiden beider dutzend dutzende dutzenden hälfte drittel viertel fünftel halbe halben doppelt"
        " doppelte dreifach hunderte hunderten tausende tausenden millionen milliarden einzige einziger"
        " alle sämtliche viele wenige einige mehrere zahlreiche jeder jede jedes meisten mehrheit".split()
    ),
    "en": frozenset(
        "both dozen dozens half third quarter double twice triple hundreds thousands millions billions all"
        " many few several most every majority only".split()
    ),
}
DAYS = frozenset("heute gestern morgen vorgestern übermorgen today yesterday tomorrow".split()) | {
    name.casefold() for name in (*weekday_names("de"), *weekday_names("en"))
}
UNITS = frozenset(
    "prozent prozentpunkte prozentpunkten prozentpunkt euro dollar us-dollar franken pfund £ cent kilometer"
    " meter metern meters metres kilometre miles mile kilogramm gramm tonnen tonne liter litern jahre jahren"
    " jahr monate monaten monat wochen woche tage tagen tag stunden stunde minuten minute sekunden years year"
    " months month weeks week days day hours hour minutes minute seconds percent points tonnes tons pounds"
    " grad degrees uhr kilowatt megawatt gigawatt quadratmeter hektar hectares acres".split()
)
# Subjects that are no nouns.
SUBJECTS = {
    "de": frozenset(
        "er sie es das dies diese dieser dieses man wir ich ihr niemand jemand alle viele einige manche"
        " mehrere beide wer was etwas nichts alles keiner keine kein jeder jede der die einer eine eines"
        " hunderte tausende dutzende hier dort da".split()
    ),
    "en": frozenset(
        "he she it they this that these those we i you nobody somebody someone everyone all many some few"
        " several both who what nothing everything none there one".split()
    ),
}
# Finite forms of auxiliaries and modal verbs; no statement begins with one.
FINITE = {
    "de": frozenset(
        "ist sind war waren hat haben hatte hatten wird werden wurde wurden will wollen wollte wollten soll"
        " sollen sollte sollten kann können konnte konnten muss müssen musste mussten darf dürfen durfte"
        " durften könnte könnten dürfte dürften würde würden sei seien habe werde".split()
    ),
    "en": frozenset(
        "is are was were has have had will would can could may might must shall should do does did".split()
    ),
}
PASSIVE = {
    "de": frozenset("wird werden wurde wurden worden".split()),
    "en": frozenset("is are was were been being be".split()),
}
AGENT = {"de": frozenset("von vom durch".split()), "en": frozenset(["by"])}
THAN = {"de": "als", "en": "than"}
# Neither names nor facts: a generated sentence may add them.
GENERIC = {
    "de": frozenset(
        "artikel artikeln bericht berichten text texten angabe angaben zahl anzahl fall laut zufolge person"
        " personen mensch menschen jahr jahre jahren tag tage ort höhe insgesamt demnach jedoch allerdings"
        " außerdem zudem dabei sowie betragen beträgt betrug liegt lag liegen handelt befindet befinden"
        " genannt erwähnt gemäß rahmen ereignis ereignisse name namen namens heißt hieß grund gründe gründen"
        " ziel sowie bereits insgesamt dadurch hierbei dafür ansicht meinung schätzung vermutung".split()
    ),
    "en": frozenset(
        "article articles report reports text passage number amount total person people year years day days"
        " place case name named called also however according reason reasons located event there".split()
    ),
}
# Names that have an article, so that it does not make a common noun of them.
WITH_ARTICLE = frozenset(
    "schweiz türkei ukraine slowakei mongolei niederlande niederlanden usa vatikan iran irak libanon sudan"
    " jemen kongo tschad krim pfalz saar elsass balkan kosovo bundesrepublik rhein donau elbe oder weser main"
    " mosel neckar isar spree ruhr".split()
)
# Endings of common nouns that may stand without an article.
COMMON_ENDINGS = (
    "ung", "ungen", "heit", "heiten", "keit", "keiten", "schaft", "schaften", "tion", "tionen", "ität",
    "täten", "ismus", "innen", "igen", "enden", "ierung",
)  # fmt: skip
# Words of which those on one side of a line cannot stand for those on the other; only these forms count.
OPPOSITES = {
    "de": (
        "stieg steigt gestiegen steigen anstieg zunahm zugenommen wuchs gewachsen erhöht erhöhte"
        "|sank sinkt gesunken sinken fiel gefallen rückgang abgenommen gesenkt verringert",
        "öffnet öffnete geöffnet eröffnet eröffnete|schließt schloss geschlossen schließen schließung",
        "kauft kaufte gekauft erwarb erworben|verkauft verkaufte verkaufen",
        "zugestimmt stimmte zustimmung angenommen beschloss beschlossen billigte genehmigt genehmigte"
        "|abgelehnt lehnte ablehnung gekippt untersagt",
        "gewann gewonnen gewinnt sieg siegte|verlor verloren verliert niederlage unterlag",
        "mehr|weniger",
        "höher|niedriger geringer",
        "größer|kleiner",
        "teurer|billiger günstiger",
        "neue neuen neuer neues|alte alten alter altes",
        "junge jungen junger|alte alten alter",
        "erste ersten erster|letzte letzten letzter",
        "festgenommen nahm verhaftet verhaftete|freigelassen ließ freilassung",
        "begann beginnt begonnen startet startete|endet endete beendet",
        "weil wegen aufgrund|obwohl trotz",
        "erlaubt erlaubte|verboten verbot verbietet",
        "starb gestorben starben tot tote getötet|überlebte überlebt überlebten",
        "freispruch freigesprochen|verurteilt verurteilte",
        "bestätigt bestätigte|bestritten bestritt dementiert dementierte",
        "künftig|nie bisher früher",
        "frei|besetzt",
    ),
    "en": (
        "rose rise rises risen increased grew grown increase|fell fall falls fallen decreased dropped decline"
        " declined sank",
        "opened opens open|closed closes close shut",
        "bought buys buy purchased|sold sells sell",
        "approved accepted backed passed|rejected rejects turned refused",
        "won wins win beat victory|lost loses lose defeat",
        "more|less fewer",
        "higher|lower",
        "larger bigger|smaller",
        "new|old",
        "young|old",
        "first|last",
        "arrested detained|released freed",
        "began begins started|ended ends",
        "because|although despite",
        "allowed allows|banned bans",
        "died killed dead|survived survives survive",
        "acquitted|convicted",
        "confirmed|denied",
        "before|after",
    ),
}
# Words that may stand for each other without a new fact.
NEAR = {
    "de": (
        "tot tote toten starb starben gestorben getötet leben todesopfer umgekommen kamen tödlich",
        "verletzte verletzten verletzt verletzungen",
        "sagte erklärte mitteilte teilte mitgeteilt äußerte betonte berichtete meldete angaben laut zufolge"
        " sagt gesagt",
        "kostete kostet kosten gekostet preis zahlte zahlt bezahlt ausgaben",
        "auto wagen fahrzeug pkw",
        "fabrik werk",
        "firma unternehmen konzern betrieb",
        "polizei beamte polizisten",
        "wohnung wohnungen",
        "stieg steigt gestiegen anstieg zunahm zugenommen wuchs gewachsen erhöht erhöhte",
        "sank sinkt gesunken fiel gefallen rückgang verringerte abgenommen",
        "begann beginnt beginn start startete startet anfang",
        "endete endet ende beendet",
        "baut gebaut bau errichtet errichtete entstand entsteht entstanden bauen",
        "fertig fertiggestellt vollendet abgeschlossen",
        "eröffnet eröffnung öffnet öffnete geöffnet eröffnete",
        "schließt schloss schließung geschlossen",
        "abgelehnt lehnte ablehnung",
        "beschloss beschlossen beschluss entschied entschieden entscheidung",
        "zugestimmt stimmte zustimmung billigte angenommen",
        "kaufte gekauft kauf erwarb erworben",
        "verkaufte verkauft verkauf",
        "gewann gewonnen sieg siegte besiegte",
        "verlor verloren niederlage unterlag",
        "floh geflohen flucht flüchtete geflüchtet desertiert desertierte desertierten deserteure deserteur",
        "soldat soldaten",
        "fand gefunden entdeckt entdeckte",
        "half geholfen hilfe unterstützt unterstützte unterstützung",
        "arbeiter beschäftigte mitarbeiter angestellte beschäftigten mitarbeitende",
        "schüler kinder",
        "lehrer lehrkräfte lehrerinnen",
        "einwohner bewohner bürger",
        "besucher gäste zuschauer",
        "nannte genannt bezeichnete bezeichnet",
        "grund ursache",
        "streit auseinandersetzung",
        "feuer brand",
        "unfall unglück",
        "gebäude haus",
        "straße straßen",
        "schaden schäden beschädigt",
        "festgenommen festnahme verhaftet nahm",
        "fordert forderte forderten verlangt verlangte gefordert forderung",
        "kritisiert kritisierte kritik kritisierten",
        "wählte gewählt wahl",
        "trat zurückgetreten rücktritt",
        "zieht gezogen umzug zog ziehen",
        "bekam bekommt erhielt erhält erhalten bekommen",
        "gab gibt geben gegeben",
        "kam kommt kommen gekommen",
        "ging geht gegangen",
        "zeigt zeigte gezeigt",
        "schrieb schreibt geschrieben",
        "fährt fuhr gefahren verkehrt",
        "leitet leitete leitung leiterin leiter",
        "warnt warnte warnung",
        "plant plante geplant plan pläne planung",
        "dauerte dauert dauer gedauert",
        "bestätigt bestätigte bestätigung",
        "verletzt verletzte",
        "fehlt fehlte fehlen mangel",
        "größte größten",
        "neue neu neuen neuer neues",
        "reparatur repariert sanierung saniert",
        "klage klagt klagte geklagt",
        "urteil urteilte",
        "gefunden fund fand",
        "abriss abgerissen",
        "vorgesehen geplant",
    ),
    "en": (
        "died dead killed death deaths deadly",
        "injured hurt wounded injuries",
        "said says stated told announced according",
        "cost costs price paid pays",
        "company firm business",
        "police officers",
        "rose risen increased grew increase rise",
        "fell fallen dropped decreased decline drop",
        "began started start begins starts beginning",
        "ended ends end finished",
        "built build building construction constructed",
        "opened opens opening open",
        "closed closes closure shut",
        "rejected rejects rejection turned",
        "approved approval backed accepted passed",
        "decided decision decides",
        "bought purchased purchase buys",
        "sold sale sells",
        "won win wins victory beat defeated",
        "lost lose loses defeat",
        "fled escaped flight",
        "found discovered",
        "workers employees staff",
        "residents people inhabitants",
        "visitors guests",
        "reason cause",
        "fire blaze",
        "arrested detained arrest",
        "demanded demands called",
        "criticised criticism criticises",
        "elected election vote voted votes",
        "received gets got receives",
        "injuries injured",
        "children pupils students",
        "wrote written writes",
        "left leaves",
        "became becomes",
        "replaced replaces replacement",
        "repaired repair repairs",
        "planned plans plan",
    ),
}
