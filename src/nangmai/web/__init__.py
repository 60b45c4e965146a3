"""The web plane: people, pages, tickets. It decides; recorders execute. Only this package opens the control database."""
