"""The watch around the clock: who is planned, who is on watch now, what one shift hands to the next."""
