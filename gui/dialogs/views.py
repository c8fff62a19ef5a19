"""Looking at each photo several times: which views, what they bring on photos not learned from, adopt or leave."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from engine.insight.view_gain import ViewGain
from engine.recipe.views_cfg import ADDED, ONCE, ViewsCfg, views_named
from gui.core.view_trying import ViewTrier
from gui.dialogs.dialog import Dialog
from gui.widgets.cards import button, label, row
from gui.widgets.gain_card import GainCard
from gui.widgets.progress_row import ProgressRow

translate = QCoreApplication.translate
WIDTH = 600


class ViewsDialog(Dialog):
    """`adopted` carries the `ViewsCfg` that the model is to look by; only views that were tried can be adopted.

    `row_wanted` carries those of which the user wants a row in the table of all models; they were tried, too.
    `used`: by which it looks now. `last`: what the last try came to.
    """

    adopted = Signal(object)
    row_wanted = Signal(object)

    def __init__(self, parent: QWidget | None, trier: ViewTrier, used: ViewsCfg, last: ViewGain | None) -> None:
        super().__init__(
            parent,
            translate("Dialog", "Look at each photo several times"),
            accept_text=translate("Dialog", "Adopt"),
            width=WIDTH,
        )
        assert self.accept_button is not None
        self._adopt = self.accept_button
        self.reject_button.setText(self.tr("Leave"))
        self.reject_button.setAccessibleName(self.tr("Leave"))
        self._trier = trier
        trier.setParent(self)
        self._used = used
        self._last = last
        self._progress: ProgressRow | None = None
        self._build()
        self._connect()
        chosen = last.views if last is not None else used if used != ONCE else ViewsCfg(flip_h=True)
        for name, box in self.boxes.items():
            box.setChecked(name in chosen.names)
        self._show()

    def views(self) -> ViewsCfg:
        """The views that are ticked."""
        return views_named([name for name, box in self.boxes.items() if box.isChecked()])

    def _build(self) -> None:
        self.body.addWidget(
            label(
                self.tr(
                    "When it classifies, the model can look at a photo also mirrored, turned or cut, and average what"
                    " it says each time. That takes longer. Whether it is right more often is tried here, on photos it"
                    " has not learned from."
                ),
                wrap=True,
            )
        )
        names = {
            "flip_h": self.tr("Mirrored, left and right"),
            "flip_v": self.tr("Mirrored, top and bottom"),
            "turns": self.tr("Turned by a quarter, a half and three quarters"),
            "crops": self.tr("Cut: four corners and the middle"),
        }
        self.boxes = {name: QCheckBox(names[name]) for name in ADDED}
        for name, box in self.boxes.items():
            box.setAccessibleName(names[name])
            self.body.addWidget(box)
        self.n_views = label("", "muted", wrap=True)
        self.try_out = button(self.tr("Try it"), icon_name="play")
        self.once = button(self.tr("Look once again"), "quiet", tip=self.tr("The model looks at each photo once"))
        self.body.addWidget(self.n_views)
        tip = self.tr(
            "Asks the test photos too, and puts the answers into the table of all models. Choose views by what is found"
            " here, not by that row."
        )
        self.as_row = button(self.tr("Show as a row"), "quiet", icon_name="table", tip=tip)
        self.body.addLayout(row(self.try_out, self.once, self.as_row, None))
        self.place = row()
        self.body.addLayout(self.place)
        self.problem = label("", wrap=True)
        self.problem.hide()
        self.body.addWidget(self.problem)
        self.gain = GainCard()
        self.body.addWidget(self.gain)
        self.body.addStretch(1)

    def _connect(self) -> None:
        for box in self.boxes.values():
            box.toggled.connect(self._show)
        self.try_out.clicked.connect(self._try)
        self.once.clicked.connect(self._look_once)
        self.as_row.clicked.connect(self._want_row)
        self.accepted.connect(self._tell)
        self.finished.connect(self._trier.stop)
        self._trier.progressed.connect(self._show_phase)
        self._trier.found.connect(self._found)
        self._trier.refused.connect(self._refused)

    @Slot()
    def _show(self) -> None:
        views, busy = self.views(), self._progress is not None
        used = (
            self.tr("Now it looks at each photo once.")
            if self._used == ONCE
            else self.tr("Now it looks at each photo {0} times.").format(self._used.n_views)
        )
        ticked = self.tr("With these views: {0} times.").format(views.n_views)
        self.n_views.setText(used if views in (ONCE, self._used) else f"{used} {ticked}")
        known = self._last is not None and self._last.views == views
        self.gain.show_gain(self._last if known else None)
        self.try_out.setEnabled(views != ONCE and not busy)
        self.once.setVisible(self._used != ONCE)
        self.as_row.setEnabled(known and not busy)
        self._adopt.setEnabled(known and views != self._used and not busy)
        for box in self.boxes.values():
            box.setEnabled(not busy)

    @Slot()
    def _try(self) -> None:
        self.problem.hide()
        self._progress = ProgressRow(self.tr("Trying"), narrow=True)
        self._progress.set_waiting()
        self._progress.stop_wanted.connect(self._trier.stop)
        self.place.addWidget(self._progress)
        self._trier.try_out(self.views())
        self._show()

    @Slot(object)
    def _show_phase(self, phase: object) -> None:
        if self._progress is not None:
            self._progress.set_phase(phase)

    @Slot(object)
    def _found(self, gain: ViewGain) -> None:
        self._last = gain
        self._rest()

    @Slot(str)
    def _refused(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        self._rest()

    def _rest(self) -> None:
        """No try is under way."""
        if self._progress is not None:
            self._progress.hide()
            self._progress.deleteLater()
            self._progress = None
        self._show()

    @Slot()
    def _tell(self) -> None:
        self.adopted.emit(self.views())

    @Slot()
    def _want_row(self) -> None:
        self.row_wanted.emit(self.views())
        self.reject()

    @Slot()
    def _look_once(self) -> None:
        self.adopted.emit(ONCE)
        self.reject()
