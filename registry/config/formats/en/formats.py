"""English: the clock of twenty-four hours, whose times do not end in a full stop before the end of the sentence."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "N j, Y, H:i"
SHORT_DATETIME_FORMAT = "m/d/Y H:i"
