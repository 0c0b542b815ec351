"""The actors of a case: what each option holds for them, the host's say, and both modes side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vedette.assessment.channels import AUTHOR, RECOMMENDED
from vedette.domain.case import Case
from vedette.domain.time import AsOf
from vedette.forecasting.actors import GapEffect, OptionView, gap_effects, option_views
from vedette.forecasting.assess import prepare
from vedette.workflows.assess import assess_case, setting_for
from vedette.workflows.modes import Modes, compare_modes
from vedette.workflows.track_record import FindRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Actors:
    """All of it for one day. ``perception_sd``: spread of the gap between the intervener's view and an observer's."""

    case: str
    as_of: str
    framework: str
    perception_sd: float
    options: tuple[OptionView, ...]
    perception: tuple[GapEffect, ...]
    modes: Modes


def actors_of(case: Case, as_of: str | AsOf | None = None, *, record: FindRecord | None = None) -> Actors:
    """The actors of a case as of a date (default: the case's own), in the recommended mode."""
    cut = AsOf.of(as_of or case.as_of)
    setting = setting_for(case, record=record)
    engine, _, _ = prepare(case, cut, setting)
    blind = replace(setting, parameters=replace(setting.parameters, perception_sd=0.0))
    bare, _, _ = prepare(case, cut, blind)
    both = [
        assess_case(case, cut, mode=mode, with_sensitivity=False, record=record) for mode in (RECOMMENDED, AUTHOR)
    ]
    return Actors(
        case=case.id,
        as_of=str(cut),
        framework=setting.framework.id,
        perception_sd=setting.parameters.perception_sd,
        options=option_views(engine, bare),
        perception=gap_effects(engine, bare),
        modes=compare_modes(*both),
    )
