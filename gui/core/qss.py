"""The one style sheet, written with tokens; widgets choose a look through the dynamic properties `role` and `kind`.

`role` of a QLabel: `title`, `section`, `muted`, `figure`. `role` of a QFrame: `card`, `sunken`, `bar`, `line`.
`kind` of a QPushButton: `primary`, `quiet`, `link`, `chip`, `danger`. The rail's buttons are QToolButtons of the `role`
`rail`.
"""

from __future__ import annotations

_TEMPLATE = """
QToolTip { background: {raised}; color: {text}; border: 1px solid {border}; padding: 4px 6px; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: 20px; font-weight: 600; }
QLabel[role="hero"] { font-size: 32px; font-weight: 600; }
QLabel[role="section"] { font-size: 13px; font-weight: 600; }
QLabel[role="muted"] { color: {text_muted}; }
QLabel[role="figure"] { font-size: 28px; font-weight: 600; }
QLabel[role="viewer"] { color: {viewer_text}; }
QLabel[role="key"] { background: {sunken}; border: 1px solid {border}; border-radius: 4px; padding: 1px 6px;
  font-weight: 600; }
QFrame[role="card"] { background: {surface}; border: 1px solid {border}; border-radius: 8px; }
QFrame[role="sunken"] { background: {sunken}; border: none; border-radius: 8px; }
QFrame[role="bar"] { background: {surface}; border: none; }
QFrame[role="line"] { background: {border}; border: none; }
QFrame[role="drop"] { background: {surface}; border: 2px dashed {border_strong}; border-radius: 8px; }
QFrame[role="drop"][hot="true"] { background: {accent_soft}; border-color: {accent}; }
QFrame[role="banner"] { background: {warning_soft}; border: none; }
QFrame[role="toast"] { background: {raised}; border: 1px solid {border}; border-radius: 8px; }
QFrame[role="toast"][level="success"] { border-left: 4px solid {success}; }
QFrame[role="toast"][level="info"] { border-left: 4px solid {info}; }
QFrame[role="toast"][level="warning"] { border-left: 4px solid {warning}; }
QFrame[role="toast"][level="error"] { border-left: 4px solid {danger}; }

QPushButton { background: {surface}; color: {text}; border: 1px solid {border_strong}; border-radius: 6px;
  padding: 6px 14px; min-height: 18px; }
QPushButton:hover { background: {hover}; }
QPushButton:pressed { background: {pressed}; }
QPushButton:disabled { color: {text_disabled}; border-color: {border}; background: transparent; }
QPushButton:focus { border: 2px solid {accent}; padding: 5px 13px; }
QPushButton[kind="primary"] { background: {accent}; color: {on_accent}; border: 1px solid {accent}; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: {accent_hover}; border-color: {accent_hover}; }
QPushButton[kind="primary"]:focus { border: 2px solid {text}; }
QPushButton[kind="primary"]:disabled { background: {sunken}; color: {text_disabled}; border-color: {border}; }
QPushButton[kind="quiet"] { background: transparent; border: 1px solid transparent; color: {accent}; font-weight: 600;
  padding: 6px 8px; }
QPushButton[kind="quiet"]:hover { background: {accent_soft}; }
QPushButton[kind="quiet"]:focus { border: 2px solid {accent}; padding: 5px 7px; }
QPushButton[kind="quiet"]:disabled { color: {text_disabled}; }
QPushButton[kind="link"] { background: transparent; border: 1px solid transparent; text-align: left; padding: 1px 2px;
  margin-left: -3px;
  font-weight: 600; }
QPushButton[kind="link"]:hover { color: {accent}; }
QPushButton[kind="link"]:focus { border: 2px solid {accent}; padding: 0 1px; }
QPushButton[kind="chip"] { background: {accent_soft}; border: 1px solid {accent_soft}; border-radius: 14px;
  padding: 4px 12px; }
QPushButton[kind="chip"]:hover { border-color: {accent}; }
QPushButton[kind="chip"]:focus { border: 2px solid {accent}; padding: 3px 11px; }
QPushButton[kind="danger"] { color: {danger}; border-color: {danger}; }
QPushButton[kind="danger"]:hover { background: {danger_soft}; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 5px; }
QToolButton:hover { background: {hover}; }
QToolButton:pressed, QToolButton:checked { background: {pressed}; }
QToolButton:focus { border: 2px solid {accent}; padding: 4px; }
QToolButton:disabled { color: {text_disabled}; }
QToolButton::menu-indicator { image: none; }
QToolButton[role="rail"] { padding: 8px 4px; border-radius: 8px; color: {text_muted}; font-size: 12px; }
QToolButton[role="rail"]:hover { color: {text}; }
QToolButton[role="rail"]:checked { background: {accent_soft}; color: {text}; font-weight: 600; }
QToolButton[role="rail"]:focus { padding: 7px 3px; }

QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox { background: {surface}; color: {text};
  border: 1px solid {border_strong}; border-radius: 6px; padding: 5px 8px; min-height: 18px;
  selection-background-color: {accent}; selection-color: {on_accent}; }
QPlainTextEdit, QTextEdit, QTextBrowser { background: {surface}; color: {text}; border: 1px solid {border};
  border-radius: 6px; padding: 6px; selection-background-color: {accent}; selection-color: {on_accent}; }
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus { border: 2px solid {accent}; padding: 4px 7px; }
QPlainTextEdit:focus, QTextEdit:focus, QTextBrowser:focus { border: 2px solid {accent}; padding: 5px; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled { color: {text_disabled}; border-color: {border}; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-origin: padding; subcontrol-position: top right;
  border: none; width: 20px; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-origin: padding; subcontrol-position: bottom right;
  border: none; width: 20px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("{chevron-up}"); width: 10px; height: 10px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("{chevron}"); width: 10px; height: 10px; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url("{chevron}"); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: {raised}; color: {text}; border: 1px solid {border}; padding: 4px;
  selection-background-color: {accent_soft}; selection-color: {text}; outline: none; }

QAbstractItemView { background: {surface}; border: none; outline: none; }
QAbstractItemView#photo_grid { background: {window}; }
QHeaderView::section { background: {surface}; color: {text_muted}; border: none; border-bottom: 1px solid {border};
  padding: 6px 8px; font-weight: 600; }
QTableCornerButton::section { background: {surface}; border: none; }
QTableView::item { padding: 0 8px; }
QTableView::item:selected { background: {accent_soft}; color: {text}; }
QTableView[role="chart"]::item:hover { background: {hover}; }
QTableView, QTreeView, QListView { alternate-background-color: {window}; gridline-color: {border};
  selection-background-color: {accent_soft}; selection-color: {text}; }

QMenuBar { background: {surface}; border-bottom: 1px solid {border}; padding: 2px 4px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: {hover}; }
QMenu { background: {raised}; color: {text}; border: 1px solid {border}; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: {accent_soft}; color: {text}; }
QMenu::item:disabled { color: {text_disabled}; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: {border}; margin: 4px 8px; }

QProgressBar { background: {sunken}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: {accent}; border-radius: 3px; }
QSlider:horizontal { min-height: 22px; }
QSlider::groove:horizontal { height: 4px; background: {border}; border-radius: 2px; }
QSlider::sub-page:horizontal { background: {accent}; border-radius: 2px; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; background: {surface};
  border: 2px solid {accent}; }
QSlider::handle:horizontal:focus { background: {accent}; }
QScrollBar:vertical { width: 12px; background: transparent; }
QScrollBar:horizontal { height: 12px; background: transparent; }
QScrollBar::handle { background: {scroll}; border-radius: 4px; margin: 2px; min-height: 32px; min-width: 32px; }
QScrollBar::handle:hover { background: {border_strong}; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { background: transparent; border: none; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle { background: {border}; }
QSplitter::handle:hover { background: {accent}; }
QTabBar::tab { background: transparent; color: {text_muted}; padding: 8px 14px; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: {text}; border-bottom-color: {accent}; font-weight: 600; }
QTabBar::tab:focus { color: {accent}; }
QTabWidget::pane { border: none; border-top: 1px solid {border}; }
QCheckBox, QRadioButton { spacing: 8px; padding: 3px; border: 1px solid transparent; border-radius: 4px; }
QCheckBox:focus, QRadioButton:focus { border: 1px solid {accent}; }
QCheckBox::indicator, QRadioButton::indicator, QListView::indicator { width: 16px; height: 16px;
  border: 1px solid {border_strong}; background: {surface}; }
QCheckBox::indicator, QListView::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:checked, QListView::indicator:checked { background: {accent}; border-color: {accent};
  image: url("{tick}"); }
QRadioButton::indicator:checked { border: 5px solid {accent}; width: 8px; height: 8px; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled, QListView::indicator:disabled {
  border-color: {border}; background: {sunken}; }
"""


def style_sheet(tokens: dict[str, str]) -> str:
    """The style sheet with every `{token}` replaced; braces of the language itself are left alone."""
    text = _TEMPLATE
    for name, value in tokens.items():
        text = text.replace("{" + name + "}", value)
    return text
