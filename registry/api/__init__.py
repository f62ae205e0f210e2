"""The REST face. It translates, makes one call, and shapes the answer."""
