"""Acts between registers: entering another one, receiving its letters, taking over what is behind them, comparing."""
