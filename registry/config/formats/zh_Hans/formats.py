"""Chinese: amounts and counts in groups of three, as the accounts of the fund write them."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
