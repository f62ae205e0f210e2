"""Who is told: fan-out, delivery, receipts, inbox of other regions."""
