"""People, pages, tickets. Web decides; recorders execute. Nobody else opens the control database."""
