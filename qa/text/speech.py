"""Verbs by which a text tells who says something, German and English: their forms, no rules.

Left out are verbs that mostly mean something else, such as "finden", and those that only mean it with a
particle far behind them ("teilte … mit"). Whoever looks for those adds them.
"""

from __future__ import annotations

# Of each verb: present and past, each singular and plural, and the participle.
_STATEMENTS = tuple(
    tuple(line.split())
    for line in (
        "sagt sagen sagte sagten gesagt",
        "erklärt erklären erklärte erklärten erklärt",
        "betont betonen betonte betonten betont",
        "schreibt schreiben schrieb schrieben geschrieben",
        "berichtet berichten berichtete berichteten berichtet",
        "meldet melden meldete meldeten gemeldet",
        "meint meinen meinte meinten gemeint",
        "warnt warnen warnte warnten gewarnt",
        "behauptet behaupten behauptete behaupteten behauptet",
        "antwortet antworten antwortete antworteten geantwortet",
        "schätzt schätzen schätzte schätzten geschätzt",
        "vermutet vermuten vermutete vermuteten vermutet",
        "dementiert dementieren dementierte dementierten dementiert",
        "bestreitet bestreiten bestritt bestritten bestritten",
    )
)
# Verbs that may do something instead: "forderte 35 Todesopfer", "bestätigte das Urteil", "der erwähnte Mann".
_DEEDS = tuple(
    tuple(line.split())
    for line in (
        "fordert fordern forderte forderten gefordert",
        "kritisiert kritisieren kritisierte kritisierten kritisiert",
        "bestätigt bestätigen bestätigte bestätigten bestätigt",
        "versichert versichern versicherte versicherten versichert",
        "erwähnt erwähnen erwähnte erwähnten erwähnt",
        "ergänzt ergänzen ergänzte ergänzten ergänzt",
        "begründet begründen begründete begründeten begründet",
        "verlangt verlangen verlangte verlangten verlangt",
        "erzählt erzählen erzählte erzählten erzählt",
    )
)
_GERMAN = _STATEMENTS + _DEEDS
_ENGLISH = tuple(
    "say says said tells told reports reported stated announced estimated claims claimed added wrote"
    " confirmed warned explained argued denied".split()
)
FINITE = {"de": tuple(form for verb in _GERMAN for form in verb[:4]), "en": _ENGLISH}
SINGULAR = {"de": tuple(form for verb in _GERMAN for form in (verb[0], verb[2])), "en": _ENGLISH}
PARTICIPLES = {"de": tuple(verb[4] for verb in _GERMAN), "en": _ENGLISH}
# Without the plural of the German present, which is the infinitive, too.
NO_INFINITIVES = {"de": tuple(form for verb in _GERMAN for form in (verb[0], *verb[2:4])), "en": _ENGLISH}
# The same of verbs that only make a statement.
STATES = {
    "de": frozenset(form for verb in _STATEMENTS for form in (verb[0], *verb[2:4])),
    "en": frozenset(_ENGLISH),
}
