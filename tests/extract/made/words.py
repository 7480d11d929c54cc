# ruff: noqa: E501 - markup and prose are kept on their lines
"""The words that made pages are filled with: sentences of a few languages, headlines, names, code."""

from random import Random

SENTENCES = {
    "en": """The harbour board met for the third time this month, and again it left without a decision on the old crane.
Nobody in the village can say exactly when the mill stopped turning, but most remember the summer of the flood.
A loaf that has rested overnight in a cold room tastes better, slices more cleanly, and keeps for two days longer.
Engineers found that the pump failed not because of its age but because a filter had never been replaced.
If you plant the seeds before the last frost, cover them with straw and do not water them until the soil warms.
The report counts 412 bridges that need repair, of which 37 carry more than ten thousand cars a day.
"We had expected a quiet year," she said, "and then the orders arrived all at once, from four countries."
Children who walked to school slept better in the study, though the difference was small and may have other causes.
To sharpen the blade, hold it at a shallow angle, draw it slowly across the stone, and wipe it after each stroke.
The new timetable saves eleven minutes between the two towns, provided that the connection at the junction holds.
Most of the manuscript was copied by one hand, but the last twelve pages show a hurried and much younger writing.
Cheese made from winter milk is paler, firmer and less sweet; makers on the coast sell it under its own name.
When the battery is below ten percent the device stops recording, writes what it has, and waits for a charger.
Prices rose by 3.4 percent in spring, the slowest pace in two years, as energy and transport became cheaper.
He repaired clocks for forty years in a shop so narrow that two customers could not stand side by side.
Volunteers count the birds every Sunday at dawn, and their notebooks now reach back further than the weather records.
The court held that a promise made by telephone binds both sides, even where the written contract says otherwise.
A second coat of oil is needed only on the end grain, which drinks it faster than the faces of the board.
Researchers measured the ice at nine places; at seven of them it was thinner than at any time since 1979.
Before you begin, make sure that the valve is closed, the power is off, and a bucket stands below the joint.
The museum will show the letters from May on, together with photographs that the family had kept in a trunk.
Old maps give the island three different names, and the oldest of them puts it on the wrong side of the strait.
The team lost its first four games, changed its goalkeeper, and has not been beaten at home since October.
Sorting the list first takes longer for small inputs, but it pays off as soon as there are a few thousand entries.""",
    "de": """Der Gemeinderat hat am Dienstag beschlossen, die alte Turnhalle nicht abzureißen, sondern sie bis 2027 zu sanieren.
Wer den Teig über Nacht kühl stellt, braucht weniger Hefe und bekommt am Morgen eine deutlich bessere Kruste.
Die Strecke bleibt voraussichtlich bis Ende August gesperrt, Ersatzbusse fahren alle zwanzig Minuten.
Nach Angaben der Feuerwehr entstand ein Schaden von rund 40.000 Euro, verletzt wurde bei dem Brand niemand.
Viele Gärtner gießen zu oft und zu wenig; besser ist es, selten, aber dafür gründlich zu wässern.
Das Verfahren liefert auch dann genaue Werte, wenn die Probe stark verdünnt ist oder nur wenige Zellen enthält.""",
    "fr": """Le conseil municipal a voté mardi soir la rénovation du vieux marché couvert, fermé depuis l'hiver dernier.
Laissez reposer la pâte une nuit au frais : elle sera plus facile à étaler et gardera mieux sa forme à la cuisson.
Les chercheurs ont suivi pendant dix ans une trentaine de familles, dont la moitié vivait près de la côte.
Selon les premiers chiffres, la fréquentation a augmenté de huit pour cent, surtout pendant les vacances d'été.
Il faut vérifier la pression avant chaque départ, puis une nouvelle fois lorsque le moteur est chaud.""",
    "es": """El ayuntamiento aprobó el martes la reforma del antiguo mercado, cerrado desde el invierno pasado por las lluvias.
Conviene dejar reposar la masa toda la noche, porque así se estira mejor y no pierde su forma en el horno.
Los vecinos esperan desde hace tres años una respuesta, y la última carta tampoco les dio una fecha.
El estudio siguió a treinta familias durante una década y encontró diferencias pequeñas pero constantes.""",
    "ru": """Городской совет во вторник решил не закрывать старый рынок, а отремонтировать его к следующей весне.
Если оставить тесто на ночь в холоде, утром оно лучше раскатывается и сохраняет форму в печи.
По данным исследователей, за десять лет лёд в заливе стал тоньше в семи местах из девяти.
Жители посёлка говорят, что автобус теперь приходит вовремя, но ходит только два раза в день.""",
    "ja": """町の議会は火曜日の夜、古い市場を取り壊さずに、来年の春までに修理することを決めた。
生地を一晩冷やしておくと、翌朝は伸ばしやすくなり、焼いても形が崩れにくい。
調査によると、湾の氷は九か所のうち七か所で、これまでで最も薄くなっていた。
出発の前に必ず圧力を確かめ、エンジンが温まったら、もう一度確かめてください。""",
}
TITLES = {
    "en": [
        "Old crane keeps the harbour waiting",
        "How to bake a loaf that keeps",
        "What the ice tells us",
        "A clock in a narrow shop",
    ],
    "de": ["Turnhalle wird doch saniert", "So gelingt die Kruste"],
    "fr": ["Le vieux marché sera rénové", "Une pâte qui garde sa forme"],
    "es": ["El antiguo mercado tendrá reforma", "La masa que reposa toda la noche"],
    "ru": ["Старый рынок отремонтируют", "Тесто, которое держит форму"],
    "ja": ["古い市場は修理へ", "一晩冷やす生地"],
}
SUBHEADS = ["What happened", "Why it matters", "The first step", "A closer look", "What comes next", "How it works"]
NAMES = ["Mara Lindqvist", "Tom Okafor", "Ines Duarte", "Pavel Horak", "June Abbott"]
TEASERS = [
    "Ferry returns after winter break", "Five walks for a rainy week", "Council to sell the station", "Why bees like the ring road",
    "A cheese that won by accident", "Tram line two opens late", "Small farms look for heirs", "The last letter writer in town",
]  # fmt: skip
SECTIONS = ["News", "Sport", "Culture", "Opinion", "Business", "Travel", "Science", "Weather"]
CODE = '''def first_free(seats, row=0):
    """Return the first free seat of a row."""
    for number, taken in enumerate(seats[row]):
        if not taken:
            return number

    return None'''


class Words:
    """A seeded source of words in one language; no sentence comes twice until all have come."""

    def __init__(self, seed: int, lang: str = "en") -> None:
        self.rng = Random(seed)
        self.lang = lang
        self._sentences: list[str] = []

    def sentence(self) -> str:
        if not self._sentences:
            self._sentences = SENTENCES[self.lang].split("\n")
            self.rng.shuffle(self._sentences)
        return self._sentences.pop()

    def paragraph(self) -> str:
        return ("" if self.lang == "ja" else " ").join(self.sentence() for _ in range(self.rng.randint(1, 4)))

    def paragraphs(self, least: int = 4, most: int = 9) -> list[str]:
        return [self.paragraph() for _ in range(self.rng.randint(least, most))]

    def title(self) -> str:
        return self.rng.choice(TITLES[self.lang])

    def teasers(self, count: int) -> list[str]:
        return self.rng.sample(TEASERS, count)

    def name(self) -> str:
        return self.rng.choice(NAMES)
