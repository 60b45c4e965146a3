"""The ledger (docs/design/ledger.md): what happened, in an order nobody can change. Above accounts, below all else."""
