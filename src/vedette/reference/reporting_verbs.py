"""Verbs and nouns by which English reports what someone said, and common finite verbs: our own lists, lower case."""

from __future__ import annotations

# Take a that-clause or a quotation: what follows is the content, what precedes the frame.
SAY = [
    *(
        "said says say told tells stated states noted notes stressed stresses emphasized emphasised "
        "emphasizes emphasises underlined underlines underscored underscores added adds explained explains "
        "warned warns claimed claims insisted insists argued argues asserted asserts declared declares "
        "announced announces reiterated reiterates reaffirmed confirmed confirms believes believe believed "
        "thinks think thought considers consider considered suggested suggests suggesting acknowledged "
        "admitted maintained maintains recalled recalls reminded remarked observed concluded concludes "
        "indicated reported reports predicted predicts expects expected hopes hoped hope adding stressing "
        "noting saying emphasizing emphasising underlining proposed proposes assured promised pledged vowed "
        "replied responded accused alleged specified clarified affirmed agreed feels felt"
    ).split(),
    "pointed out",
    "points out",
    "made clear",
    "makes clear",
    "made it clear",
    "went on to say",
]

# Subjectless frames: "It was emphasised that", "Hope was expressed that".
PASSIVE_SAY = [
    *(
        "emphasised emphasized stressed noted underlined underscored agreed said reported stated expressed "
        "announced mentioned recalled added confirmed believed expected revealed decided"
    ).split(),
    "pointed out",
]

# Reporting acts with a noun object: the sentence itself is the claim, a speech act.
ACT = (
    "discussed discuss raised expressed called urged thanked congratulated informed briefed described "
    "outlined demanded condemned welcomed praised rejected proposed appealed addressed reviewed touched "
    "focused drew exchanged offered invited warned agreed supported reaffirmed reiterated confirmed pledged "
    "promised vowed threatened accused criticised criticized denounced protested shared presented requested asked "
    "ordered instructed announced invoked deplored regretted"
).split()

# Finite forms that start or carry a clause.
FINITE = (
    "is are was were has have had will would can could may might must should shall does do did cannot can't "
    "won't doesn't don't didn't isn't aren't wasn't weren't hasn't haven't hadn't wouldn't couldn't shouldn't "
    "'s 're 've 'll remains remain remained continues continue continued needs need needed wants want wanted "
    "seems seem seemed appears appear appeared becomes become became began begins begin started starts took "
    "takes take made makes make gave gives give came comes come went goes go says said sees see saw know "
    "knows knew shows show showed means mean meant led leads lead requires require required supports support "
    "supported believes believe violates violated refuses refused launched launches deployed deploys sent "
    "sends holds held expects expect hopes hope plans plan planned intends intend seeks seek sought faces "
    "face faced serves serve served plays play played uses use used helps help helped allows allow allowed "
    "creates create created poses pose posed represents represent represented understands understand "
    "understood depends depend depended threatens threaten threatened moved moves move arrived arrive "
    "withdrew withdraws withdraw attacked attacks fought fights fight signed sign signs agreed agrees agree "
    "called calls call urged urges urge expressed express stressed noted warned warns rejected rejects reject "
    "survived survive raised raises increased increases grew grows rose rises fell falls hit hits killed "
    "kills fired fires crossed crosses brought brings bring kept keeps keep let lets put puts provides "
    "provide provided proved proves gained gain launched occupied seized claims claim claimed accused accuses"
).split()
