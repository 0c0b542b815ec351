"""The tree a dossier gets when it states only atoms: by levels, by host, or by named outcomes.

*Levels* (none, presence, intervention, full_scale, other): force or deployment is asked first, whichever most
items speak of. *Host* (atom signatures with attack, from_host, stay): attack, then the host's access, the route,
whether a refused attack goes elsewhere, and whether troops stay (METHOD 4.4). *Named*: the outcome most items speak
of is asked first, then the rest in order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vedette.codec.default_rates import VETO, counted, stated
from vedette.domain.case import Option
from vedette.domain.claims import Posture
from vedette.domain.scenarios import Atom, BaseRate, Basis, Branch, Chance, HistoryQuery, Leaf, Scenario
from vedette.errors import Incoherent

Moves = Mapping[str, Mapping[str, Mapping[str, tuple[str, int]]]]
Signature = Mapping[str, Sequence[int]]
Cell = tuple[int, int, int]
Veto = tuple[float, float, float]

_LEVELS = frozenset({"none", "presence", "intervention", "full_scale", "other"})
_FORCE = frozenset({"intervention", "full_scale"})
_HOST_FEATURES = frozenset({"attack", "from_host", "stay"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultTree:
    """Chances, tree and moves made from atoms."""

    chances: tuple[Chance, ...]
    tree: Branch | Leaf
    moves: Moves


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the trees are made from. ``spoken`` lists the (option, scenario) of every bearing."""

    options: tuple[Option, ...]
    atoms: tuple[Atom, ...]
    scenarios: tuple[Scenario, ...]
    spoken: tuple[tuple[str, str], ...]
    signatures: Mapping[str, Signature]
    crisis_from: dt.date
    veto: Veto | None = None

    @property
    def atom_ids(self) -> tuple[str, ...]:
        """Ids in the order given."""
        return tuple(a.id for a in self.atoms)

    def members(self, scenario: str) -> frozenset[str]:
        """Atoms of a scenario; an atom's id stands for itself."""
        for s in self.scenarios:
            if s.id == scenario:
                return s.atoms
        return frozenset({scenario})

    def count(self, atoms: Iterable[str]) -> int:
        """How many bearings speak of exactly this set of atoms."""
        wanted = frozenset(atoms)
        return sum(self.members(scenario) == wanted for _, scenario in self.spoken)


def default_tree(setting: Setting) -> DefaultTree:
    """The tree for these atoms; see the module text for which one."""
    features = {name for signature in setting.signatures.values() for name in signature}
    if features >= _HOST_FEATURES:
        return _host_tree(setting)
    if set(setting.atom_ids) <= _LEVELS and set(setting.atom_ids) & _FORCE:
        return _levels_tree(setting)
    return _named_tree(setting)


def force_rates(option: Option, crisis_from: dt.date) -> tuple[tuple[BaseRate, ...], HistoryQuery | None]:
    """Base rates and history query of "this option uses force": structure, then the crisis class.

    An invited intervener is counted among troops sent to governments; every other one among force initiations,
    which history can look up for the pair and the date.
    """
    crisis = counted("crisis", holds_from=crisis_from)
    if option.posture is Posture.INVITED:
        return (counted("support_troops"), crisis), None
    query = HistoryQuery(outcome="force", interveners=option.interveners, target=option.target)
    return (counted("force_any"), crisis), query


class _Grower:
    """Collects the chances that a tree asks, once each."""

    def __init__(self) -> None:
        self.chances: dict[str, Chance] = {}

    def ask(self, chance: Chance, yes: Branch | Leaf | None, no: Branch | Leaf | None) -> Branch | Leaf | None:
        """A branch; when one side is empty or both are the same leaf, the question is not needed."""
        if yes is None or no is None or yes == no:
            return yes or no
        self.chances[chance.id] = chance
        return Branch(chance=chance.id, yes=yes, no=no)

    def done(
        self,
        tree: Branch | Leaf | None,
        moves: Mapping[str, Mapping[str, tuple[str, int]]],
        options: Iterable[str],
    ) -> DefaultTree:
        """The finished tree, with moves kept only for chances it asks."""
        if tree is None:
            raise Incoherent("no atoms to make a tree of")
        order: list[str] = []
        _collect(tree, order)
        kept = {
            scenario: {c: move for c, move in by.items() if move[0] in order} for scenario, by in moves.items()
        }
        kept = {scenario: by for scenario, by in kept.items() if by}
        return DefaultTree(
            chances=tuple(self.chances[name] for name in order), tree=tree, moves=dict.fromkeys(options, kept)
        )


def _collect(node: Branch | Leaf, order: list[str]) -> None:
    if isinstance(node, Branch):
        if node.chance not in order:
            order.append(node.chance)
        _collect(node.yes, order)
        _collect(node.no, order)


def _simple(name: str, question: str, option: str, rate: BaseRate) -> Chance:
    return Chance(id=name, question=question, option=option, base_rates=(rate,))


def _leaf(setting: Setting, atom: str) -> Leaf | None:
    return Leaf(atom=atom) if atom in setting.atom_ids else None


def _levels_tree(setting: Setting) -> DefaultTree:
    grow, main = _Grower(), setting.options[0]
    leaf = {name: _leaf(setting, name) for name in sorted(_LEVELS)}
    deployment = (_FORCE | {"presence"}) & frozenset(setting.atom_ids)
    force_set = _FORCE & frozenset(setting.atom_ids)
    deploy_first = leaf["presence"] is not None and setting.count(deployment) > setting.count(force_set)
    full = grow.ask(
        _simple("full", "If force is used, is it full scale?", main.id, stated("full")),
        leaf["full_scale"], leaf["intervention"],
    )  # fmt: skip
    unplaced = _simple("unplaced", "Can the facts not be placed?", main.id, stated("unplaced"))
    tree: Branch | Leaf | None
    rates: tuple[BaseRate, ...]
    if deploy_first:
        first = "deploy"
        yearly = "support_troops" if main.posture is Posture.INVITED else "force_any"
        rates = (stated("deploy", basis=Basis.CRISIS, holds_from=setting.crisis_from), counted(yearly))
        deploy = Chance(id=first, question="Are troops deployed at all?", option=main.id, base_rates=rates)
        force = _simple(
            "force", "If troops are deployed, do they use force?", main.id, stated("force_given_deploy")
        )
        yes = grow.ask(force, full, leaf["presence"])
        tree = grow.ask(deploy, yes, grow.ask(unplaced, leaf["other"], leaf["none"]))
    else:
        first = "force"
        rates, history = force_rates(main, setting.crisis_from)
        force = Chance(id=first, question="Is force used?", option=main.id, base_rates=rates, history=history)
        presence = _simple(
            "presence", "Without force, are troops present?", main.id, stated("presence")
        )
        quiet = grow.ask(presence, leaf["presence"], leaf["none"])
        tree = grow.ask(force, full, grow.ask(unplaced, leaf["other"], quiet))
    moves: dict[str, dict[str, tuple[str, int]]] = {}
    for name in (*(s.id for s in setting.scenarios), *setting.atom_ids):
        move = _level_move(setting.members(name), deployment, force_set, first)
        if name not in moves and move is not None:
            moves[name] = {"*": move}
    return grow.done(tree, moves, [o.id for o in setting.options])


def _level_move(
    atoms: frozenset[str], deployment: frozenset[str], force: frozenset[str], first: str
) -> tuple[str, int] | None:
    """Which chance an item on this set of levels moves, and how; 'other' moves nothing."""
    if atoms == force:
        return "force", 1
    if atoms == deployment:
        return ("deploy", 1) if first == "deploy" else ("presence", 1)
    if atoms == {"full_scale"}:
        return "full", 1
    if atoms == {"intervention"}:
        return "force", 1
    if atoms == {"presence"}:
        return ("deploy", 1) if first == "deploy" else ("presence", 1)
    if "none" in atoms and not atoms & force:
        # The complement of what is asked first: "none", or "none or presence".
        return ("force", -1) if "presence" in atoms else (first, -1)
    return None


def _host_tree(setting: Setting) -> DefaultTree:
    grow = _Grower()
    attack_option, stay_option = _roles(setting.options)
    rates, history = force_rates(attack_option, setting.crisis_from)
    a, s = attack_option.id, stay_option.id
    host = attack_option.host or "the host"
    questions = {
        "attack": Chance(
            id="attack", question="Is an attack decided?", option=a, base_rates=rates, history=history,
            rate_of=_counted(setting),
        ),
        "access": Chance(
            id="access", question=f"If an attack is decided, is the territory of {host} open to it?", option=a,
            base_rates=(stated("access"),), veto=setting.veto or VETO,
        ),
        "route": _simple("route", f"Given access, does the attack go through {host}?", a, stated("route")),
        "elsewhere": _simple(
            "elsewhere", f"If not through {host}, does the attack go ahead from elsewhere?", a, stated("elsewhere")
        ),
        "stay": _simple("stay", f"Do the forces stay in {host} beyond the declared end?", s, stated("stay")),
        "unplaced": _simple("unplaced", "Can the facts not be placed?", a, stated("unplaced")),
    }  # fmt: skip

    def stay(attack: int, from_host: int) -> Branch | Leaf | None:
        cells = [_atom_at(setting.signatures, (attack, from_host, kept)) for kept in (1, 0)]
        return grow.ask(questions["stay"], *(Leaf(atom=c) if c else None for c in cells))

    called_off = stay(0, 0)
    not_by_host = grow.ask(questions["elsewhere"], stay(1, 0), called_off)
    attacked = grow.ask(
        questions["access"], grow.ask(questions["route"], stay(1, 1), not_by_host), not_by_host
    )
    spare = [x for x in setting.atom_ids if x not in setting.signatures]
    # 'unplaced' hangs on the no-attack side only. The base rate counts attacks that happened: `rate_of` centres the
    # decision so that, after some are called off, the scenario of all attacks has it exactly.
    quiet = grow.ask(questions["unplaced"], Leaf(atom=spare[0]) if spare else None, called_off)
    made = grow.done(grow.ask(questions["attack"], attacked, quiet), {}, ())
    asked = {c.id for c in made.chances}
    names = list(dict.fromkeys((*(x.id for x in setting.scenarios), *setting.atom_ids)))
    moves: dict[str, dict[str, dict[str, tuple[str, int]]]] = {}
    for option in setting.options:
        rule = _attack_moves if option.target != attack_option.host else _stay_moves
        by_scenario = {
            name: {c: m for c, m in rule(setting, setting.members(name)).items() if m[0] in asked} for name in names
        }
        moves[option.id] = {name: by for name, by in by_scenario.items() if by}
    return DefaultTree(chances=made.chances, tree=made.tree, moves=moves)


def _counted(setting: Setting) -> str | None:
    """The named scenario of all atoms with an attack: what history counts."""
    attacks = frozenset(a for a, signature in setting.signatures.items() if tuple(signature.get("attack", ())) == (1,))
    return next((s.id for s in setting.scenarios if s.atoms == attacks), None)


def _roles(options: tuple[Option, ...]) -> tuple[Option, Option]:
    """(the option that attacks, the option that stations): the second is the first when there is only one."""
    attack = next((o for o in options if o.host is not None and o.target != o.host), options[0])
    stay = next((o for o in options if o.target == attack.host), attack)
    return attack, stay


def _atom_at(signatures: Mapping[str, Signature], cell: Cell) -> str | None:
    """The atom whose signature holds (attack, from_host, stay)."""
    for atom, signature in signatures.items():
        if all(v in signature.get(k, (v,)) for k, v in zip(("attack", "from_host", "stay"), cell, strict=True)):
            return atom
    return None


def _values(setting: Setting, atoms: frozenset[str], feature: str) -> list[frozenset[int]]:
    return [frozenset(setting.signatures[a].get(feature, (0, 1))) for a in atoms if a in setting.signatures]


def _attack_moves(setting: Setting, atoms: frozenset[str]) -> dict[str, tuple[str, int]]:
    """Items of the attacking option: the attack, its route for means, the host's door for local support."""
    if not atoms <= set(setting.signatures):
        return {}
    attack, from_host = _values(setting, atoms, "attack"), _values(setting, atoms, "from_host")
    if all(v == {1} for v in from_host):
        return {
            "*": ("attack", 1), "technical_feasibility": ("route", 1), "option": ("route", 1),
            "local_support": ("access", 1),
        }  # fmt: skip
    if all(v == {1} for v in attack):
        return {"*": ("attack", 1)}
    if all(v == {0} for v in attack) or all(v == {0} for v in _values(setting, atoms, "stay")):
        return {"*": ("attack", -1)}
    return {}


def _stay_moves(setting: Setting, atoms: frozenset[str]) -> dict[str, tuple[str, int]]:
    """Items of the stationing option: whether the troops stay."""
    if not atoms <= set(setting.signatures):
        return {}
    stay = _values(setting, atoms, "stay")
    for answer, sign in ((1, 1), (0, -1)):
        if all(answer in v for v in stay) and any(v == {answer} for v in stay):
            return {"*": ("stay", sign)}
    return {}


def _named_tree(setting: Setting) -> DefaultTree:
    grow, main = _Grower(), setting.options[0]
    candidates = [s for s in setting.scenarios if s.atoms < set(setting.atom_ids)]
    wanted = max(candidates, key=lambda s: setting.count(s.atoms), default=None)
    inside = wanted.atoms if wanted else frozenset({setting.atom_ids[0]})
    moves: dict[str, dict[str, tuple[str, int]]] = {}

    def chain(atoms: Sequence[str]) -> Branch | Leaf | None:
        node: Branch | Leaf | None = Leaf(atom=atoms[-1]) if atoms else None
        for atom in reversed(atoms[:-1]):
            name = f"is_{atom}"
            moves[atom] = {"*": (name, 1)}
            node = grow.ask(_simple(name, f"Is it {atom!r}?", main.id, stated("named")), Leaf(atom=atom), node)
        return node

    ordered = [[a for a in setting.atom_ids if (a in inside) is side] for side in (True, False)]
    yes, no = chain(ordered[0]), chain(ordered[1])
    first = _simple("named", f"Does {wanted.id if wanted else setting.atom_ids[0]!r} happen?", main.id, stated("named"))
    tree = grow.ask(first, yes, no)
    for scenario in setting.scenarios:
        if scenario.atoms == inside:
            moves[scenario.id] = {"*": ("named", 1)}
        elif not scenario.atoms & inside and scenario.id != "other":
            moves[scenario.id] = {"*": ("named", -1)}
    return grow.done(tree, moves, [o.id for o in setting.options])
