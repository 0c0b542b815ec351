"""What sort of statement a clause is: fact, event, speech, judgement, forecast or argument. Rules only.

A regression on these rules, words and pairs of words was tried and gains nothing (``python evals/kinds.py``).
"""

from __future__ import annotations

import re

from vedette.domain.claims import ClaimKind

HYPOTHETICAL = re.compile(
    r"\b(?:if|would|could|might|may|possibl[ey]|potential(?:ly)?|alleged(?:ly)?|hypothetical|should "
    r".* escalate|threaten\w* to)\b"
)
_FORECAST = re.compile(
    r"\b(?:will|shall|would likely|is going to|are going to|may well|is likely to|are likely to|is "
    r"expected to|could reignite|plans? to)\b"
)
_ARGUES = re.compile(
    r"\b(?:must|should|need(?:s|ed)? to|ought to|have to|has to|it is (?:important|necessary|"
    r"essential)|requires? (?:an?|the|immediate)|the need (?:to|for)|the importance of)\b"
)
_JUDGES = re.compile(
    r"\b(?:could|may|might|seems?|seemed|appears?|perhaps|likely|unlikely|probably|clearly|very|"
    r"purely|major|significant|importan\w+|"
    r"feeling|too early|believe|think|best|better|more than|problematic|logical|destructive|"
    r"provocative|unprecedented|unacceptable|"
    r"provocat\w+|refus\w+|sabotag\w+|imitat\w+|stubborn\w*|dangerous|threat\w*|serious|concern\w*|improved|"
    r"capable|breakthrough|reason for|responsib\w+|discriminat\w+|brutal\w*|aggravat\w+|extremely|unsatisfactory|"
    r"is a (?:threat|challenge|manifestation|signal|path|step|mistake|sign)|are a source)\b"
)
_PAST = re.compile(
    r"\b(?:began|started|launched|arrived|entered|crossed|met|held|took place|signed|served|deployed|moved|attacked|"
    r"seized|killed|shelled|took|sent|withdrew|fired|voted|took part|visited|recently|intervention|drills|exercises|"
    r"retaliated|captured|destroyed|bombed|derailed|fell through|broke down|fled|expelled|detained|arrested|ruled|"
    r"resigned|continued to (?:attack|shell|advance)|call(?:s|ed) off|succeeded in|failed to)\b|"
    r"\b(?:was|were) (?:\w+ly )?(?:held|made|sent|hit|shot|taken|carried out|signed|launched|\w{3,}ed)\b"
)
# Headlines and daily items tell what happened in the present tense; so does nobody else.
_HEADLINE = re.compile(
    r"\b(?:is|are|has been|have been) (?:reportedly )?(?:killed|wounded|injured|shot|captured|seized|detained)\b|"
    r"\b(?:seizes?|strikes|bombs|kills?|killing|attacks|shells|bombards|deploys?|begins?|detains?|releases?|captures?|"
    r"sends|moves|dispatches|advances?|dissolves|conducts?|approves?|came under|erupts?|unravel(?:s|ed)|erupted|struck|"
    r"broke|parades?|forcing)\b"
)
# "The leaders agreed", "the two presidents discussed": something took place between them.
_MEETS = re.compile(
    r"^(?:the )?(?:two |both )?(?:parties|sides|leaders|presidents|ministers|interlocutors|"
    r"delegations|they|[\w .,]{3,90}?) "
    r"(?:also |then |once again )*(?:met with|met in|discussed|agreed to|agreed on further|exchanged|"
    r"held (?:talks|a meeting|an?)|"
    r"had an? (?:in-depth|meeting|phone|telephone|exchange|detailed)|reviewed|found it expedient|touched upon)\b"
)
# Words that do what they say: something has happened.
_ENACTS = re.compile(
    r"\b(?:declared (?:a |an )?(?:state of |nationwide )?(?:emergency|war|martial law|independence|"
    r"ceasefire|truce|mobili[sz]ation)|"
    r"signed (?:a|an|the)|ordered (?:the |a )?(?:deployment|withdrawal|mobili[sz]ation|troops|army|"
    r"military)|recogni[sz]ed the independence)\b"
)
_ACT_FIRST = re.compile(
    r"^(?:also |once again )?(?:called (?:on|for|upon)|urged|expressed|reaffirmed|reiterated|"
    r"confirmed|condemned|welcomed|"
    r"thanked|demanded|warned|pledged|promised|vowed|outlined|expressing|calling|agreed on|noted|stressed|raised)\b"
)
_ACT_PASSIVE = re.compile(
    r"\b(?:was|were) (?:also |once again )?(?:raised|addressed|expressed|emphasi[sz]ed|stressed|"
    r"affirmed|pointed out|reaffirmed|"
    r"condemned|welcomed|voiced)\b"
)
# What a speaker says of the own side's will.
_COMMITS = re.compile(
    r"\b(?:we|i|our) (?:\w+ )?(?:condemn|support|demand|expect|call|will|do not|don't|are (?:ready|"
    r"not|defending|committed)|believe in|"
    r"insist|reject|need|welcome|hope)\b|\b(?:is|are|remains?|remained) (?:always )?(?:ready|open|"
    r"committed|prepared|willing|eager)\b|"
    r"\bwill continue (?:to|its|their)\b|\b(?:supports?|reconfirms?|reaffirms?|adheres?|recogni[sz]es|"
    r"does not (?:give|have any|intend|plan|recogni[sz]e))\b"
)
_CONCRETE = re.compile(
    r"\b(?:troops?|soldiers|army|missiles?|weapons?|tanks|drones|units|forces|deployed|withdr\w+|"
    r"constitution|occupied|base|"
    r"supplied|providing|convoy|border)\b"
)
# "We airlifted the troops very quickly": praise of an own act still tells that it happened.
_WE_DID = re.compile(
    r"^(?:acting [^,]*, (?:and [^,]*, )?)?we (?:have |had )?(?:also |just |already )?(?:began|begun|airlifted|deployed|"
    r"placed|established|transferred|sent|moved|completed|took|taken|signed|held|conducted|launched|withdrew|withdrawn|"
    r"started|carried out|destroyed|seized|repelled|shot down|opened|closed|introduced|imposed|expelled|handed|"
    r"evacuated|struck)\b"
)
# A worry voiced is an assessment of what others do, whatever the verb of saying.
_WORRIES = re.compile(
    r"\b(?:express\w*|voic\w*|shar\w*)(?: \w+){0,4} (?:concerns?|dissatisfaction|alarm|worry|worries|regret)\b|"
    r"\b(?:concerns?|dissatisfaction|alarm|regret)\b.{0,80}\b(?:was|were) (?:expressed|voiced)\b"
)
# Verbs of pointing out with a word of blame.
_BLAMES = re.compile(
    r"\b(?:emphasi[sz]ed|noted|point\w* (?:out|to)|illustrat\w*|dr[ea]w\w* .*attention to|specific examples)\b.*"
    r"\b(?:provocative|destructive|aggressive|discriminat\w+|rough|brutal|unacceptable|extremely|dangerous|unlawful|"
    r"illegal|hostile|cynical|inhuman\w*)\b"
)
_ONLY = re.compile(
    r"\bonly\b.*\bcan\b|\bthere (?:is|are|can be) no (?:other way|alternatives?)\b|"
    r"\b(?:is|are) (?:of (?:primary|paramount|key|great|vital) importance|the most important thing|"
    r"the only (?:way|path))\b"
)
_WE = re.compile(r"\b(?:we|our)\b")


def kind_of(low: str, *, told_by_author: bool, performs: bool, numbers: bool) -> ClaimKind:
    """What sort of statement a clause is.

    The author's own words about what happened are facts and events; about what it means, judgements; what somebody
    says of others is a judgement unless it names numbers, days or movements; acts of speech are speech.
    """
    if _MEETS.match(low) or _ENACTS.search(low) or _WE_DID.search(low):
        return ClaimKind.EVENT
    if _WORRIES.search(low) or (performs and _BLAMES.search(low)):
        return ClaimKind.JUDGEMENT
    if _ACT_FIRST.match(low) or performs or _ACT_PASSIVE.search(low):
        return ClaimKind.SPEECH
    if _ARGUES.search(low):
        return ClaimKind.ARGUMENT
    if _ONLY.search(low):
        return ClaimKind.ARGUMENT
    if (not told_by_author or _WE.search(low)) and _COMMITS.search(low):
        return ClaimKind.SPEECH
    if _FORECAST.search(low):
        return ClaimKind.FORECAST
    if HYPOTHETICAL.search(low) or _JUDGES.search(low):
        return ClaimKind.JUDGEMENT
    if _PAST.search(low) or (told_by_author and _HEADLINE.search(low)):
        return ClaimKind.EVENT
    concrete = told_by_author or numbers or bool(_CONCRETE.search(low))
    return ClaimKind.FACT if concrete else ClaimKind.JUDGEMENT
