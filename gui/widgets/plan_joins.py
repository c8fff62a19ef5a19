"""The joined rows of a study: models that answer together, judged by the same table."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from engine.recipe.joining import Method
from engine.recipe.study_plan import PlanEnsemble
from gui.models.table_model import Column
from gui.widgets.cards import button
from gui.widgets.plan_parts import PlanParts

translate = QCoreApplication.translate


class PlanJoins(PlanParts[PlanEnsemble]):
    """Each with its name, how its rows are joined, and which they are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            [
                Column(heading=translate("PlanJoins", "Joined row"), text=lambda one: one.name),
                Column(heading=translate("PlanJoins", "How"), text=lambda one: _how(one.method)),
                Column(heading=translate("PlanJoins", "Of"), text=lambda one: ", ".join(one.rows)),
            ],
            button(
                translate("PlanJoins", "Join rows…"),
                icon_name="merge",
                tip=translate("PlanJoins", "Let the models of several rows answer together"),
            ),
            name=translate("PlanJoins", "Joined rows"),
            change=translate("PlanJoins", "Change the joined row"),
            remove=translate("PlanJoins", "Remove the joined row"),
            parent=parent,
        )


def _how(method: Method) -> str:
    return {
        "average": translate("PlanJoins", "Average"),
        "weighted": translate("PlanJoins", "Weighted average"),
        "stacked": translate("PlanJoins", "Stacked"),
    }[method]
