"""What comes after an act of casework, and by whom: said where the act is confirmed."""

from django.utils.translation import gettext_lazy as _

AFTER_PROPOSING = _("The advance notice goes out. What terminates is first countersigned by a second officer.")
AFTER_COUNTERSIGNING = _("The advance notice can go out; where the window is over already, the points can be decided.")
AFTER_NOTICE = _(
    "The window to object runs from receipt. A notice that is not opened on the portal in time is served by hand. Where nobody objects, the proposal becomes the decision by itself on the day after the window."  # noqa: E501
)
AFTER_RECEIPT = _(
    "Where nobody objects until the end of the window, the proposal becomes the decision by itself on the day after it."
)
