"""Words that tell where a German or English sentence ends and where it does not: data, no rules."""

from __future__ import annotations

from qa.text.dates import month_names

# Words that begin a sentence and cannot be the noun after an ordinal or abbreviation.
STARTERS = frozenset(
    "Aber Alle Allerdings Als Am An Auch Auf Aus Bei Beide Bis Da Dabei Dadurch Dafür Dagegen Daher"
    " Damals Damit Danach Dann Daran Darauf Darüber Darum Das Dass Davon Davor Dazu Dem Den Denn Dennoch"
    " Der Deren Derzeit Des Deshalb Dessen Die Dies Diese Diesem Diesen Dieser Dieses Doch Dort Du Durch"
    " Ebenso Ein Eine Einem Einen Einer Eines Er Erst Es Etwa Falls Für Gegen Gibt Hier Hinter Ich Ihm Ihn"
    " Ihr Ihre Im In Ist Je Jede Jeder Jedes Jedoch Kein Keine Laut Man Mehr Mit Nach Nachdem Neben Nicht"
    " Nun Nur Ob Obwohl Ohne Seit Seitdem Sein Seine Sie Sind So Sobald Somit Sowohl Statt Trotz Über Um"
    " Und Unter Viele Vom Von Vor Während War Waren Warum Was Weder Weil Wenn Wer Wie Wir Wird Wo Zu Zudem"
    " Zuerst Zuletzt Zum Zur Zwar Zwischen".split()
)
# Nouns behind an ordinal ("3. Mai", "2. Bundesliga"), as alternatives of a pattern.
ORDINAL_NOUNS = (
    "|".join(month_names("de"))
    + r"|Jahrhundert|Jahrtausend|Jh\b|(?:Bundes|Kreis|Regional)?[Ll]iga|Weltkrieg|Spieltag|Spielminute"
    r"|Minute|Etage|Stock|Obergeschoss|OG\b|Geburtstag|Jahrestag|Todestag|Lebens(?:jahr|monat|woche)"
    r"|Auflage|Wahlperiode|Legislatur|Armee|Division|Brigade|Halbjahr|Quartal|Mal\b|Klasse|Semester"
    r"|Parteitag|(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch"
)
# Abbreviations that sentencex 1.0.32 takes for the end of a sentence.
ABBREVIATIONS = {
    "de": frozenset(
        "abb abs abschn abt abzgl adr allg anm aufl ausg bd bes betr bez bhf bzgl dipl ebd ehem einschl em"
        " engl evtl exkl fa frl geb gebr gegr gem gez ggf ggü hbf hl hptm hrn hrsg ing inkl insb insbes"
        " jahrg jh kap kard kath kfm led max mind nachm nördl nrn östl pfd pfr phil prof red röm sek sept"
        " stellv stk südl teilw tel tlw tsd urspr verf verh verw vgl vorl vorm westl wg zit ziff zzgl".split()
    ),
    "en": frozenset({"approx", "ms"}),
}
