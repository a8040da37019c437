"""What is asked, out of what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering.joined_questions import MOST_QUESTIONS
from qa.answering.spelling import with_umlauts
from qa.answering.wording import MAX_TYPED, MOST_WORDS, asked, bare, plain

# What stands before a question, or around it ("{}"), and leaves it as it is.
AROUND_GERMAN = [
    "Hallo! {}",
    "Guten Tag, {}",
    "Kurze Frage: {}",
    "Eine Frage: {}",
    "Noch eine Frage – {}",
    "Frage: {}",
    "Bitte kurz: {}",
    "In einem Satz: {}",
    "In zwei Sätzen bitte: {}",
    "Bitte in einem Satz beantworten: {}",
    "Beantworte bitte folgende Frage: {}",
    "Beantworte die Frage nur anhand der Artikel. Frage: {}",
    "Du bist eine erfahrene Archivarin. {}",
    "Du bist ein Assistent für Zeitungen. Antworte knapp: {}",
    "Antworte auf Deutsch. {}",
    "Sie sind Redakteur. Beantworten Sie in einem Satz: {}",
    "Entschuldigung, {}",
    "Also, {}",
    "Sag mal, {}",
    "{} Danke im Voraus!",
    "{} Vielen Dank.",
    "{} Antworte in einem Satz.",
    "{} Bitte mit Quelle.",
    "{} (Bitte mit Quelle.)",
    "{} Erfinde nichts.",
    "„{}“",
    '"{}"',
    "Ich hoffe, Sie können helfen. {}",
    "Ich habe eine Frage. {}",
    "Basierend auf den Artikeln: {}",
    "Denk Schritt für Schritt nach und gib nur das Ergebnis aus: {}",
    "Hilf mir bitte: {}",
    "tl;dr bitte – {}",
]
AROUND_ENGLISH = [
    "Hi there, {}",
    "Hello! {}",
    "Good morning. {}",
    "Quick question: {}",
    "Just a quick question: {}",
    "Question: {}",
    "Q: {}",
    "Please answer in one sentence: {}",
    "Answer briefly: {}",
    "In one sentence: {}",
    "Briefly, {}",
    "You are a helpful archivist. {}",
    "You are an assistant. Answer based on the context: {}",
    "Answer the question using only the articles. Question: {}",
    "Based on the articles, {}",
    "According to the documents: {}",
    "Please, {}",
    "Sorry, {}",
    "{} Thanks!",
    "{} Thank you very much.",
    "{} Please cite your sources.",
    "{} Answer in one sentence.",
    "{} Keep it short.",
    '"{}"',
    "I have a question. {}",
]


@pytest.mark.parametrize("around", AROUND_GERMAN)
@pytest.mark.parametrize(
    "question", ["Wie hoch ist der neue Leuchtturm?", "Wer leitet das Museum in Selmstedt?"]
)
def test_what_stands_around_a_german_question_is_taken_off(around: str, question: str) -> None:
    (one,) = asked(around.format(question))
    assert one.text == question


@pytest.mark.parametrize("around", AROUND_ENGLISH)
@pytest.mark.parametrize("question", ["How high is the new lighthouse?", "Who runs the museum in Selmstedt?"])
def test_what_stands_around_an_english_question_is_taken_off(around: str, question: str) -> None:
    (one,) = asked(around.format(question))
    assert one.text == question


REQUESTS = [
    "Können Sie mir sagen, {}?",
    "Können Sie mir bitte sagen, {}?",
    "Könnten Sie mir freundlicherweise erklären, {}?",
    "Könnten Sie bitte nachsehen, {}?",
    "Kannst du mir verraten, {}?",
    "Kannst du bitte herausfinden, {}?",
    "Könntest du mir kurz sagen {}?",
    "Kann mir jemand sagen, {}?",
    "Weißt du, {}?",
    "Weißt du zufällig, {}?",
    "Wissen Sie, {}?",
    "Weiß jemand, {}?",
    "Haben Sie eine Ahnung, {}?",
    "Ich würde gern wissen, {}.",
    "Ich würde gerne wissen {}",
    "Ich möchte wissen, {}.",
    "Ich möchte gerne erfahren, {}.",
    "Ich hätte gern gewusst, {}.",
    "Ich wüsste gern, {}.",
    "Ich frage mich, {}.",
    "Mich würde interessieren, {}.",
    "Mich interessiert, {}.",
    "Darf ich fragen, {}?",
    "Sag mir bitte, {}.",
    "Sagen Sie mir, {}.",
    "Erklär mir, {}.",
    "Bitte erklären Sie mir kurz, {}.",
    "Verrate mir, {}.",
    "Nenne mir bitte, {}.",
    "Finde heraus, {}.",
    "Beantworte mir, {}.",
    "Es wäre nett, wenn Sie mir sagen könnten, {}.",
    "Ich wäre dankbar, wenn du mir sagen könntest, {}.",
    "Hallo, können Sie mir bitte sagen, {}?",
    "Kurze Frage: Wissen Sie, {}?",
    "Bitte sag mir, {}.",
    "Sei so gut und sag mir doch mal, {}, ja?",
    "Könnte ich bitte erfahren, {}?",
    "Wäre es möglich, dass Sie nachschauen, {}?",
    "Erkläre einem Laien in einfachen Worten, {}.",
    "Ich wäre Ihnen sehr verbunden, wenn Sie herausfinden könnten, {}.",
]


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize(
    "clause", ["wie hoch der Leuchtturm ist", "seit wann das Museum geschlossen ist", "ob Selmstedt wächst"]
)
def test_of_a_german_request_the_clause_remains(request_: str, clause: str) -> None:
    (one,) = asked(request_.format(clause))
    assert one.text == f"{clause[0].upper()}{clause[1:]}?"


ENGLISH_REQUESTS = [
    "Can you tell me {}?",
    "Could you please tell me {}?",
    "Could you kindly explain {}?",
    "Would you tell us {}?",
    "Can anyone tell me {}?",
    "Do you know {}?",
    "Do you happen to know {}?",
    "Does anyone know {}?",
    "Any idea {}?",
    "Tell me {}.",
    "Please tell me {}.",
    "Please let me know {}.",
    "Explain {}.",
    "I would like to know {}.",
    "I'd like to know {}.",
    "I'd love to find out {}.",
    "I want to know {}.",
    "I need to know {}.",
    "I wonder {}.",
    "I was wondering {}.",
    "I was wondering if you could tell me {}.",
    "I'm curious to know {}.",
    "May I ask {}?",
    "Would you mind telling me {}?",
    "It would be great if you could tell me {}.",
    "Hi, can you tell me {}?",
]


@pytest.mark.parametrize("request_", ENGLISH_REQUESTS)
@pytest.mark.parametrize(
    "clause", ["how high the lighthouse is", "since when the museum is closed", "why Selmstedt grows"]
)
def test_of_an_english_request_the_clause_remains(request_: str, clause: str) -> None:
    (one,) = asked(request_.format(clause))
    assert one.text == f"{clause[0].upper()}{clause[1:]}?"


@pytest.mark.parametrize(
    ("typed", "remains"),
    [
        ("Nenne mir den Preis des Leuchtturms.", "Den Preis des Leuchtturms"),
        ("Nennen Sie bitte zwei Gründe für den Abriss", "Zwei Gründe für den Abriss"),
        ("Nenne mir bitte kurz und knapp das Baujahr.", "Das Baujahr"),
        ("Ich brauche dringend die Zahl der Stufen im Leuchtturm.", "Die Zahl der Stufen im Leuchtturm"),
        ("Gib mir Informationen zum Museum in Selmstedt.", "Museum in Selmstedt"),
        ("Erzähl mir etwas über den Leuchtturm", "Den Leuchtturm"),
        ("Können Sie mir den Namen der Leiterin nennen?", "Den Namen der Leiterin"),
        ("Ich suche Informationen über den Abriss.", "Den Abriss"),
        ("Ich würde gern mehr über das Museum erfahren.", "Das Museum"),
        ("Was können Sie mir über das Museum sagen?", "Das Museum"),
        ("Tell me about the lighthouse", "The lighthouse"),
        ("Give me the price of the lighthouse.", "The price of the lighthouse"),
        ("Could you tell me something about the museum?", "The museum?"),
        ("What can you tell me about the museum?", "The museum?"),
        ("I'm looking for information on the museum", "The museum"),
        ("Wie hoch ist bitte der Leuchtturm?", "Wie hoch ist der Leuchtturm?"),
        ("Wie hoch ist der Leuchtturm, bitte?", "Wie hoch ist der Leuchtturm?"),
        ("Wie hoch ist der Leuchtturm, in einem Satz?", "Wie hoch ist der Leuchtturm?"),
        ("How high is the lighthouse, please?", "How high is the lighthouse?"),
        ("hallo kurze frage: wie hoch ist der leuchtturm???", "Wie hoch ist der leuchtturm?"),
    ],
)
def test_other_requests(typed: str, remains: str) -> None:
    assert [one.text for one in asked(typed)] == [remains]


BARE = [
    "Wie hoch ist der neue Leuchtturm?",
    "Wer kann sagen, wie viele Menschen im Museum arbeiten?",
    "Welche Bitte äußerte der Papst?",
    "Was bat die Kanzlerin ihn zu sagen?",
    "Welche Frage stellte der Richter: die nach dem Geld?",
    "Können Wissenschaftler erklären, warum der Himmel blau ist?",
    "Wer hat dem Minister gesagt, wann der Bau beginnt?",
    "Was sagte der Minister dazu, wann der Bau beginnt und wie viel er kostet?",
    "Wann und wo wurde der Dichter geboren?",
    "Wie viele Männer und wie viele Frauen starben?",
    "Welche großen Städte und welche kleinen Dörfer wurden zerstört?",
    "Ist bekannt, wie viele Menschen fehlen?",
    "Was sagst du der Reederei Thoden, wann der Bau beginnt?",
    "Hat Mira Holtkamp uns gesagt, wann der Bau beginnt?",
    "Sagte der Minister, wann der Bau beginnt?",
    "Hallo Selmstedt wird wann gesendet?",
    "Wer antwortete auf die Frage nach dem Wetter?",
    "Leuchtturm Selmstedt",
    "Bürgermeisterin Selmstedt 2024",
    "Warum sagt die Ministerin, dass sie geht?",
    "Wer tritt für wen ein und warum?",
    "Wie heißt der Ort, in dem die Frau wohnt und arbeitet?",
    "Wofür dankte sie?",
    "Who can tell how many people work there?",
    "What is the name of the man who founded the town and who later became mayor?",
    "Who asked whether the tower is safe?",
    "When and where was the poet born?",
    "How many men and how many women died?",
    "What did the question paper contain?",
    "Which thanks did he give?",
    "Can scientists explain why the sky is blue?",
    "What information about the museum did the mayor give?",
    "Why did she say please?",
    "lighthouse selmstedt",
    "",
    "   ",
    "?",
    "12.000",
]


@pytest.mark.parametrize("question", BARE)
def test_a_bare_question_is_left_as_it_is(question: str) -> None:
    (one,) = asked(question)
    assert (one.question, one.background) == (question, ())
    assert with_umlauts(question) == question


BACKGROUNDS = [
    ("Mich interessiert der Fall Selmstedt. Warum wird dort das Museum geschlossen?", "Selmstedt"),
    ("In vielen Orten fehlt Geld. Es geht um Selmstedt. Wie hoch sind dort die Schulden?", "Selmstedt"),
    ("Ich komme aus Selmstedt. Was plant der Rat dort?", "Selmstedt"),
    ("Das Museum in Selmstedt ist geschlossen. Wann öffnet es wieder?", "Museum Selmstedt"),
    ("Gestern las ich über Mira Holtkamp. Was hat sie gesagt?", "Mira Holtkamp"),
    ("Frage zum Leuchtturm: Wie hoch ist er?", "Leuchtturm"),
    ("Thema Leuchtturm Selmstedt: Wann wird er gestrichen?", "Leuchtturm Selmstedt"),
    ("Warum schließt es? Ich meine das Museum in Selmstedt.", "Museum Selmstedt"),
    ("I am writing about the town of Selmstedt. How high are the debts there?", "Selmstedt"),
    ("We talked about Mira Holtkamp. What did she say?", "Mira Holtkamp"),
    ("Wir reden von Selmstedt. Können Sie mir sagen, wie viele Menschen dort leben?", "Selmstedt"),
]


@pytest.mark.parametrize(("typed", "words"), BACKGROUNDS)
def test_a_question_that_leans_takes_words_of_the_sentences_around_it(typed: str, words: str) -> None:
    (one,) = asked(typed)
    assert " ".join(one.background) == words
    assert one.text == f"{one.question} {words}"


def test_a_question_that_names_its_subject_takes_none() -> None:
    (one,) = asked("Viele Museen haben Sorgen. Es fehlt an Personal. Warum schließt das Museum in Selmstedt?")
    assert one.text == "Warum schließt das Museum in Selmstedt?"


def test_the_background_is_few_words_and_no_prompt() -> None:
    names = " ".join(f"Ort{chr(97 + n)}" for n in range(20))
    (one,) = asked(f"Es geht um {names}. Wer regiert dort?")
    assert len(one.background) == MOST_WORDS
    (one,) = asked("Du bist Assistent der Zeitung Nordbote. Wer regiert dort?")
    assert one.background == ()


SEVERAL = [
    (
        "Wer ist Mira Holtkamp und welche Zahl nannte sie?",
        ["Wer ist Mira Holtkamp?", "Welche Zahl nannte sie?"],
    ),
    ("Wann beginnt der Bau? Und warum?", ["Wann beginnt der Bau?", "Und warum?"]),
    ("Wie hoch ist der Turm und seit wann steht er?", ["Wie hoch ist der Turm?", "Seit wann steht er?"]),
    ("Wo liegt Selmstedt, und wer regiert dort?", ["Wo liegt Selmstedt?", "Wer regiert dort?"]),
    (
        "Können Sie mir sagen, wer das Museum leitet und wie viele Menschen dort arbeiten?",
        ["Wer das Museum leitet?", "Wie viele Menschen dort arbeiten?"],
    ),
    ("Who was the mayor and when did she leave?", ["Who was the mayor?", "When did she leave?"]),
    ("What is the tower and how high is it?", ["What is the tower?", "How high is it?"]),
    ("Where is the museum? Who runs it?", ["Where is the museum?", "Who runs it?"]),
]


@pytest.mark.parametrize(("typed", "parts"), SEVERAL)
def test_several_questions_are_asked_one_by_one(typed: str, parts: list[str]) -> None:
    assert [one.question for one in asked(typed)] == parts


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        (
            "Ich war am Kai. Was mir noch fehlt: Womit begründet der Hafen den Abriss?",
            "Womit begründet der Hafen den Abriss?",
        ),
        ("Unsere Frage lautet: Wie hoch ist der Kran?", "Wie hoch ist der Kran?"),
        ("Offen bleibt für mich – wer bezahlt den Kran?", "Wer bezahlt den Kran?"),
        ("What puzzles me: How high is the crane?", "How high is the crane?"),
        ("Wie hoch ist der Kran? Können Sie helfen?", "Wie hoch ist der Kran?"),
        ("How high is the crane? Can anyone help me out?", "How high is the crane?"),
        (
            "Mein Sohn hält ein Referat. Er soll erklären, worauf der Hafen den Rückgang zurückführt.",
            "Worauf der Hafen den Rückgang zurückführt?",
        ),
        ("It would help to know what the new crane costs.", "What the new crane costs?"),
        ("Wie hoch ist der Kran? Wir brauchen die Antwort bis Freitag.", "Wie hoch ist der Kran?"),
    ],
)
def test_what_leads_to_a_question_or_only_asks_for_help_is_no_part_of_it(typed: str, question: str) -> None:
    assert [one.question for one in asked(typed)] == [question]


@pytest.mark.parametrize(
    "question",
    [
        "Hafen Brakenau: Wie hoch ist der Kran?",
        "Was sagte der Minister: Wie teuer wird die Bahn?",
        "Kann die Feuerwehr helfen?",
        "Warum fragen viele, wie es weitergeht?",
        "Der Bürgermeister sagt, was der Kran kostet",
    ],
)
def test_what_belongs_to_a_question_stays(question: str) -> None:
    assert [one.text for one in asked(question)] == [question]


def test_the_second_question_takes_what_the_first_was_about() -> None:
    first, second = asked("Wie hoch ist der Turm in Selmstedt und seit wann steht er?")
    assert (first.background, second.background) == ((), ("hoch", "Turm", "Selmstedt"))


def test_no_more_questions_than_can_be_asked() -> None:
    assert len(asked("Wer kam? " * 20)) == MOST_QUESTIONS


def test_an_earlier_turn_is_read_as_its_question() -> None:
    assert plain("Hallo! Kurze Frage: Wie hoch ist der Turm? Danke.") == "Wie hoch ist der Turm?"


def test_transcribed_function_words_do_not_hide_a_request() -> None:
    typed = with_umlauts("Koennen Sie mir sagen, fuer wen der Turm gebaut wurde?")
    assert [one.text for one in asked(typed)] == ["Für wen der Turm gebaut wurde?"]


@given(st.text(max_size=300))
def test_any_text_is_at_least_one_question(typed: str) -> None:
    found = asked(typed)
    assert found
    assert all(isinstance(one.text, str) for one in found)
    assert asked(typed) == found


def test_a_long_text_is_left_alone() -> None:
    typed = "Bitte sag mir, " * MAX_TYPED
    assert [one.question for one in asked(typed)] == [typed]


@pytest.mark.parametrize(
    "piece",
    ["bitte ", "Können Sie mir ", "I ", "please ", "(", "Frage: ", "und wer ist ", ", ", "?", "you are "],
)
def test_hostile_repetition_ends(piece: str) -> None:
    bare((piece * MAX_TYPED)[:MAX_TYPED])
    asked((piece * MAX_TYPED)[:MAX_TYPED])
