"""The settings as the type checker loads them, which has no environment of its own."""

import os

from registry.config import environment

environment.complete(os.environ, ["manage.py", "check"])

from registry.config.settings import *  # noqa: E402, F403
