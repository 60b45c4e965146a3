"""What every plane needs and no domain noun: errors, clock, units, configuration, logging."""
