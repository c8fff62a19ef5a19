"""Where Fieldmark keeps what belongs to the person and the machine rather than to a project."""

from __future__ import annotations

from pathlib import Path

import platformdirs

APP = "fieldmark"


def config_dir() -> Path:
    """Settings; made if needed."""
    return platformdirs.user_config_path(APP, appauthor=False, ensure_exists=True)


def state_dir() -> Path:
    """Window state, recent projects, logs; made if needed."""
    return platformdirs.user_state_path(APP, appauthor=False, ensure_exists=True)


def machine_dir() -> Path:
    """What was measured on this machine; a cache that can be deleted; made if needed."""
    folder = platformdirs.user_cache_path(APP, appauthor=False, ensure_exists=True) / "machine"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def weights_dir() -> Path:
    """Weights that were fetched or imported, shared by all projects; made if needed."""
    folder = platformdirs.user_data_path(APP, appauthor=False, ensure_exists=True) / "weights"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def recipes_dir() -> Path:
    """The user's own recipes, shared by all projects; not made here."""
    return config_dir() / "recipes"


def default_projects_dir() -> Path:
    """Where new projects go unless the user says otherwise; not made here."""
    return Path.home() / "Fieldmark"
