"""Who may see which footage: rights, tickets, the register of uses, and the two pages that show pictures."""
