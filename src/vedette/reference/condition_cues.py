"""Cues: words that bear on a condition of intervention, with direction and weight. Our own table, read as text.

A line is ``condition sign weight | pattern``. The pattern runs over a clause in lower case without punctuation in which
every known actor is one token by its role: ``§i`` the intervener, ``§t`` the target, ``§h`` the host, ``§w`` an
organisation or onlooking power, ``§o`` another state, ``§x`` any of them. ``word*`` matches a beginning, ``a/b`` either,
``..`` up to five words between, ``...`` up to ten. Sign + raises the condition *for the intervener*, - lowers it; ^ and v raise and lower it and silence
what the same clause says the other way ("refused to implement the agreement" is no step to peace).

C1 perceived_justification, C2 local_support, C3 absence_of_resistance, C4 technical_feasibility, C5 low_costs,
M stakes, N bears on the crisis without touching a condition, F strength or activity of a force: the intervener's raises
feasibility, the target's lowers the absence of resistance. Conditions and signs follow the indicator lists of the
product's method note; weights (1 hint, 2 speaks for itself, 3 plain) were set by hand on a tuning part of the
development statements and are judged on a part kept apart (evals/extraction.py). [sweep: evals/extraction.py]
"""

from __future__ import annotations

CONDITIONS = {
    "C1": "perceived_justification",
    "C2": "local_support",
    "C3": "absence_of_resistance",
    "C4": "technical_feasibility",
    "C5": "low_costs",
    "M": "stakes",
    "N": "none",
}

CUES = """
# C1 raises: grievance, threat, pretext, kin, treaty, request
C1 + 3 | provocat*
C1 + 3 | provocative
C1 ^ 3 | sabotag*/derail*/dismantl*/undermin*/torpedo* .. agreement*/accord*/measures/process/deal/ceasefire/settlement
C1 ^ 3 | refus*/reluctan*/fail*/unwilling* .. implement*/fulfil*/comply/abide/observe/honor/honour
C1 ^ 3 | destructive/destabili*/aggressive .. polic*/course/effort*/nature/line/actions
C1 + 3 | discriminat*
C1 + 3 | genocid*/ethnic-cleansing/persecut*/oppress*/massacre*/atrocit*
C1 + 2 | russian-speaking/compatriots/ethnic-kin/kin/co-ethnics
C1 + 2 | violat* .. agreement*/commitment*/obligation*/law/ceasefire/airspace/border*/rights/sovereignty
C1 + 2 | aggravat*/inflam*/fuel*/fan*/stok* .. situation/tension*/conflict/line
C1 + 3 | civilian*/citizens/people .. suffer*/killed/die*/dying/shell*/flee*/forced-to
C1 + 2 | shell*/bombard* .. civilian*/town*/village*/city/cities/area*/settlement*/people
C1 + 2 | legal-basis/pretext/casus-belli/excuse/justif*/false-flag
C1 + 2 | recogni* .. independence/republic*/territor*/terrorist
C1 + 2 | terrorist*/extremis*/militants/nazi*/neo-nazi*/criminals
C1 + 2 | coup/regime-change/color-revolution/colour-revolution/putsch/overthrow*
C1 + 2 | at-the-request/at-request/invitation/requested/asked .. authorit*/government/president/assistance/troops/§h/§t
C1 + 2 | mutual-defense/mutual-defence/treaty/collective-security/peacekeep*
C1 ^ 2 | absence/lack .. response/answer/reply/progress
C1 ^ 2 | unanswered/ignor*/imitat*/futil*/stalemate/deadlock/obstruct*/stonewall*
C1 + 2 | concern* .. tension*/provoc*/treatment/actions/threat*/deteriorat*/buildup/build-up/troops/exercises/activities/expansion
C1 + 2 | deteriorat*/aggravat*/escalat*/worsen*/tension* .. situation/line/region/donbas*/§t/contact/ties/along
C1 + 1 | situation .. deteriorat*/aggravat*/escalat*/worsen*
C1 + 2 | expan*/enlarg*/advance/eastward* .. nato/§w/alliance/bloc
C1 + 2 | nato/§w .. expan*/enlarg*/eastward*/advance/infrastructure/foothold/exploration/encircl*
C1 + 3 | encircl*/surround*
C1 + 2 | deploy*/station*/plac* .. weapon*/missile*/troops .. neighbo*/border*/near §i/to-§i
C1 + 2 | threat*/danger*/menace .. §i/§h/our-border*/our-security/our-people/our-country
C1 + 2 | demand*/ultimatum* .. guarantee*/§w/§t/withdraw*/security
C1 + 2 | security-guarantee*/legally-binding/legal-guarantee*/binding-guarantee*/guarantiees/guaranties
C1 + 1 | brutal*/rough/violen*/cruel* .. migrants/refugees/civilians/protest*/treatment
C1 + 1 | excessive-force/water-cannon/tear-gas/riot-control
C1 + 2 | attack*/strike* drone*
C1 + 2 | §t/militants/kiev .. drone*/heavy-weapon*/banned/prohibited/attack*/military-solution
C1 + 2 | military-solution/by-force/through-force/use-of-force
C1 + 2 | weapon*/ammunition .. §t .. encourag*/militari*
C1 + 2 | aggressive/hostile .. actions/intentions/policy .. §t/§w/ukrain*
C1 + 1 | §t ... member*/join/accession .. nato/alliance
C1 + 1 | nato-membership/membership-in/intention-to-become/aspiration*
C1 + 1 | border-incident*/incursion*/crossing/saboteur*/infiltrat*
C1 + 1 | responsib* .. shift*/escalat*/crisis
C1 + 2 | oppos* .. expan*/nato/enlarg*/deploy*
C1 + 2 | buildup/build-up/buildups/build-ups .. §t/nato/§w/justif*/baltic/border
C1 + 2 | troops/forces/tanks/rotation* .. baltic*/§w/nato/poland .. border*/amass*/send/more
C1 ^ 2 | lack/no/little/without .. progress
C1 ^ 2 | lack/absence/no/without .. response/answer/reply
C1 + 1 | restrictions/bans/expuls*/sanctions .. compel*/respond-in-kind
C1 + 2 | annex*/territorial-claim*/historic*-land*/reunif*/disputed/claims-to
C1 + 2 | mass/major/violent/nationwide protest*/unrest/riot* .. §x/capital/country
C1 + 2 | response/respond/reaction/reply .. support/expansion/deployment/sanctions/provocation* .. §t/§w
C1 + 2 | hostage*/kidnap*/murder*/assassin* .. citizens/soldiers/nationals/diplomats
C1 + 2 | accus* .. terror*/aggress*/attack*/support*/harbo*/arming/killing/spying/plotting/violat*/shelling
C1 + 2 | claim*/insist* .. territor*/region/sovereign*/belongs/stolen/province/island*
C1 + 2 | ultimatum/deadline/patience/last-warning/final-warning
C1 + 2 | restor* .. order/democra*/legitimate/rule/president/government
C1 + 2 | junta/mutin*/coup-leaders/self-defen*/pre-empt*/preempt*/preventive-war/retaliat*/reveng*/aveng*
C1 + 2 | harbo*/shelter* .. militants/rebels/fighters/terror*/insurgents
C1 + 2 | rocket/mortar/drone/cross-border .. attack*/fire/raid*/strike*
C1 + 2 | threaten*/vow*/warn* .. force/attack/retaliat*/respond/invade/intervene/military/war/consequences/clear/crush/eliminate
C1 + 1 | red-line*/safe-zone/buffer-zone/corridor
C1 + 2 | declar*/proclaim* .. independence/secession/annex*/no-fly
C1 v 3 | no/not/never .. plan*/intend*/intention*/going .. attack/invade/war/intervene/aggression
C1 v 2 | den*/reject*/dismiss* .. plan*/claim*/allegation*/accusation*/report* .. attack/invade/invasion/troops/intervention
C1 - 2 | restraint/peace-plan/roadmap/hotline/confidence-building
# C1 lowers: talks, peace, compromise, denial of hostile intent
C1 - 2 | talks/negotiat*/dialog*/consultation*/contacts
C1 - 2 | diplomatic/political-diplomatic/peaceful* .. solution*/settl*/means/way/format/effort*/resol*/policy
C1 - 2 | diplomacy/diplomatically
C1 - 2 | normandy/minsk/geneva/astana/contact-group .. format/process/group/agreement*/package
C1 - 3 | settl*/resolv*/resolution/regulat* .. crisis/conflict/situation/issue*/dispute*
C1 - 2 | ceasefire/cease-fire/truce/armistice/disengag*/demilitari*
C1 - 2 | mediat*/good-offices
C1 - 2 | agree* .. continue/maintain/keep/work/intensif*/step-up/instruct/hold/meet/contact*/discuss*
C1 - 2 | exchange* of opinions/views
C1 - 2 | discuss* .. guarantee*/outcomes/settlement/issues/developments/ways/steps
C1 - 2 | compromis*/concession*/goodwill/prisoner-exchange/release/detain*
C1 - 2 | peace
C1 - 2 | end/ending/halt/stop .. conflict/war/hostilities/fighting/bloodshed
C1 - 2 | deescalat*/de-escalat*/defus*/calm*
C1 v 3 | not/no/never .. aggressive/hostile .. intention*/plans
C1 v 3 | not .. give-in/respond/yield/react .. provocat*
C1 - 2 | draft-document*/proposals/initiative* .. present*/submit*/put-forward/talks
C1 - 2 | no-alternative/only-viable/must-be-observed/strict-observance/complete-and-strict/implement* .. agreement*/measures/provisions/accord*
C1 - 2 | cooperat* .. §w/§o/eu
C1 - 2 | eu/§w .. cooperat*
C1 - 2 | support/favor/favour .. dialog*/talks/negotiat*
C1 - 1 | law/humanitarian/international-law/un-charter .. conformity/accordance/norms/right-to
C1 - 2 | illegal/unlawful/unjustified/unprovoked .. annex*/invasion/war/recogni*/decision
C1 - 1 | not-advancing/defensive/defending-ourselves/defend-itself
C1 - 2 | depends-not-only/depend*-on/without .. deadline*/us/countr*
C1 - 1 | meeting/summit/visit/call/conversation .. president*/leader*/minister* .. place/held/focus*
# C2 local support
C2 + 3 | request*/invit*/consent*/welcom* .. troops/forces/peacekeep*/deploy*/assist*/military/presence
C2 + 2 | §h/§o/host .. territory/soil/airspace/bases .. use/used/using/attack/expand/aggress*
C2 + 2 | use-of .. §h/§o territory/soil/airspace
C2 + 2 | troops/forces/units ... including .. §h/§o
C2 + 2 | §h .. backup/together/alongside/jointly/joint
C2 + 2 | joint .. exercise*/drill*/manoeuv*/maneuver* .. §h
C2 + 2 | §h .. loyal*/allied/ally/friendly/union-state
C2 + 2 | separatist*/proxy/proxies/pro-russian/pro-moscow/puppet/collaborat*
C2 + 2 | population/locals/residents/elites/people .. support*/welcom*/sympath*/greet*
C2 - 3 | cautious/reluctan*/wary/unwilling/hesita*/refus* .. staging/attack/host/used/troops/bases/territory
C2 - 2 | mediator/neutral*/broker/venue/go-between
C2 - 2 | relationship/relations/ties ... positive/constructive/friendly/good/warm/close
C2 + 2 | relations/relationship/ties ... sour*/worsen*/deteriorat*/strain*/frayed
C2 - 2 | not invite
C2 - 2 | choice/will of .. people/nation
C2 - 2 | survived/survive .. protest*/uprising/unrest
C2 - 2 | protest*/demonstrat*/opposition/crackdown*/unrest/rally/rallies
C2 - 2 | constraint*/obstacle*/limits/hurdle* .. §h/serving/host/domestic/staging
C2 - 2 | partisan*/insurg*/guerrilla/occup* .. resist*/hostile
C2 - 2 | hostile .. territory/population
C2 - 1 | understand/know .. difference/price
C2 - 2 | problematic/risky/unpopular/hard/difficult .. for §h/host/government/leader/regime
C2 - 1 | struggle .. democracy/freedom
C2 - 2 | rall*/march* .. behind/against/support
C2 - 2 | anti-§x/foreign-troops/foreign-intervention/occupier*/colonial .. protest*/anger/hostil*/reject*/out
C2 - 2 | not/refuse*/never/deny .. allow/permit/let/grant .. territory/airspace/soil/cross/bases/overflight
C2 + 2 | allow*/permit*/grant*/agree*/offer* .. bases/territory/airspace/overflight/stationing/troops-on/access
C2 + 2 | rebel*/militia*/opposition/exiles/clans/tribes .. allied/support*/backed/side/welcom*
# C3 absence of resistance
C3 - 3 | suppl*/transfer*/deliver*/provid*/send*/sent/ship*/suppli* .. weapon*/javelin*/arms/missiles/equipment/ammunition/drones/weaponry/instructors/advisers
C3 - 2 | weapon*/weaponry/arms/ammunition .. sent/supplied/deliver*/to-§t/provided
C3 - 3 | defen*-capab*/defen*-capacity/defen*-potential/military-aid/military-assistance/lethal-aid/security-assistance
C3 - 2 | strengthen*/enhanc*/boost*/reinforc* .. §t .. defen*/army/forces/security/resilience/capab*
C3 - 2 | strengthen*/enhanc* .. resilience/defen*
C3 - 2 | support .. §t
C3 - 1 | support .. our-country/our-state/for-§t/to-§t
C3 - 2 | §t .. exercise*/drill*/training
C3 - 3 | exercise*/drill* .. §t/national-guard/territorial-defen*/interior/border-regions/ministry-of-internal
C3 - 2 | mobili*/reservist*/territorial-defen*/national-guard/call-up
C3 - 3 | §t/army/society/we/soldiers .. resist*/fight-back/defend*/repel*/ready-to-fight/not-give-up/no-one-will-give-up/powerful
C3 - 3 | no-one-will .. give-up/surrender
C3 - 3 | defend* .. ourselves/itself/state/country/land/themselves
C3 - 2 | powerful/strong/armed/capable/combat-ready .. army .. 
C3 - 2 | army .. powerful/strong/changed/ready/capable/modern*
C3 - 2 | no occupation
C3 - 2 | blowback/resistance/resist*
C3 - 2 | partner*/cooperat* .. security/defen*/strategic/within-nato/nature
C3 - 2 | deepen*/expand*/develop* .. strategic/defen*/security .. partner*/cooper*
C3 - 2 | right-to-defend/right-to-self-defen*
C3 - 2 | not-afraid/do-not-panic/under-control/prepared/prepare/ready .. any/developments/everything/respond
C3 - 2 | liberat*/eliminat*/detain*/block .. armed-groups/sabotage*/criminals/buildings
C3 - 2 | ensure-public-order/stabili*-the-situation/respond-to
C3 - 2 | sovereignty/integrity .. commit*/commitment .. §t/ukraine
C3 - 2 | advis*/instruct*/train* .. §t/joint-exercises/equipment
C3 - 2 | membership .. security/contribut*/protect*
C3 - 3 | full/high/heightened/maximum .. alert/readiness
C3 - 3 | declaration-of-war/act-of-war/come-to-the-aid/come-to-its-aid/mutual-defense/mutual-defence
C3 - 3 | fight-back/fight-to/hit-back/strike-back/repel/resist/fortif*/dug-in/trenches/minefields/air-defen*
C3 - 2 | clos* .. airspace/border/strait
C3 - 2 | pledg*/vow*/promis*/ready .. defend/help/aid/assist/support .. §t/itself/homeland/country/ally
C3 + 3 | army/military/forces/defence-force ... fewer-than/only/barely/small/no-air-force/without
C3 + 3 | collaps*/demorali*/weak*/ill-equipped/outgun*/unprepared/split .. army/military/forces/defen*
C3 + 2 | army/military/forces .. weak*/collaps*/outnumber*/ill-equipped/unprepared
C3 + 2 | destabili*/riot*/seiz*/undermin* .. infrastructure/buildings/internal/hybrid/power
C3 + 2 | no-resistance/without-resistance/unopposed/little-resistance
C3 - 3 | hostile territory
C3 - 2 | nato/§w .. reinforce*/battlegroup*/rapid-response/troops-to/deploy*
# C4 technical feasibility
C4 + 3 | concentrat*/mass*/amass*/build*-up/buildup*/build-up*/gather*/accumul*/surge .. troops/forces/military/equipment/army/group*/armed/tanks
C4 + 3 | troops/forces/military/army/armor/armour/weapons/tanks .. concentrat*/amass*/mass/massed/massing/build*-up/buildup*/movement*/gather*
C4 + 3 | military buildup*/build-up*/presence
C4 + 2 | §i .. troops/forces/army/soldiers/equipment/personnel .. border*/near/around/along/territory/begin*/began/arriv*/enter*/mov*
C4 + 2 | troops/army/forces .. border*/borders
C4 + 2 | army is-on/on .. border*
C4 + 3 | deploy*/pre-position*/preposition*/transfer*/airlift*/mov*/relocat*/redeploy* .. troops/forces/equipment/assets/personnel/peacekeep*/battalion*/units/military
C4 + 2 | troops/peacekeep*/forces .. deploy*/airlift*/station*/moved/arriv*
C4 + 2 | airlift*/sealift/logistic*/supply-lines/bridging/field-hospital*/railway*/transport-aircraft
F + 3 | exercise*/drill*/manoeuvr*/maneuver* .. §i/joint/military/strategic/large-scale/snap/combat/mass
F + 3 | joint/military/snap/large-scale/strategic/naval .. exercise*/drill*/manoeuvr*/maneuver*
C4 + 2 | staging-ground/launching-point/launchpad/springboard/bridgehead/foothold
C4 + 2 | less-than .. miles/kilometers/kilometres/km
C4 + 2 | miles/kilometers/kilometres/km .. from .. capital/border/city
C4 + 2 | geograph*/terrain/distance/proximity/border-length/contiguous/landlocked
C4 + 2 | logistic*-prepared/combat-read*/readiness/operational/capable/capabilit*/capacity
F + 2 | hypersonic/ballistic/cruise/missile*/laser/weapon*/armament*/robotic*/drones .. test*/launch*/new/develop*/hit/produc*/navy/troops/system*/advanced/modern*
F + 2 | test*/launch*/equip*/develop*/receive .. missile*/hypersonic/weapon*/laser/system*
F + 2 | moderni*/strengthen*/re-arm*/rearm*/upgrade* .. army/navy/armed-forces/military/forces/capab*
F + 2 | army/navy/armed-forces/units/formations .. moderni*/effective*/mobility/training/combat-experience/improved/guarantee/proved
F + 2 | combat .. experience/capab*/launch/crews/read*/potential
F + 2 | armed-forces/army/navy .. potential/boost*/capacity/parity
F + 2 | technolog* .. weapon*/combat/troop*/military/precision/drones
F + 2 | exercise .. missile*/forces/crews/engaged/observed/completed/plan*/scheduled
F + 2 | fleet*/submarine*/ships/aerospace/district/regiment* .. launch*/engaged/hit/exercise/sail*/deploy*
C4 + 2 | withdraw* .. troops/forces/weapons/borders
C4 + 2 | troops/forces .. withdraw*/remain*/stay*
C4 + 2 | they-remain/remain-near/remain .. border*
C4 + 2 | §i .. occupied/occupies/occupying/seized
C4 + 2 | been-occupied/is-occupied/are-occupied/under-occupation
C4 + 2 | prepar*/plan*/ready/indicat*/intend* .. aggression/invasion/attack/offensive/war/against/operation/expansion
F + 2 | command-system/headquarters/command-and-control/spearhead/vanguard/forward-based
C4 + 2 | took/taking/take/assum*/place* .. control .. facilit*/infrastructure/airport/buildings
C4 + 2 | quick*/smooth*/swift*/short-span/like-clockwork/on-schedule/efficient*/in-record-time .. deploy*/operation/troops/went/airlift*
C4 + 2 | on-schedule/like-clockwork/short-span
C4 + 2 | intelligence-activity/cyberattack*/cyber/disinformation/hybrid .. attack*/campaign*/activit*
C4 + 1 | information/energy .. weapon*
C4 + 2 | repeat*/replicat* .. in-§x/elsewhere
C4 + 2 | security/military presence .. in-§h/maintain*/§h
C4 + 2 | emboldened/buoyed
C4 + 2 | intervention/operation* .. in-§x/peacekeep*
C1 + 1 | intervention/operation* .. in-response/protest*/request
C4 + 2 | rotation
C4 + 1 | aggression/escalat*/exercise* .. directed/against .. §t
C4 + 3 | deployment/standby/activat*/dispatch*/order* .. force/forces/troops/soldiers/army/brigade*/contingent/warships
C4 + 2 | soldiers/troops/forces/garrison/peacekeepers/contractors/mercenaries ... based/stationed/garrisoned/present/remain
C4 + 2 | send*/sent/dispatch*/mov*/rush*/mass*/amass* .. troops/soldiers/tanks/warships/artillery/reinforcements/fighters/battalion*/armoured/armored
C4 + 2 | warship*/aircraft-carrier/amphibious/landing-craft/paratroop*/artillery/armoured-vehicles/armored-vehicles/howitzer*
C4 + 2 | military zone/base/bases/airfield/airstrip/hub/outpost
C4 + 2 | prepar*/ready/plan*/set .. invade/attack/intervene/operation/offensive/incursion/deploy
C4 + 2 | crossed .. border
C4 - 3 | need*/require* .. at-least/thousands/weeks/months .. troops/soldiers/preparation/men
C4 - 3 | difficult/hard/impossible/impassable/unable/impractical .. invade/invasion/attack/reach/supply/cross*/operation/terrain/sustain
C4 - 3 | invasion/attack/operation/offensive/landing .. difficult/hard/impossible/impractical/complex
C4 - 2 | jungle/mountain*/desert/swamp/strait/winter .. difficult/hard/barrier/obstacle/impass*/slow
C4 - 2 | not/no .. ready/enough/capable/sufficient/prepared .. force/forces/troops/war/operation/invasion
C4 - 3 | withdraw*/pull-back/pullback/return* .. complet*/begun/began/began-to/bases/permanent
C4 - 3 | lack*/insufficient/not-enough/overstretch*/short-of .. troops/forces/capab*/logistic*/fuel/ammunition
C4 - 2 | mud/thaw/rasputitsa/winter/rainy-season/monsoon .. advance/impass*/offensive/slow*
# C5 low costs (sanctions, price, isolation lower it)
C5 - 3 | sanction*
C5 - 2 | nord-stream/pipeline .. halt/stop*/suspend*/end/complete/concern/challenge
C5 - 2 | price/cost/costs .. high/understand*/war/pay*/imposed/heavy/severe/mount*/aware
C5 - 3 | aware .. costs/price/consequences/risks
C5 - 3 | severe/serious/devastating/massive/grave/heavy .. consequences/price/costs/response/sanctions
C5 - 2 | consequences
C5 - 2 | isolat*/pariah/boycott*
C5 - 2 | condemn*
C5 - 2 | international-community/partners/allies/west/western/§w/europe .. respon*/react*/position/pressure/unity/united/consolidat*/coordinat*/support*/stand*/step*
C5 - 2 | consolidat*/coordinat*/united/decisive/firm/unwavering/clear/consistent .. position/response/action*/effort*/community/support/stance/front
C5 - 2 | support*/reaffirm*/respect* .. sovereignty/territorial-integrity/independence
C5 - 2 | response/react* .. west/western/§w/international/decisive
C5 - 2 | casualt*/lives-lost/body-bags/losses/lose-people/die/coffins/tragedy/mourning
C5 - 2 | not-want/do-not-want .. fight/war/die
C5 - 3 | war .. in-europe/full-scale/with-§t/between
C5 - 2 | full-scale-war/war-in-europe/world-war
C5 - 3 | backfire*/backlash/blowback/boomerang/home-front/homefront/at-home
C5 - 3 | ignite/reignite/spark/unleash/trigger/provoke .. protest*/demonstration*/unrest/uprising/revolt
C5 - 3 | domestic .. constraint*/cost*/backlash/unrest/opposition/problems
C5 - 2 | constrain*/constraint* .. factor/face*/numerous/domestic
C5 - 2 | harm/damage/hurt/ruin/wreck .. relations/econom*/ties/reputation/trade
C5 - 2 | protest*/demonstration*/strikes .. could/would/might/risk
C5 - 2 | accelerat*/provok*/trigger*/invit* .. expan*/pressure/buildup*/sanction*/reaction
C5 - 2 | unwelcome/pressure .. forms/sanction*/tactic*
C5 - 2 | crackdown*/repress*/rigged/disputed/controversial/fraudulent .. election*/protest*/opposition/dissent
C5 - 2 | migrants/refugees .. pressure/weapon/tactic/lever/hybrid
C5 - 2 | target*/jail*/arrest*/imprison*/persecut* .. opposition
C5 - 2 | unpredictable/serious/new problems/trouble .. home*/domestic*/countries/regime/government
C5 - 2 | risk*/problematic/costly/dangerous .. for/invasion/attack/operation*
C5 - 2 | quagmire/costly/bloody/catastroph*/disaster*/bog-down/bogged
C5 - 2 | warn*/threaten* .. consequences/sanctions/against/retaliation/isolation
C5 - 2 | call*/urge*/appeal* .. not-to/against/restraint/refrain/halt/stop
C5 - 2 | cut-off/suspend*/freeze/froze/embargo/boycott .. trade/aid/assets/electricity/exports/funds/supplies/ties/accounts
C5 + 2 | green-light/impunity/stand-aside/look-away/shrug*/not-respond/not-intervene/no-appetite/unlikely-to-respond
C5 + 2 | order*/announc* ... §w .. soldiers/troops .. out/home/withdraw*/leave
C5 + 2 | veto* .. resolution/sanction*/condemn*
C5 + 3 | lower/less/little/lesser/much-less risk
C5 + 2 | lower-risk/low-risk/low-cost/cheap/costless/impunity
C5 + 2 | emboldened/success* .. operation*/recent/intervention
C5 + 2 | too-late/playing-along/play-along/divided/disagree*/not-all-leaders/disunity/hesita* .. 
C5 + 2 | dependen*/energy-crisis/geopolitical-tool/gas-market/failsafe/gas-export* .. 
C5 + 2 | counterproductive .. sanction*
C5 + 2 | nuclear/deterren* .. launch*/missile*/strategic/parity
C5 + 2 | intercontinental/strategic-nuclear/nuclear-powered
C5 + 2 | mutually-beneficial/constructive-relations
C5 + 2 | already .. sanction*/isolat* .. little/nothing
C5 - 2 | crimea-platform/budapest-memorandum
C5 - 2 | monitor* .. situation/border*/closely
C5 - 2 | solidarity
C5 - 2 | stop/prevent/deter/counter/oppose/contain .. aggression/invasion/escalation/aggressive
C5 - 2 | thank* .. support/position/assistance/solidarity
C5 - 1 | concern* .. troop*/movement*/border*/buildup/build-up
# M stakes
M + 3 | nato/§w .. expan*/enlarg*/eastward*/foothold/exploration
M + 3 | expan*/enlarg*/advance .. nato/§w
M + 2 | membership .. nato/eu/alliance
M + 2 | nato/eu/euro-atlantic/alliance .. membership/member/accession/integration/join/course/aspiration*/open-door/open-to
M + 2 | join/joining/becom* .. nato/alliance/eu
M + 2 | security-guarantee*/guarantee* .. security/legal*/long-term/binding
M + 3 | red-line*/existential/vital-interest*/core-interest*/fundamental-interest*
M + 2 | national-interest*/interests .. people/indisputable/protect*/stand-up/defend*/both/§i
M + 2 | threat*/challenge* .. §i/to-§i security/our-security/national-security
M + 2 | protect*/defend* .. from .. threat*/external
M + 2 | loss/losing/lose .. influence/ally/foothold/sphere/buffer
M + 2 | leverage/sphere-of-influence/great-power/regional-power/security-power/prestige/buffer
M + 2 | demonstrat* .. role/power/strength
M + 2 | feel-the-need/compelled/no-choice/nowhere-to-retreat/forced-to-act/must-act
M + 2 | not-want .. member*/nato/join
M - 3 | distance .. not-reduced
M - 2 | membership/join*/accession .. not .. near/soon/agenda/considered
M - 2 | oppos*/depends .. path/integration/agree/decision/countr*
M + 1 | erosion/arms-control
# N: about the crisis, no condition of its own
N + 2 | security-situation/security-landscape/security-standoff
N + 2 | invasion/invade/attack/offensive/aggression/intervention/annexation .. 
N + 1 | crisis/conflict/escalation/war
N + 1 | troops/military/forces/army/armed
N + 1 | border/borders
N + 2 | miscalculat*/accident*/unpredictab*/surprise*
N + 1 | tension*/threat*/fear*
N + 1 | security/defen*
N + 2 | military-intervention/land-grab/armed-intervention/ground-operation/incursion/airstrikes/air-strikes
N + 1 | generals/commander*/ministry-of-defen*/defence-ministry/defense-ministry/soldiers
N + 2 | predict* .. actions
N + 1 | sovereignty/territorial-integrity/independence
N + 1 | framework/staging/role/outcome/scenario*
N + 2 | military-moves/military-option/military-action/use-of-force
"""
