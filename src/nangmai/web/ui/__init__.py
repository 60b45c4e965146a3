"""What every page shares: base template, styles, icons, language and theme. No noun of the domain lives here."""
