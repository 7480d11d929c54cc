"""Each fault of an instruction is found and named, and what people really type passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.clean.rules import ORDER, check
from tasks.clean.run import prompt_text
from tasks.core.config import CleanConfig
from tasks.core.errors import DataError

PROMPT = prompt_text()
DOCUMENT = """How to prune roses in winter

Pruning keeps a rose young. Cut in late winter, when the worst frost is over and the buds begin to swell.
What is the difference between a hybrid tea and a climber? A climber keeps its long shoots, a hybrid tea does not.

Take sharp and clean secateurs, look for a bud that faces outward, and cut at a slant a finger's breadth above it,
so that rain runs off the wound and away from the bud, and the new shoot grows out of the middle of the bush.
"""


def fault(
    instruction: str, *, document: str = DOCUMENT, language: str | None = "en", title: str = "", **bounds: float
) -> DataError | None:
    """Check one instruction against the rose page."""
    config = CleanConfig.model_validate(bounds)
    return check(instruction, document=document, prompt_text=PROMPT, language=language, config=config, title=title)


def about(instruction: str) -> str:
    """A document that speaks of all that is asked, and has no run of words in common with it."""
    return DOCUMENT + " ".join(sorted(instruction.split(), reverse=True))


REJECTED = {
    "instruction_empty": ["", "   ", "?!", "\x00", "…\n", "\ud800"],
    "instruction_too_short": ["Roses", "Why?", "prune them"],
    "instruction_too_long": ["How do I prune a rose? " * 100],
    "instruction_repeats_itself": [
        "rose rose rose rose rose rose rose",
        "How do I prune a rose? " * 7,
        "How do I prune a rooooooooooooooooooooooooooooooooose?",
        "a" * 1_900,
    ],
    "instruction_echoes_prompt": [
        "Answer in the style of an AI Assistant. How do I prune a rose?",
        "Write the one question or request to which this whole text is the best answer",
        "ask for what the text gives, and for nothing it does not give",
        "Something that would serve well as an answer to something a person asked",
    ],
    "instruction_copies_response": [
        "Look for a bud that faces outward, and cut at a slant a finger's breadth above it, so that rain runs off the "
        "wound and away from the bud - is that right?",
        "Pruning keeps a rose young.",
        "Cut in late winter, when the worst frost is over and the buds begin to swell.",
        "Take sharp and clean secateurs, look for a bud that faces outward, and cut at a slant",
        "A climber keeps its long shoots, a hybrid tea does not!",
        "Gardening: take sharp and clean secateurs, look for a bud that faces outward, and cut at a slant",
    ],
    "instruction_refers_to_text": [
        "According to the article, when should roses be pruned?",
        "What is the main idea of the article?",
        "Based on the text, how do I prune a rose?",
        "Based on the above text, how do I prune a rose?",
        "Based on the information provided, when do I prune?",
        "Using the information above, write a plan for a rose bed.",
        "Given the following, when do I prune a rose?",
        "What tools are named in the document?",
        "What does this passage say about frost?",
        "Explain the text above in simple words.",
        "In this article, which tool is the best one?",
        "What does the author say about secateurs?",
        "What is the author's view of climbers?",
        "Why does the author prefer late winter?",
        "Does the text recommend sharp secateurs?",
        "The passage describes two kinds of roses. Which ones?",
        "Summarize the following paragraph about roses.",
        "Summarise the following.",
        "Summarize this in two sentences, please.",
        "Rewrite the following text in plain English.",
        "Which steps are mentioned above for the pruning?",
        "As described in the passage, how is a rose pruned?",
        "What is this blog post about, in one sentence?",
        "Which mistakes are shown in the picture above?",
        "What can I learn from this page about roses?",
        "From the excerpt, when is the worst frost over?",
        "How does the blog post explain the slant?",
        "What are the main points of this news?",
        "According to the news, who won the race?",
        "According to the report, how many people came?",
        "Based on the given material, what is a rose?",
        "Based on the material above, describe a rose.",
        "What is shown in the picture?",
        "What does the picture show?",
        "Describe what you see in the image.",
        "Open the link and tell me how to prune.",
        "What does the linked website say about roses?",
        "Visit the URL and summarise the page.",
        "Read my CV and suggest improvements.",
        "Please review my attached resume.",
        "Write an abstract for this article.",
        "Extract the keywords from the text.",
        "List the keywords of the article.",
        "Summarize the article.",
        "Summarize the passage in three sentences.",
        "Can you summarize this text?",
        "Write a summary of the blog post.",
        "What is the text about?",
        "What is the article about?",
        "What topics does this page cover?",
        "Give the article a title.",
        "Rewrite the paragraph in your own words.",
        "Translate the following text.",
        "What is the profile of the person described?",
        "What advice does the writer give about roses?",
        "What does the speaker mean by pruning?",
        "What lessons did the author learn?",
        "How did the author prune the roses?",
        "What did the author of the blog post do last winter?",
        "In the text, which tools are used?",
        "From the article, what is the best tool?",
        "As per the article, when to prune?",
        "Per the document, when to prune?",
        "The article mentions two tools. Which?",
        "What information is given about roses in the text?",
        "Using the given text, list the tools.",
        "Answer the question using only the passage.",
        "Read the following and answer: when to prune?",
        "Please read the article and tell me when to prune.",
        "What are the key takeaways from the interview?",
        "What is the main argument of this essay?",
        "What is the purpose of this website?",
        "What can readers learn from this guide?",
        "Does the article mention frost?",
        "Who wrote this article?",
        "What is this text trying to say?",
        "Which source is cited in the text?",
        "What is the tone of the passage?",
        "Identify the topic of the given paragraph.",
        "What did the text say about frost?",
        "Please provide a summary of the content.",
        "Summarize the content above.",
        "In the video, what is used to prune?",
        "What is described in this document?",
        "Can you explain the recipe above?",
        "What does the report conclude?",
        "Why does the writer love roses?",
        "Explain the meaning of the above passage.",
    ],
    "instruction_refuses": [
        "I'm sorry, but I can't write a question for that.",
        "I am sorry, I cannot determine what was asked.",
        "Sorry, I can't help with that one.",
        "As an AI language model, I cannot ask questions.",
        "I cannot provide an instruction of this kind.",
        "I'm unable to generate an instruction.",
        "I’m just a language model and have no questions.",
        "I don't feel comfortable with this content.",
        "I'm sorry, but I cannot create an instruction from this content.",
        "I'm not able to help with that.",
        "There is no question here.",
        "No instruction can be derived.",
        "I don't have enough context to write a question.",
        "Unfortunately, there is no clear question.",
        "It is not possible to determine the question.",
    ],
    "instruction_meta": [
        "Here is an instruction: how do I prune a rose?",
        "Here's a possible question that fits: how do I prune a rose?",
        "The user asked how to prune a rose.",
        "The user wants to know when roses are cut.",
        "A suitable question would be: how do I prune a rose?",
        "The most likely question is: how do I prune a rose?",
        "Instruction: tell me how a rose is pruned",
        "User: how do I prune a rose?",
        "Sure! How do I prune a rose?",
        "How do I prune a rose?\nAnswer: in late winter.",
        "How do I prune a rose?\n\n**Response:** in late winter.",
        'The question is: "How do I prune a rose?"',
        "[INS] How do I prune a rose",
        '"How do I prune a rose?"\n\nI hope this helps!',
        "Write an instruction that this response answers.",
        "Sure! Here is the instruction: How do I prune a rose?",
        "Here's the question: how do I prune a rose",
        "Here is a question that would fit this response: How do I prune?",
        "The instruction for this response could be: prune a rose.",
        "I would ask: how do I prune a rose?",
        "This response answers the question of how to prune a rose.",
        "This text answers the question: how do I prune a rose?",
        "Question: How do I prune a rose?",
        "Possible instruction: How do I prune a rose?",
        "Q: How do I prune a rose?",
        "Task: write about roses",
        "User query: How to prune a rose?",
        "I can tell you how to prune a rose. First take secateurs.",
    ],
    "answer_not_contained": [
        "How do I change the oil of a motorbike?",
        "What is the capital of Australia?",
        "Compare leasing and buying an electric vehicle for a small firm.",
        "How do heat pumps and gas boilers differ in running costs?",
        "Describe quantum entanglement.",
    ],
    "instruction_new_names": [
        "How do gardeners in Kent and Provence prune their roses in winter?",
        "How do I prune roses in winter the way Gertrude Jekyll and David Austin did?",
    ],
    "instruction_new_numbers": [
        "How do I prune roses when winter ends at 15 degrees?",
        "How were roses pruned in 1987?",
        "Which 250 roses have buds that face outward?",
        "What did pruning in the 19th winter do for the bush?",
    ],
    "instruction_wrong_language": [
        "Wie schneide ich meine Rosen im Winter richtig zurück?",
        "Comment tailler un rosier pendant l'hiver sans l'abîmer ?",
        "¿Cuáles son los mejores meses para podar los rosales?",
        "如何在冬天修剪玫瑰花？请告诉我具体的步骤和注意事项。",
    ],
}

PASSING = [
    "How do I prune a rose?",
    "Fill in the gap: a rose is ______________________________ in winter.",
    "Why do people write very, very, very long roses?",
    "How to prune roses in winter",
    "How do I prune roses in winter?",
    "What is the difference between a hybrid tea and a climber?",
    "Explain how to prune roses in winter.",
    "When the worst frost is over, do I prune my roses at once or do I wait?",
    "I'm sorry for the odd question, but how do I prune a rose that never flowers?",
    "I can't find the bud on my rose. What should I look for?",
    "I am unable to log in to my account. How do I reset the password?",
    "What can you tell me about the use of AI language models in gardening?",
    "How do I write a cover letter text?",
    "Which text editor is good for Python?",
    "How do I send a text message from my computer?",
    "How do I wrap the text inside a table cell with CSS?",
    "How do I change the colour of the text in a button?",
    "How do I find a line in the text file with grep?",
    "How do I get the root of the document tree in JavaScript?",
    "What does the document object model do?",
    "Who is the author of The Secret Garden?",
    "How do I become the author of a best-selling book?",
    "How do I write an article for a gardening magazine?",
    "What is the passage of time like for a tree?",
    "How does the passage of the moon change the tides?",
    "When do I use the definite article in German?",
    "According to the rules of chess, may a pawn move backward?",
    "How do I scrape a given page with Python?",
    "Write a function in Python with the following signature: def add(a, b)",
    "Why does Chrome say this page can't be displayed?",
    'What does "according to the article" mean in an exam question?',
    "How many players are picked in the draft each year?",
    "How do I ask a good question in an interview?",
    "What is a good question for a first date?",
    "How do I let the user choose a file in a web form?",
    "How do I detect whether the user wants a dark theme?",
    "How do I write a prompt for an image model?",
    "What are the instructions for repotting an orchid?",
    "Answer key for the 2019 maths exam: where can I find it?",
    "Best risotto alla milanese technique",
    "pandas merge vs join",
    "What does the word Weltanschauung mean?",
    "Explain what os.path.join does and give me an example.",
    "Describe vegetative propagation",
    "Give me a recipe for a risotto alla milanese, please.",
    "¿Qué es un rosal?",
    "What are the best news sites for gardeners?",
    "How do I write a news article?",
    "Which material is best for garden gloves?",
    "How do I take a picture of a rose at night?",
    "How do I link two cells in Excel?",
    "How do I create a link in HTML?",
    "What is a URL?",
    "What does URL encoding do?",
    "How do I write a CV?",
    "How do I write a good resume for my first job?",
    "How should I format the profile section of a CV?",
    "What should an abstract contain?",
    "How long should an article be?",
    "What is abstract art?",
    "How do I extract vanilla from beans?",
    "How do I make vanilla extract?",
    "What is a keyword in Python?",
    "How do I find good keywords for SEO?",
    "How do I build a website?",
    "What makes a good website?",
    "According to physics, why is the sky blue?",
    "According to Kant, what is duty?",
    "Why do plants die according to biologists?",
    "How do I cite a source in an essay?",
    "How do I paraphrase a paragraph without plagiarising?",
    "How do I start a story?",
    "Tell me a story about a rose.",
    "Write a story about the following idea: a rose that never blooms",
    "Who wrote Pride and Prejudice, and what is the novel about?",
    "What does the author of Dune say about power?",
    "How do I read a weather map?",
    "What does a weather map show?",
    "What does the picture of a well-run kitchen look like?",
    "How do I get a page to load faster?",
    "What is the front page of a newspaper called?",
    "Explain how this works: the tides",
    "What is the report button for on YouTube?",
    "How do I write a report for my boss?",
    "What information should a cover letter give?",
    "What is the content of a healthy breakfast?",
    "How do I write the text of an invitation?",
    "What is the difference between text and binary files?",
    "Please help me to write a blog post about roses.",
    "What are some good sources of protein?",
    "How do I get data from an API?",
    "What is the main argument for ranked-choice voting?",
    "I need an article idea for my gardening blog.",
    "How does the author of a paper submit it to a journal?",
    "How do I summarise an article for school?",
    'Translate "good morning" into French.',
    "Translate the sentence 'I love roses' into Latin.",
    "Can you summarize the plot of Hamlet?",
    "Summarize the causes of the First World War.",
    "What are the key points of the Treaty of Versailles?",
    "What is the meaning of the passage of time in Proust?",
    "Write a short description of a rose garden.",
    "How do I attach a document to an email?",
    "How can I recover a deleted document in Word?",
    "What is a design document?",
    "How do I extract text from a PDF?",
    "What are the sources of the Nile?",
    "Which guide should I follow to learn knitting?",
    "Where can I find a guide to Rome?",
    "How do I follow the instructions on a medicine label?",
    "I have a rose that never flowers. What can I do?",
    "My rose has black spots. Help!",
    "Question about roses: when do I prune?",
    "I am sorry to say my rose died. What could have killed it?",
    "I can't decide between a hybrid tea and a climber. What speaks for each?",
    "To what depth do I plant a rose?",
    "Is there no way to save a frozen rose?",
    "I would like to ask how roses are pruned.",
    "How do I prompt a language model well?",
    "What does an instruction set do in a CPU?",
    "What is the user supposed to do when the app crashes?",
    "Sure-footed on ice: which shoes do I need?",
    "How do I respond to a question in an interview?",
]


@pytest.mark.parametrize(
    ("reason", "instruction"), [(reason, text) for reason, texts in REJECTED.items() for text in texts]
)
def test_finds_the_fault(reason: str, instruction: str) -> None:
    """A faulty instruction is rejected for the reason that a person would give."""
    found = fault(instruction)
    assert found is not None
    assert found.reason == reason
    assert found.detail


@pytest.mark.parametrize("instruction", PASSING)
def test_lets_a_natural_request_pass(instruction: str) -> None:
    """A request that merely resembles a faulty one is kept."""
    found = fault(instruction, document=about(instruction))
    assert found is None, f"{found.reason}: {found.detail}"


def test_every_rule_has_its_own_reason_and_its_own_cases() -> None:
    """No reason is used twice, and none is without a made case here."""
    assert len({rule.reason for rule in ORDER}) == len(ORDER)
    assert {rule.reason for rule in ORDER} == set(REJECTED)


def test_bounds_come_from_the_configuration() -> None:
    """Bounds are inclusive, and a specification may move them."""
    question = "How do I prune a rose?"
    copied = "Is it true that the new shoot grows out of the middle of the bush?"
    assert fault(question, min_chars=len(question), max_chars=len(question)) is None
    assert str(fault(question, min_chars=len(question) + 1)).startswith("instruction_too_short: 22 characters")
    assert str(fault(question, max_chars=len(question) - 1)).startswith("instruction_too_long: 22 characters")
    assert fault(copied, max_copied_words=11) is None
    assert str(fault(copied, max_copied_words=10)).startswith("instruction_copies_response: 11 words in a row")


def test_language_is_compared_to_the_documents() -> None:
    """A German page may be asked for in German, not in English; without a language nothing is compared."""
    german = "Wie schneide ich meine Rosen im Winter richtig zurück?"
    english = "How do I prune my roses in winter, and which tools do I need for it?"
    page = "Rosen schneidet man im Winter zurück, wenn der Frost vorbei ist."
    assert fault(german, document=page, language="de") is None
    assert fault(german, document=page, language="de-AT") is None
    assert fault(german, document=page, language=None) is None
    assert fault(german, document=page, language="xx") is None
    assert str(fault(english, language="de")).startswith("instruction_wrong_language: en with probability")


def test_a_document_without_words_is_no_copy() -> None:
    """An empty document shares nothing with any instruction."""
    assert fault("How do I prune a rose?", document="", min_answered=0) is None


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["en", "de", "", "xx", None]))
def test_any_text_is_checked(instruction: str, document: str, language: str | None) -> None:
    """No instruction and no document can make a rule raise."""
    found = fault(instruction, document=document, language=language)
    assert found is None or found.reason in REJECTED


@given(
    st.text(alphabet=st.sampled_from([chr(0), "\ud800", "\udfff", "\n", "a", " ", "\u202e", "\U0001f339"]), max_size=60)
)
def test_hostile_characters_are_checked(instruction: str) -> None:
    """NUL bytes, lone surrogates and direction marks break no rule either."""
    found = fault(instruction * 20, document=instruction)
    assert found is None or found.detail


@pytest.mark.parametrize("junk", ["a", "a ", "\n", "\u0645", "{}();", "\x00", "1,", '"', "A ", "the "])
def test_a_megabyte_of_junk_is_checked(junk: str) -> None:
    """A million signs without spaces, from right to left, of code, of one mark: all rules come to an end."""
    page = junk * (1_000_000 // len(junk))
    assert fault(page, document=page) is not None
    found = fault("How do the 25 Gardeners of Kent and Provence prune a rose?", document=page)
    assert found is not None and found.reason == "instruction_new_names"
    found = fault("How do gardeners prune a rose?", document=page)
    assert found is not None and found.reason == "answer_not_contained"
    assert fault(page[:1_900], document=page, min_answered=0) is not None
