"""Words by which the `statement_*` modules compare sentences, German and English: data only.

Whatever is listed as equal must be so in every sentence of a news article and in the same grammatical form;
when in doubt, a word is left out.
"""

from __future__ import annotations

# Words and short phrases of one meaning; the first of a line stands for the others. A phrase that begins
# with "# " counts only before a number.
EQUAL = {
    "de": (
        "# etwa|# rund|# circa|# ca|# zirka|# ungefähr",
        "mindestens|wenigstens",
        "höchstens|maximal",
        "menschen|personen|leute",
        "prozent|%|vh",
        "euro|€|eur",
        "dollar|$",
        "us-dollar|usd",
        "franken|chf",
        "kilometer|km",
        "kilogramm|kg",
        "stundenkilometer|km / h|kilometer pro stunde",
        "quadratmeter|qm|m²",
        "quadratkilometer|km²|qkm",
        "grad celsius|°c|° c",
        "grad|°",
        "und|&",
        "samstag|sonnabend",
        "samstagabend|sonnabendabend",
        "januar|jänner",
        "bereits|schon",
        "inzwischen|mittlerweile",
        "lediglich|nur",
        "beinahe|fast|nahezu",
        "jedes jahr|jährlich|alljährlich",
        "jeden tag|täglich",
        "jede woche|wöchentlich",
        "jeden monat|monatlich",
        "laut|nach angaben von",
        "laut der|nach angaben der",
        "laut des|nach angaben des",
        "wegen|aufgrund|auf grund",
        "zum beispiel|zb|z b|beispielsweise",
        "das heißt|dh|d h",
        "unter anderem|ua|u a",
        "begann|startete",
        "begannen|starteten",
        "beginnt|startet",
        "beginnen|starten",
        "kaufte|erwarb",
        "kauften|erwarben",
        "gekauft|erworben",
        "dauerte|währte",
        "benötigt|braucht",
        "benötigen|brauchen",
        "benötigte|brauchte",
        "benötigten|brauchten",
        "berichtete|meldete",
        "berichteten|meldeten",
        "berichtet|meldet",
        "auto|automobil",
        "autos|pkws|personenwagen",
        "lkw|lastwagen",
        "krankenhaus|spital",
        "polizisten|polizeibeamte",
        "feuerwehrleute|feuerwehrmänner",
        "lehrkräfte|lehrerinnen und lehrer",
        "schülerinnen und schüler|schüler und schülerinnen",
        "bürgerinnen und bürger|bürger und bürgerinnen",
        "einwohner|bewohner",
        "eu-kommission|europäische kommission",
        "usa|vereinigten staaten",
        "uno|un|vereinten nationen",
        "großbritannien|vereinigte königreich",
        "arbeitslosenquote|erwerbslosenquote",
        "fachleute|experten",
        "plötzlich|unvermittelt",
        "sofort|umgehend|unverzüglich",
        "vollständig|komplett",
        "ebenfalls|gleichfalls",
        "obwohl|obgleich",
        "dass|daß",
    ),
    "en": (
        "# about|# around|# approximately|# roughly",
        "fewer than|less than",
        "at least|no fewer than|no less than",
        "at most|no more than",
        "people|persons",
        "percent|%|per cent",
        "euro|€|eur|euros",
        "£|gbp",
        "dollar|$|dollars",
        "us-dollar|usd",
        "kilometre|km|kilometres|kilometer|kilometers",
        "mph|miles per hour",
        "and|&",
        "almost|nearly",
        "began|started",
        "begins|starts",
        "bought|purchased",
        "buy|purchase",
        "car|automobile",
        "cars|automobiles",
        "immediately|at once",
        "every year|annually|yearly",
        "every day|daily",
        "every month|monthly",
        "every week|weekly",
        "because of|due to|owing to",
        "united nations|un",
        "united kingdom|uk",
        "european union|eu",
        "currently|at present",
        "although|though",
        "until|till",
        "can not|cannot",
        "police officers|policemen",
        "firefighters|firemen",
        "lorry|truck",
        "lorries|trucks",
        "centre|center",
        "labour|labor",
        "criticised|criticized",
        "organised|organized",
        "programme|program",
        "defence|defense",
        "labelled|labeled",
    ),
}
# Link a sentence to the one before it; they state nothing. Only at the beginning of a sentence.
CONNECTIVES = {
    "de": frozenset("und aber doch außerdem zudem ferner überdies jedoch allerdings indes".split()),
    "en": frozenset("and but moreover furthermore however additionally".split()),
}
ONE = {"de": frozenset("ein eine einer einen einem".split()), "en": frozenset("a an one".split())}
CURRENCIES = frozenset("$€£")
ORDINALS: dict[str, dict[str, int]] = {
    "de": {
        f"{stem}{ending}": number
        for number, stem in enumerate(
            "erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft".split(), start=1
        )
        for ending in ("e", "en", "er", "es", "em")
    },
    "en": {
        word: number
        for number, word in enumerate(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
            start=1,
        )
    },
}
CONTRACTIONS = {  # "don’t" and "do not"
    "won't": ("will", "not"),
    "can't": ("can", "not"),
    "shan't": ("shall", "not"),
    **{
        f"{verb}n't": (verb, "not")
        for verb in "do does did is are was were has have had would could should must need".split()
    },
}

# Words by which the phrases of a sentence are found.
PREPOSITIONS = {
    "de": frozenset(
        "ab am an anfang ans auf aus bei beim bis durch ende für gegen im in ins laut mit mitte nach seit"
        " trotz um unter vom von vor während wegen zu zum zur zwischen über".split()
    ),
    "en": frozenset("on in at after before during since until under over from by to for with of".split()),
}
DETERMINERS = {
    "de": frozenset(
        "der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen diesem".split()
    ),
    "en": frozenset("the a an this these".split()),
}
ADVERBS = frozenset("heute gestern morgen vorgestern übermorgen inzwischen zuletzt derzeit künftig".split())
# Neither a verb nor the beginning of a phrase. A sentence that has one where a verb is expected stays as it
# is.
PARTICLES = frozenset(
    "nicht kein keine keinen keinem keiner nie niemals weder noch nur auch sogar erst bereits schon fast etwa"
    " alle alles viele wenige einige manche mehr weniger mindestens höchstens sich er sie es ich wir ihr man"
    " ihn ihm ihnen uns mich mir dich dir wer was als wie so dann da dort hier und oder aber sondern denn"
    " sein seine seinen seinem seiner ihre ihren ihrem ihrer unser unsere jeder jede jedes jeden jedem etwas"
    " nichts niemand jemand zudem dagegen dafür davon daran damit dazu deshalb trotzdem doch ja nein".split()
)
APPROXIMATE = frozenset("etwa fast beinahe mindestens höchstens".split())  # before a number
QUANTIFIERS = frozenset("alle beide einige mehrere viele zahlreiche".split())
PRONOUNS = frozenset("er sie es ihn ihm ihnen dies".split())
FIRST_PERSON = frozenset(
    "ich wir mir mich uns mein meine meinen unser unsere unseren i we me us my our".split()
)
COORDINATORS = frozenset("und oder aber sondern doch and or but while".split())
SUBORDINATORS = frozenset("weil nachdem wenn obwohl bevor sobald falls".split())
SEPARABLE = frozenset(
    "ab an auf aus bei ein fest fort her hin los mit nach teil vor weg zu zurück zusammen".split()
)
SAID = {
    "de": {
        "sagte": "sg", "sagten": "pl", "erklärte": "sg", "erklärten": "pl", "mitteilte": "sg",
        "mitteilten": "pl", "teilte": "sg", "teilten": "pl",
    },
    "en": {"said": "", "stated": ""},
}  # fmt: skip
INDICATIVE = {"sei": "ist", "seien": "sind", "habe": "hat", "werde": "wird"}  # of reported speech
# Preterite, singular, and past participle; the plural adds "en" or "n".
STRONG = dict(
    pair.split("/")
    for pair in (
        "schlug/geschlagen gewann/gewonnen verlor/verloren schrieb/geschrieben"
        " beschloss/beschlossen verbot/verboten bot/geboten fand/gefunden nahm/genommen"
        " gab/gegeben traf/getroffen rief/gerufen hielt/gehalten ließ/gelassen lud/geladen"
        " griff/gegriffen trug/getragen zog/gezogen schoss/geschossen schloss/geschlossen"
        " warf/geworfen wies/gewiesen sprach/gesprochen sah/gesehen las/gelesen stieg/gestiegen"
        " sank/gesunken fiel/gefallen wuchs/gewachsen floh/geflohen unterschrieb/unterschrieben"
        " betrat/betreten verließ/verlassen empfing/empfangen entließ/entlassen erfand/erfunden"
        " überwies/überwiesen vertrat/vertreten vergab/vergeben bestritt/bestritten biss/gebissen"
        " verglich/verglichen half/geholfen stahl/gestohlen brach/gebrochen zerbrach/zerbrochen"
        " brachte/gebracht kannte/gekannt nannte/genannt übernahm/übernommen starb/gestorben"
        " kam/gekommen"
    ).split()
)
MOVED = frozenset(
    "gestiegen gesunken gefallen gewachsen geflohen gestorben gekommen".split()
)  # perfect with "ist"
NO_PERFECT = frozenset("geöffnet geschlossen".split())  # "hat geöffnet" means that it is open
# "von" may be no agent: "Von der Regierung wurde viel erwartet".
NO_AGENT = frozenset(
    "gefordert verlangt erwartet erhofft genommen getrennt entfernt gestohlen abgezogen verlegt gekauft"
    " erworben geholt".split()
)
# Behind a subject, these may begin an attribute of it.
ATTRIBUTIVE = frozenset("mit ohne von vom für gegen aus über bei beim zwischen unter".split())
STRONG_EN = dict(
    pair.split("/")
    for pair in (
        "beat/beaten wrote/written took/taken broke/broken chose/chosen drove/driven gave/given saw/seen"
        " stole/stolen threw/thrown won/won bought/bought built/built found/found held/held led/led"
        " lost/lost made/made met/met paid/paid sold/sold shot/shot hit/hit"
    ).split()
)
